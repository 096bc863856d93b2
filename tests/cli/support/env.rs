//! A home, a working folder and an environment that no other program has touched.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anonapi::testing::{FakeIdis, FakeIdisBuilder};
use tempfile::TempDir;

use super::outcome::{Names, Outcome};
use super::snapshot::Snapshot;

/// How long a command may take before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// What Windows needs to start a program at all, and coverage tools to write their counts.
const KEPT: [&str; 6] = ["PATH", "SystemRoot", "SystemDrive", "windir", "PATHEXT", "LLVM_PROFILE_FILE"];

/// A user's computer: the files are in [`Env::work`] and [`Env::home`], and a fake IDIS may be in reach.
pub struct Env {
    root: TempDir,
    idis: Option<FakeIdis>,
    /// A URL and what stands for it in outcomes.
    urls: Vec<(String, String)>,
}

impl Env {
    /// Without a server.
    pub fn new() -> Env {
        let env = Env {
            root: tempfile::Builder::new().prefix("anon-test-").tempdir().unwrap(),
            idis: None,
            urls: Vec::new(),
        };
        std::fs::create_dir(env.home()).unwrap();
        std::fs::create_dir(env.work()).unwrap();
        env
    }

    /// With this server in reach: outcomes show its URL as `{url}` and list what it was asked.
    pub fn with_idis(idis: FakeIdisBuilder) -> Env {
        let idis = idis.start();
        let mut env = Env::new();
        env.name_url(&idis.url(""), "{url}/");
        env.idis = Some(idis);
        env
    }

    /// With a server that holds jobs 1 to 7, one of each status, and the settings for it.
    pub fn with_jobs() -> Env {
        let env = Env::with_idis(FakeIdis::builder().jobs(7));
        env.settings();
        env
    }

    /// Has outcomes show `name` in the place of a URL.
    pub fn name_url(&mut self, url: &str, name: &str) {
        self.urls.push((url.to_owned(), name.to_owned()));
    }

    /// The server.
    pub fn idis(&self) -> &FakeIdis {
        self.idis.as_ref().expect("an Env::with_idis")
    }

    /// The home folder, shown as `~`.
    pub fn home(&self) -> PathBuf {
        self.real_root().join("home")
    }

    /// The working folder, shown as `.`.
    pub fn work(&self) -> PathBuf {
        self.real_root().join("work")
    }

    /// The temporary folder is behind a link on macOS, which programs see through.
    fn real_root(&self) -> PathBuf {
        let root = self.root.path();
        if cfg!(windows) { root.to_owned() } else { root.canonicalize().unwrap() }
    }

    /// Prepares `anon ARGS`.
    pub fn anon<I: IntoIterator<Item: Into<OsString>>>(&self, args: I) -> Anon<'_> {
        let args = args.into_iter().map(Into::into).collect();
        Anon { env: self, args, stdin: String::new(), cwd: self.work(), variables: Vec::new() }
    }

    /// Runs `anon LINE`, cut at the spaces.
    #[must_use = "nothing is asserted of it"]
    pub fn run(&self, line: &str) -> Outcome {
        self.anon(line.split_whitespace()).run()
    }

    /// Runs `anon LINE`, cut at the spaces, with this piped in.
    pub fn answer(&self, line: &str, stdin: &str) -> Outcome {
        self.anon(line.split_whitespace()).stdin(stdin).run()
    }

    pub(super) fn names(&self) -> Names {
        Names::new(&self.home(), &self.work(), self.urls.clone())
    }

    pub(super) fn snapshot(&self) -> Snapshot {
        Snapshot::of(&[("~", &self.home()), (".", &self.work())])
    }
}

/// A command that is about to run.
#[must_use]
pub struct Anon<'a> {
    env: &'a Env,
    args: Vec<OsString>,
    stdin: String,
    cwd: PathBuf,
    variables: Vec<(String, OsString)>,
}

impl Anon<'_> {
    /// What is piped in. Nothing unless chosen: a question then meets the end of the input.
    pub fn stdin(mut self, text: &str) -> Self {
        text.clone_into(&mut self.stdin);
        self
    }

    /// Runs in this folder, relative to the working folder.
    pub fn cwd(mut self, folder: impl AsRef<Path>) -> Self {
        self.cwd = self.env.work().join(folder);
        self
    }

    /// Sets an environment variable.
    pub fn env(mut self, name: &str, value: impl Into<OsString>) -> Self {
        self.variables.push((name.to_owned(), value.into()));
        self
    }

    /// The process as it would be started, for tests that start, watch and kill it themselves.
    pub fn command(&self) -> std::process::Command {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_anon"));
        command.args(&self.args).current_dir(&self.cwd).env_clear();
        command.envs(KEPT.iter().filter_map(|name| Some((name, std::env::var_os(name)?))));
        let home = self.env.home();
        for name in ["HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA"] {
            command.env(name, &home);
        }
        command.env("TMPDIR", self.env.root.path()).env("TEMP", self.env.root.path()).env("TMP", self.env.root.path());
        command.env("USER", "jane").env("LOGNAME", "jane").env("USERNAME", "jane");
        command.env("NO_COLOR", "1").env("LC_ALL", "C.UTF-8").env("COLUMNS", "200");
        command.env("EDITOR", if cfg!(windows) { "cmd /c rem" } else { "true" });
        command.envs(self.variables.iter().map(|(name, value)| (name, value)));
        #[cfg(unix)]
        heed_signals(&mut command);
        command
    }

    /// Runs it to its end.
    #[must_use = "nothing is asserted of it"]
    pub fn run(self) -> Outcome {
        let requests_before = self.env.idis.as_ref().map_or(0, |idis| idis.requests().len());
        let files_before = self.env.snapshot();
        let output =
            assert_cmd::Command::from_std(self.command()).write_stdin(self.stdin.as_str()).timeout(PATIENCE).output();
        let output = output.unwrap_or_else(|error| panic!("anon {:?}: {error}", self.args));
        let requests = self.env.idis.as_ref().map_or_else(Vec::new, |idis| idis.requests().split_off(requests_before));
        let line: Vec<_> = self.args.iter().map(|arg| arg.to_string_lossy()).collect();
        let names = self.env.names();
        Outcome {
            line: names.apply(&format!("anon {}", line.join(" "))),
            status: output.status.code().unwrap_or(-1),
            stdout: names.apply(&String::from_utf8_lossy(&output.stdout)),
            stderr: names.apply(&String::from_utf8_lossy(&output.stderr)),
            files: files_before.changes(&self.env.snapshot()),
            requests,
        }
    }
}

/// A signal that is ignored stays ignored in what is started, and the program keeps to that: under `nohup cargo test`, or in a shell's
/// background, nothing would end it.
#[cfg(unix)]
fn heed_signals(command: &mut std::process::Command) {
    use std::os::unix::process::CommandExt;
    // SAFETY: `signal` may be called between fork and exec.
    unsafe {
        command.pre_exec(|| {
            let heeded = [libc::SIGHUP, libc::SIGINT, libc::SIGTERM]
                .map(|signal| libc::signal(signal, libc::SIG_DFL) != libc::SIG_ERR);
            if heeded.contains(&false) { Err(std::io::Error::last_os_error()) } else { Ok(()) }
        })
    };
}
