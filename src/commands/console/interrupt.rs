use std::io::Write;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Whether the user has pressed Ctrl-C.
///
/// Commands that must not stop in the middle of a step listen for it, and end after the step. Before a command listens,
/// Ctrl-C ends the program at once, as always.
#[derive(Clone, Default)]
pub struct Interrupt {
    pressed: Arc<AtomicBool>,
}

impl Interrupt {
    /// Listens from now on, in the whole process.
    pub fn listen() -> Interrupt {
        let interrupt = Interrupt::default();
        let pressed = Arc::clone(&interrupt.pressed);
        // Fails only if somebody listens already; then Ctrl-C ends the program at once, which is safe at every moment too.
        let _ = ctrlc::set_handler(move || press(&pressed));
        interrupt
    }

    /// Whether it was pressed.
    pub fn is_pressed(&self) -> bool {
        self.pressed.load(Ordering::SeqCst)
    }

    /// The flag itself, for code that knows no console.
    pub fn flag(&self) -> &AtomicBool {
        &self.pressed
    }
}

/// The first time asks the command to end; the second time ends it. Nothing is lost by that, since every file is whole at every
/// moment, but a request that is under way stays without its answer.
fn press(pressed: &AtomicBool) {
    if pressed.swap(true, Ordering::SeqCst) {
        #[expect(clippy::exit, reason = "main waits for the network, and the user has said twice not to")]
        std::process::exit(130);
    }
    let _ = std::io::stderr().write_all(b"\nstopping after this step; Ctrl-C again to stop at once\n");
}
