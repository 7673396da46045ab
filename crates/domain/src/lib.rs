//! doorward's words: users, roles, profiles, sessions, tokens, invitations, and what is kept of what happened.
//!
//! Pure: no async, no serde, no I/O, no clock. A value of a type from here is valid, because the only way to make
//! one is its `parse`; what was refused says why as a [`Rejection`]. Decisions that matter (above all
//! [`session::refresh_token::decide`]) are functions of their arguments alone, so that they can be tested by
//! searching instead of by example.

pub mod attempt;
pub mod audit;
pub mod digest;
pub mod id;
pub mod invitation;
pub mod key;
pub mod profile;
pub mod rejection;
pub mod revocation;
pub mod role;
pub mod secret;
pub mod session;
pub mod text;
pub mod token;
pub mod user;

pub use digest::Digest;
pub use id::{AuditEventId, InvitationId, MessageId, OneTimeTokenId, RefreshKeyId, SessionId, TokenId, UserId};
pub use rejection::Rejection;
pub use role::Role;
pub use secret::Secret;

/// A moment in UTC. Moments come from the `Clock` port, cut to microseconds, the precision PostgreSQL keeps.
pub type Timestamp = chrono::DateTime<chrono::Utc>;
