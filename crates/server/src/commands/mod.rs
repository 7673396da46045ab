//! The commands, one a file.

pub mod check_config;
pub mod create_admin;
pub mod healthcheck;
pub mod migrate;
pub mod openapi;
pub mod serve;
mod try_it;
