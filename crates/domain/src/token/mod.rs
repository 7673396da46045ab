//! Access tokens' claims, and tokens that work once.

pub mod claims;
pub mod one_time;

pub use claims::AccessClaims;
pub use one_time::{OneTimePurpose, OneTimeSecret, OneTimeToken};
