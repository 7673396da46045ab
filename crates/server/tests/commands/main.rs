//! The commands that move users and messages, typed as a person types them, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod audit;
mod export;
mod import;
mod mail;
mod pipes;
mod typed;
mod wrap_hashes;
