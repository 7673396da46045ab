//! Adapters of doorward's ports: the store with sea-orm, JSON Web Tokens, password hashing, and what they share.
//!
//! Everything at rest that could be used is sealed by the [`Sealer`].

pub mod sealer;

pub use sealer::{MasterSecretTooShort, SealError, Sealer};
