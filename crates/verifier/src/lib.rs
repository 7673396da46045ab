//! Verifies doorward's access tokens in the services that receive them, and follows what was revoked.
//!
//! The core is one strict validation without I/O and without a clock, which the server itself goes by:
//! [`verify_access_token`] and [`verify_revocation_page`] over a [`KeySet`]. It reads what is signed and nothing
//! else: until the signature is known to be good, a token decides only which of the known keys is tried.

#[cfg(feature = "actix")]
mod actix;
mod algorithm;
mod claims;
#[cfg(feature = "client")]
mod client;
mod encoding;
mod jws;
mod key;
mod key_set;
mod refusal;
mod revocations;
mod thumbprint;

#[cfg(feature = "actix")]
pub use actix::{Authenticated, Unauthenticated};
pub use algorithm::Algorithm;
pub use claims::{Claims, Expected, verify_access_token};
#[cfg(feature = "client")]
pub use client::{
    AddressError, Clock, FeedError, FetchError, KeysError, LostFeed, StartError, Verifier, VerifierBuilder, VerifyError,
};
pub use key::{UnusableKey, VerifyingKey};
pub use key_set::{KeySet, KeySetError, SkippedKey};
pub use refusal::Refusal;
pub use revocations::{ExpectedPage, RevocationEntry, RevocationPage, digest_of, verify_revocation_page};
pub use thumbprint::thumbprint;
