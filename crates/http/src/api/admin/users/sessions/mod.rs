//! A user's sessions, as administrators see and end them.

pub(crate) mod end_all;
pub(crate) mod list;
