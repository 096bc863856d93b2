//! What the tests of the program have in common.
//!
//! ```ignore
//! let env = Env::with_idis(FakeIdis::builder().jobs(7));
//! env.settings();
//! env.anon(["batch", "init"]).run().assert(
//!     "
//!     exit 0
//!     stdout:
//!       Initialised batch for p01: {url}/p01 in current dir
//!     files:
//!       + ./.anonbatch
//!     ",
//! );
//! ```

// Helpers come before the tests that need them.
#![allow(dead_code)]

mod env;
mod outcome;
mod snapshot;
mod tests;
mod world;

pub use env::Env;
pub use outcome::Outcome;
