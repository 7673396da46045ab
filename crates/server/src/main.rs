//! The binary `doorward`.

use std::{env, ffi::OsString, process::ExitCode};

use clap::Parser as _;
use doorward::cli::Cli;

fn main() -> ExitCode {
    // A variable that is not Unicode is marked by U+FFFD, which the settings refuse.
    let text = |text: OsString| text.to_string_lossy().into_owned();
    Cli::parse().run(env::vars_os().map(|(name, value)| (text(name), text(value))).collect())
}
