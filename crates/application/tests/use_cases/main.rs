//! The use cases over the testkit's fakes.

mod account;
mod admin;
mod authenticate;
mod log_in;
mod log_out;
mod refresh;
mod register;
mod sessions;
mod world;
