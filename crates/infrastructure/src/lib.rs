//! Adapters of doorward's ports: the store with sea-orm, JSON Web Tokens, password hashing, and what they share.
//!
//! Everything at rest that could be used is sealed by the [`Sealer`].

pub mod clock;
pub mod jwt;
pub mod key_ring;
pub mod keyed_digest;
pub mod mail;
pub mod metrics;
pub mod os_random;
pub mod password;
pub mod refresh_token;
pub mod sealer;
pub mod store;
pub mod uuid_v7;

pub use sealer::{MasterSecretTooShort, SealError, Sealer};
