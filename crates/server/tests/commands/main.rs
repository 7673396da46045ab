//! The commands that move users and messages and change secrets, typed as a person types them, on both databases.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod audit;
mod export;
mod import;
mod keys;
mod mail;
mod pipes;
mod secrets;
mod typed;
mod wrap_hashes;
