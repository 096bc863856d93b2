//! Calamine's readers of binary workbooks index by what the file says: on a damaged one they can panic, which ends in an error
//! here.

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::Once;

use super::workbook::damaged;
use crate::problem::Problem;

thread_local! {
    static QUIET: Cell<bool> = const { Cell::new(false) };
}

/// What `read` returns; an error if it panics, without a word of that on stderr. What it worked on is not used again.
pub(super) fn caught<T>(read: impl FnOnce() -> T) -> Result<T, Problem> {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let usual = take_hook();
        set_hook(Box::new(move |panic| {
            if !QUIET.get() {
                usual(panic);
            }
        }));
    });
    QUIET.set(true);
    let result = catch_unwind(AssertUnwindSafe(read));
    QUIET.set(false);
    result.map_err(|_| damaged("its contents contradict each other"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[expect(clippy::panic, reason = "it is what is caught")]
    fn a_panic_is_an_error() {
        assert!(caught(|| -> u8 { panic!("damaged") }).is_err());
        assert_eq!(caught(|| 1), Ok(1));
    }
}
