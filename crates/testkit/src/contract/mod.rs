//! The contract of every port, as tests that any adapter can run.

pub mod attempts;
pub mod keyed_digest;
pub mod password_hasher;
pub mod refresh_token_codec;
pub mod revocation_bus;
pub mod store;
pub mod token_signer;
