use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::Console;

/// Whether the user has pressed Ctrl-C, the system has asked the program to end (SIGTERM), or the terminal was closed (SIGHUP).
///
/// Commands that must not stop in the middle of a step listen for it, and end after the step, with exit status 130. Before a
/// command listens, a signal ends the program at once, as always. A signal that was ignored from the start, as with `nohup`, stays ignored.
#[derive(Clone, Default)]
pub struct Interrupt {
    pressed: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on, in the whole process.
    pub fn listen(console: &Console) -> Interrupt {
        let is_told = console.interactive || !console.is_one_object();
        let interrupt = Interrupt::default();
        let pressed = Arc::clone(&interrupt.pressed);
        let ignored = signals::ignored();
        let listening = ctrlc::set_handler(move || press(&pressed, is_told));
        signals::ignore(&ignored);
        // Somebody listens already, or no thread could be started for it. Nothing is lost when a signal ends the program at once.
        if listening.is_err() {
            signals::end_at_once(&ignored);
        }
        interrupt
    }

    /// Whether it was pressed.
    pub fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }

    /// The flag itself, for code without a console.
    pub fn flag(&self) -> &AtomicBool {
        &self.pressed
    }
}

/// The first time asks the command to end; the second time ends it. Nothing is lost, since every file is complete at every
/// moment, but a running request does not get its answer.
fn press(pressed: &AtomicBool, is_told: bool) {
    if pressed.swap(true, Ordering::SeqCst) {
        #[expect(clippy::exit, reason = "main waits for the network, and the user has said twice not to")]
        std::process::exit(130);
    }
    if is_told {
        let _ = std::io::stderr().write_all(b"\nstopping after this step; press Ctrl-C again to stop at once\n");
    }
}

/// `ctrlc` handles every signal that can end a program, whatever was set for it before.
#[cfg(unix)]
mod signals {
    use libc::{SIG_DFL, SIG_IGN, SIGHUP, SIGINT, SIGTERM, c_int};

    const ALL: [c_int; 3] = [SIGINT, SIGTERM, SIGHUP];

    /// The signals that the program was started to ignore.
    pub fn ignored() -> Vec<c_int> {
        let is_ignored = |signal: &c_int| {
            // SAFETY: the call only fills in the structure, for which zeros are valid.
            unsafe {
                let mut action: libc::sigaction = std::mem::zeroed();
                libc::sigaction(*signal, std::ptr::null(), &raw mut action) == 0 && action.sa_sigaction == SIG_IGN
            }
        };
        ALL.into_iter().filter(is_ignored).collect()
    }

    /// Ignores them again.
    pub fn ignore(signals: &[c_int]) {
        for signal in signals {
            // SAFETY: ignoring a signal runs no code.
            unsafe { libc::signal(*signal, SIG_IGN) };
        }
    }

    /// Lets all others end the program.
    pub fn end_at_once(ignored: &[c_int]) {
        for signal in ALL.into_iter().filter(|signal| !ignored.contains(signal)) {
            // SAFETY: the system's own reaction runs no code of the program.
            unsafe { libc::signal(signal, SIG_DFL) };
        }
    }
}

/// Windows has no signals: `ctrlc` listens for what the console sends.
#[cfg(not(unix))]
mod signals {
    pub fn ignored() -> Vec<i32> {
        vec![]
    }

    pub fn ignore(_: &[i32]) {}

    pub fn end_at_once(_: &[i32]) {}
}
