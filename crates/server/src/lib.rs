//! The binary `doorward`: it reads the settings, wires adapters to use cases, and serves them.
//!
//! It is a library too, so that tests can start the very same server, on port 0 and with a clock of their own:
//! [`serve::start`].

mod background;
pub mod cli;
pub mod commands;
pub mod master_secret;
pub mod metrics;
mod open_files;
mod output;
mod serving;
pub mod telemetry;
pub mod wire;

pub use commands::serve;
