//! Invitations.

pub(crate) mod invite;
pub(crate) mod list;
pub(crate) mod withdraw;
