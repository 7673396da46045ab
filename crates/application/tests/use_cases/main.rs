//! The use cases over the testkit's fakes.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod account;
mod admin;
mod authenticate;
mod log_in;
mod log_out;
mod refresh;
mod register;
mod sessions;
mod world;
