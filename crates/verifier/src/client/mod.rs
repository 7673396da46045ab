//! The verifier at work: keys that are fetched, a feed that is followed, tokens that are remembered.

mod builder;
mod clock;
mod feed;
mod fetch;
mod keys;
mod revoked;
mod seen;
mod verifier;

pub use builder::{LostFeed, StartError, VerifierBuilder};
pub use clock::Clock;
pub use feed::FeedError;
pub use fetch::{AddressError, FetchError};
pub use keys::KeysError;
pub use verifier::{Verifier, VerifyError};

/// Compiles what the README shows.
#[cfg(doctest)]
#[doc = include_str!("../../README.md")]
struct Readme;
