//! The use cases over the testkit's fakes.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod account;
mod admin;
mod audit;
mod authenticate;
mod change_email;
mod deletion;
mod delivery;
mod export_users;
mod gate;
mod idempotency;
mod import;
mod invited;
mod keys;
mod log_in;
mod log_out;
mod metering;
mod notices;
mod passwords;
mod purge;
mod refresh;
mod register;
mod revocations;
mod sessions;
mod throttle;
mod verification;
mod world;
mod wrap_hashes;
