//! `doorward users`

mod export;
mod import;
mod record;
mod wrap_hashes;

use clap::Subcommand;
use doorward_settings::Settings;

/// What to do with the users.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// Move users in from a file, with the hashes that they sign in with.
    ///
    /// Accounts that are there stay as they are, so that it can be stopped and done again. Exits with 1 if a line is
    /// bad.
    Import(import::Arguments),
    /// Hand all users over, as `import` takes them: an object of JSON a line.
    Export(export::Arguments),
    /// Put an argon2id hash over every imported one.
    ///
    /// A stolen database is then worth as little as if everyone had signed in already. Passwords stay what they are. It
    /// can be stopped and done again.
    WrapHashes(wrap_hashes::Arguments),
}

pub(crate) async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Import(arguments) => import::run(settings, arguments).await,
        Command::Export(arguments) => export::run(settings, arguments).await,
        Command::WrapHashes(arguments) => wrap_hashes::run(settings, arguments).await,
    }
}
