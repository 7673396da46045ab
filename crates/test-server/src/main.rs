//! The binary `doorward-test`.

use std::{env, process::ExitCode};

use clap::Parser as _;
use doorward_test::cli::Cli;

fn main() -> ExitCode {
    let environment = env::vars_os().find(|(name, _)| name == "DOORWARD_ENV").map(|(_, value)| value);
    Cli::parse().run(environment.map(|value| value.to_string_lossy().into_owned()).as_deref())
}
