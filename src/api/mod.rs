//! The IDIS web API.

mod error;

pub use error::ApiError;
