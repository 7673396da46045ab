//! The rules of the house. Each is a test whose failure says what to do, beside a test that shows it can fail.
//!
//! docs/development/architecture.md says what the rules are for.

mod absent;
mod deploy;
mod docs;
mod edges;
mod files;
mod house;
mod manifests;
mod migrations;
mod register;
mod words;
