//! Running the program to its end, or to a sudden one.

use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

/// No command of these tests takes nearly as long: one that does hangs.
pub const HANGS: Duration = Duration::from_secs(60);

/// How a command ended.
#[derive(Debug)]
pub struct End {
    /// -1 if a signal ended it.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
    pub time: Duration,
}

impl End {
    /// Fails unless it ended in one of these ways, and never with a panic.
    #[track_caller]
    pub fn assert_status(self, allowed: &[i32]) -> End {
        assert!(
            allowed.contains(&self.status) && !self.stderr.contains("panicked"),
            "expected exit {allowed:?}: {self:#?}"
        );
        self
    }
}

/// Runs a command to its end.
#[track_caller]
pub fn finish(mut command: Command) -> End {
    let started = Instant::now();
    let child = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let watchdog = watch(&child);
    let output = child.wait_with_output().unwrap();
    drop(watchdog);
    let time = started.elapsed();
    let end = End {
        status: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
        stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        time,
    };
    assert!(time < HANGS, "{command:?} hung: {end:#?}");
    end
}

/// Complains while a command hangs, so that the log of a test that never ends says which.
fn watch(child: &Child) -> std::sync::mpsc::Sender<()> {
    let (send, receive) = std::sync::mpsc::channel::<()>();
    let id = child.id();
    thread::spawn(move || {
        if receive.recv_timeout(HANGS) == Err(std::sync::mpsc::RecvTimeoutError::Timeout) {
            println!("process {id} hangs");
        }
    });
    send
}

/// Starts a command and kills it as soon as `moment` returns. Says whether it was still running then.
pub fn kill(mut command: Command, moment: impl FnOnce(&mut Child)) -> bool {
    let mut child = command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    moment(&mut child);
    let running = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    running
}

/// Sleeps more precisely than the system's timer.
pub fn wait(time: Duration) {
    let end = Instant::now() + time;
    while let Some(left) = end.checked_duration_since(Instant::now()) {
        if left > Duration::from_millis(2) {
            thread::sleep(left - Duration::from_millis(1));
        } else {
            thread::yield_now();
        }
    }
}
