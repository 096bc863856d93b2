use chrono::TimeDelta;
use clap::Args;
use schemars::JsonSchema;
use serde::Serialize;

use crate::api::{ApiError, Client, JobId, Stage};
use crate::commands::console::{Console, Mark, RowsIn, View};
use crate::commands::context::Context;
use crate::error::{Error, Result};
use crate::mapping::FILE_NAME;
use crate::plan;
use crate::settings::{Server, Settings};
use crate::text::counted;
use crate::unc::UncPath;

/// Clocks that differ by more than this are reported.
const CLOCKS_APART: TimeDelta = TimeDelta::minutes(5);

/// Check settings, server, credentials, mapping and folder, and say what to fix
///
/// Changes nothing on the server and shows no secrets, so you can send its output to a helpdesk. Exits with 1 if there is something
/// to fix.
#[derive(Args)]
#[command(after_help = "Examples:
  anon doctor
  anon doctor --format json")]
pub struct Doctor {}

/// What was checked, and what needs fixing.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Diagnosis {
    /// The version of `anon`.
    pub version: String,
    /// The operating system and the processor that it was built for.
    pub system: String,
    /// How many checks have failed.
    pub failed: usize,
    /// Each check, in the order in which they were made.
    pub checks: Vec<Check>,
}

/// Something that was checked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Check {
    /// `settings`, `user`, `server`, `proxy`, `credentials`, `clock`, `mapping` or `folder`.
    pub check: String,
    /// The outcome.
    pub state: State,
    /// What was found.
    pub found: String,
    /// What to do about it.
    pub what_to_do: Option<String>,
    /// How far the call to the server got, if that is what failed: `setup`, `dns`, `tcp`, `tls`, `proxy`, `credentials` or `api`.
    pub stage: Option<String>,
}

/// The outcome of a check.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Right.
    Good,
    /// Needs fixing.
    Bad,
    /// Neither: it is not needed, or could not be checked.
    Neutral,
}

impl View for Diagnosis {
    const COLUMNS: &'static [&'static str] = &["check", "state", "found", "what_to_do", "stage"];
    const ROWS: &'static [RowsIn] = &[RowsIn::of(&["checks"])];
}

impl Check {
    fn good(check: &str, found: impl Into<String>) -> Check {
        Check { check: check.to_owned(), state: State::Good, found: found.into(), what_to_do: None, stage: None }
    }

    fn neutral(check: &str, found: impl Into<String>) -> Check {
        Check { state: State::Neutral, ..Check::good(check, found) }
    }

    fn bad(check: &str, found: impl Into<String>, remedy: impl Into<String>) -> Check {
        let what_to_do = Some(remedy.into()).filter(|remedy| !remedy.is_empty());
        Check { state: State::Bad, what_to_do, ..Check::good(check, found) }
    }

    fn failed(check: &str, found: String, error: &Error) -> Check {
        let stage = if let Error::Api(error) = error { Some(stage(error).to_owned()) } else { None };
        Check { stage, ..Check::bad(check, found, error.hint().unwrap_or_default()) }
    }
}

fn stage(error: &ApiError) -> &'static str {
    match error.stage() {
        Stage::Setup => "setup",
        Stage::Dns => "dns",
        Stage::Tcp => "tcp",
        Stage::Tls => "tls",
        Stage::Proxy => "proxy",
        Stage::Credentials => "credentials",
        Stage::Api => "api",
    }
}

impl Doctor {
    pub fn run(self, context: &Context) -> Result<()> {
        let checks = checks(context);
        let failed = checks.iter().filter(|check| check.state == State::Bad).count();
        let system = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
        let diagnosis = Diagnosis { version: env!("CARGO_PKG_VERSION").to_owned(), system, failed, checks };
        context.console.show(&diagnosis, |console| print(console, &diagnosis));
        if failed == 0 { Ok(()) } else { Err(Error::Told) }
    }
}

fn print(console: &Console, diagnosis: &Diagnosis) {
    for check in &diagnosis.checks {
        let mark = match check.state {
            State::Good => Mark::Good,
            State::Bad => Mark::Bad,
            State::Neutral => Mark::Neutral,
        };
        console.print_marked(mark, format_args!("{:<11}  {}", check.check, check.found));
        if let Some(remedy) = &check.what_to_do {
            console.print(format_args!("{:15}{remedy}", ""));
        }
    }
    match diagnosis.failed {
        0 => console.print("nothing to fix"),
        failed => console.print(format_args!("{} to fix", counted(failed, "thing"))),
    }
}

fn checks(context: &Context) -> Vec<Check> {
    let file = context.settings_file();
    let path = file.path().display().to_string();
    let was_there = file.path().is_file();
    let settings = match context.settings_to_examine() {
        Ok(settings) => settings,
        Err(error) => {
            let remedy = error.hint().unwrap_or_else(|| format!("correct '{path}' in an editor"));
            return vec![Check::bad("settings", error.to_string(), remedy), folder(context)];
        }
    };
    let mut checks = vec![match (was_there, file.is_readable_by_others()) {
        (_, true) => {
            Check::bad("settings", format!("{path}, where others can read your token"), format!("chmod 600 '{path}'"))
        }
        (true, false) => Check::good("settings", format!("{path}, {}", privacy())),
        (false, false) => Check::good("settings", format!("{path}, made just now")),
    }];
    for name in settings.servers_with_password() {
        let found = format!("the URL of server '{name}' contains a user name or password, which is not used");
        checks.push(Check::bad("settings", found, format!("anon server add {name} URL")));
    }
    checks.push(user(settings));
    checks.extend(of_server(context, settings));
    checks.push(mapping(context, settings));
    checks.push(folder(context));
    checks
}

/// Who can read the settings: Windows protects the user's own folder.
fn privacy() -> &'static str {
    if cfg!(unix) { "readable only by you" } else { "readable" }
}

fn user(settings: &Settings) -> Check {
    if settings.has_example_user() {
        let found = format!("'{}' is only an example", settings.user_name);
        return Check::bad("user", found, "anon settings user set-username NAME");
    }
    match settings.credentials() {
        Err(error) => Check::bad("user", error.to_string(), error.hint().unwrap_or_default()),
        Ok((name, _)) if settings.has_example_token() => {
            Check::bad("user", format!("{name}, but the token is only an example"), "anon settings user get-token")
        }
        Ok((name, _)) => Check::good("user", format!("{name}, token set")),
    }
}

/// What to find out from the server: whether it answers, whether it knows the user, what time it has.
fn of_server(context: &Context, settings: &Settings) -> Vec<Check> {
    let server = match settings.active_server() {
        Ok(server) if server.is_example() => {
            let remedy = "anon server add NAME URL, then anon server activate NAME";
            return vec![Check::bad("server", format!("{server} is only an example"), remedy)];
        }
        Ok(server) => server,
        Err(error) => return vec![Check::bad("server", error.to_string(), error.hint().unwrap_or_default())],
    };
    // Whether the user is one is a check of its own.
    let can_ask = !settings.has_example_user() && settings.credentials().is_ok();
    if !can_ask {
        return vec![Check::neutral("server", format!("{server}: not asked, without a user name and a token"))];
    }
    let client = match context.client_of(server) {
        Ok(client) => client,
        Err(error) => return vec![Check::failed("server", format!("{server}: {error}"), &error)],
    };
    let proxy = match client.proxy() {
        Some(proxy) => Check::neutral("proxy", proxy),
        None => Check::neutral("proxy", "none for this server"),
    };
    let there = Check::good("server", format!("{server} answers"));
    match client.get_clock() {
        Ok(ahead) => vec![there, proxy, credentials(&client, server), clock(ahead)],
        // The server is there; it checks the token first.
        Err(error) if error.stage() == Stage::Credentials => vec![there, proxy, refused(error)],
        Err(error) => {
            let found = format!("{server}: {}", error.failure);
            vec![Check::failed("server", found, &error.into()), proxy]
        }
    }
}

/// The cheapest call that needs credentials.
fn credentials(client: &Client, server: &Server) -> Check {
    match client.get_jobs_list(&[JobId(1)]) {
        Ok(_) => Check::good("credentials", format!("accepted by {}", server.name)),
        Err(error) => refused(error),
    }
}

fn refused(error: ApiError) -> Check {
    let found = error.failure.to_string();
    Check::failed("credentials", found, &error.into())
}

fn clock(ahead: Option<TimeDelta>) -> Check {
    let Some(ahead) = ahead else { return Check::neutral("clock", "the server does not send its time") };
    let apart = ahead.abs();
    let which = if ahead > TimeDelta::zero() { "behind" } else { "ahead of" };
    if apart <= CLOCKS_APART {
        // An answer takes its time.
        let found = match apart.num_seconds() {
            ..10 => "agrees with the server's, within seconds".to_owned(),
            seconds => format!("{seconds} s {which} the server's"),
        };
        return Check::good("clock", found);
    }
    let found = format!("{} min {which} the server's", apart.num_minutes());
    Check::bad("clock", found, "set the clock of this computer, or tell the server's admin if theirs is wrong")
}

/// The mapping that `map` and `create` work on.
fn mapping(context: &Context, settings: &Settings) -> Check {
    let Some(path) = &settings.active_mapping_file else {
        let here = context.folder.join(FILE_NAME).is_file();
        let what =
            if here { "'anon map activate' activates the one in this folder" } else { "'anon map init' makes one" };
        return Check::neutral("mapping", format!("none is active; {what}"));
    };
    let shown = path.display();
    if !path.is_file() {
        let remedy = "'anon map activate' in the folder that has one, or 'anon map init'";
        return Check::bad("mapping", format!("{shown} does not exist"), remedy);
    }
    match plan::read(path, &settings.job_default_parameters) {
        Ok(plan) if plan.problems.is_empty() => {
            let rows = counted(plan.jobs.len(), "row");
            match plan.warnings.len() {
                0 => Check::good("mapping", format!("{shown}, {rows}, nothing wrong")),
                doubts => {
                    let doubts = counted(doubts, "warning");
                    Check::good("mapping", format!("{shown}, {rows}, {doubts}: see 'anon map check'"))
                }
            }
        }
        Ok(plan) => {
            Check::bad("mapping", format!("{shown}: {}", counted(plan.problems.len(), "problem")), "anon map check")
        }
        Err(error) => {
            Check::bad("mapping", error.to_string(), error.hint().unwrap_or_else(|| "anon map edit".to_owned()))
        }
    }
}

/// A server reads from shares. Any other folder is good enough for mappings of data in PACS.
fn folder(context: &Context) -> Check {
    let shown = context.folder.display();
    match UncPath::of_folder(&context.folder) {
        Some(path) if !path.is_known_here_only() => Check::good("folder", format!("{shown} is on the share {path}")),
        _ => Check::neutral(
            "folder",
            format!(
                "{shown} is on this computer only: fine for data from PACS, but files to anonymize must be on a share"
            ),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_may_be_a_little_off() {
        let state = |seconds| clock(Some(TimeDelta::seconds(seconds))).state;
        assert_eq!([0, 300, -300, 301, -301].map(state), {
            use State::{Bad, Good};
            [Good, Good, Good, Bad, Bad]
        });
        assert!(clock(Some(TimeDelta::minutes(90))).found.contains("90 min behind the server's"));
        assert!(clock(Some(TimeDelta::minutes(-90))).found.contains("90 min ahead of the server's"));
        assert_eq!(clock(None).state, State::Neutral);
    }
}
