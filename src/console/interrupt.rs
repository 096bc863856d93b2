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
        let _ = ctrlc::set_handler(move || pressed.store(true, Ordering::SeqCst));
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
