//! What the examples share: a server to talk to.

use std::env;
use std::process::ExitCode;

use anonapi::api::{Client, JobId, Token};
use anonapi::testing::FakeIdis;
use anonapi::{Error, Result};

/// A client, and the sandbox that it talks to if no server was named.
pub struct Connection {
    /// Talks to the server.
    pub client: Client,
    sandbox: Option<FakeIdis>,
}

impl Connection {
    /// Connects to the server that the environment variables `IDIS_URL`, `IDIS_USER` and `IDIS_TOKEN` name. Without `IDIS_URL`, a
    /// sandbox with the jobs 1 to 100 is started in this program.
    pub fn open() -> Result<Connection> {
        let variable = |name| env::var(name).ok().filter(|value| !value.is_empty());
        let (user, token) = (variable("IDIS_USER"), variable("IDIS_TOKEN"));
        let (url, sandbox) = match variable("IDIS_URL") {
            Some(url) => (url, None),
            None => {
                let sandbox = FakeIdis::builder().jobs(100).start();
                println!("IDIS_URL is not set: this is a sandbox, on this computer");
                (sandbox.url("sandbox"), Some(sandbox))
            }
        };
        let user = user.unwrap_or_else(|| "z123sandbox".to_owned());
        let client = Client::new(&url, &user, Token::new(token.unwrap_or_else(|| "token".to_owned())))?;
        Ok(Connection { client, sandbox })
    }

    /// The job ids on the command line. In the sandbox they can be left out, and are then these.
    #[allow(dead_code, reason = "not every example takes job ids")]
    pub fn job_ids(&self, in_sandbox: &[i64]) -> Result<Vec<JobId>> {
        let mut ids = vec![];
        for text in env::args().skip(1) {
            let id = text.parse().map_err(|_| Error::usage(format!("'{text}' is not a job id"), "give numbers"))?;
            ids.push(id);
        }
        match (ids.is_empty(), &self.sandbox) {
            (false, _) => Ok(ids),
            (true, Some(_)) => Ok(in_sandbox.iter().copied().map(JobId).collect()),
            (true, None) => Err(Error::usage("no job ids are given", "name the jobs on the command line")),
        }
    }
}

/// Ends the example: an error says what is wrong and what to do about it.
pub fn finish(outcome: Result<()>) -> ExitCode {
    let Err(error) = outcome else { return ExitCode::SUCCESS };
    let hint = error.hint().map(|hint| format!("; {hint}")).unwrap_or_default();
    eprintln!("{error}{hint}");
    ExitCode::from(error.exit_status())
}
