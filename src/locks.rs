//! Locks that a thread has panicked with.

use std::sync::{LockResult, PoisonError};

/// What a lock guards, also when a thread has panicked with it: that thread has said so already.
pub fn unlocked<G>(outcome: LockResult<G>) -> G {
    outcome.unwrap_or_else(PoisonError::into_inner)
}
