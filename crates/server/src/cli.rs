//! The command line.

use std::{future::Future, path::PathBuf, process::ExitCode};

use clap::{Parser, Subcommand};
use doorward_settings::{Problem, Problems, Settings, Sources};

use crate::{
    commands::{
        audit, backup, check_config, create_admin, healthcheck, keys, mail, migrate, openapi, restore, secrets, serve,
        users,
    },
    output::{Closed, tell},
};

/// The environment's variables.
pub type Environment = Vec<(String, String)>;

/// A self-hosted authentication server.
///
/// Settings are read from files and from `DOORWARD__SECTION__KEY` in the environment; `DOORWARD_ENV` names the
/// environment and is "development" when unset. Exits with 64 on a bad configuration.
#[derive(Debug, Parser)]
#[command(version)]
pub struct Cli {
    /// The folder with default.toml and the file of the environment.
    #[arg(long, global = true, value_name = "DIR", default_value = Cli::DEFAULT_DIR)]
    config: PathBuf,
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Migrate the database and serve.
    Serve,
    /// Make, undo or list the database's migrations, or tell what they would do.
    #[command(subcommand)]
    Migrate(migrate::Direction),
    /// Copy the database (SQLite) into a new file, while servers run.
    Backup(backup::Arguments),
    /// Put a backup (SQLite) into the database's place, and end all sessions.
    Restore(restore::Arguments),
    /// Make an administrator. The password is taken from `DOORWARD_ADMIN_PASSWORD` or asked for.
    CreateAdmin(create_admin::Arguments),
    /// Move users in and out.
    #[command(subcommand)]
    Users(users::Command),
    /// Look after the messages that are not sent yet.
    #[command(subcommand)]
    Mail(mail::Command),
    /// Hand over what happened.
    #[command(subcommand)]
    Audit(audit::Command),
    /// Look after the keys that access tokens are signed with.
    #[command(subcommand)]
    Keys(keys::Command),
    /// Change the master secret.
    #[command(subcommand)]
    Secrets(secrets::Command),
    /// Tell what is wrong with the configuration, or show it without its secrets.
    CheckConfig,
    /// Print the description of the HTTP interface (OpenAPI 3.1).
    Openapi,
    /// Ask the server that this configuration starts whether it is ready; exits with 0 if so.
    Healthcheck,
}

impl Cli {
    const DEFAULT_DIR: &str = "config";
    /// `EX_USAGE` of sysexits.h: to start again with the same configuration is of no use.
    const BAD_CONFIGURATION: u8 = 64;

    /// Runs the command; what goes wrong is told on standard error.
    #[must_use]
    pub fn run(self, environment: Environment) -> ExitCode {
        let Err(error) = self.try_run(environment) else { return ExitCode::SUCCESS };
        if error.is::<Closed>() {
            return ExitCode::SUCCESS;
        }
        tell(format_args!("doorward: {error:#}"));
        if error.is::<Problems>() { ExitCode::from(Self::BAD_CONFIGURATION) } else { ExitCode::FAILURE }
    }

    fn try_run(self, environment: Environment) -> anyhow::Result<()> {
        if matches!(self.command, Command::Openapi) {
            return openapi::run();
        }
        let variable =
            |name: &str| environment.iter().find(|(given, _)| given == name).map(|(_, value)| value.to_owned());
        let env_name = variable("DOORWARD_ENV").unwrap_or_else(|| Sources::DEVELOPMENT.to_owned());
        let admin_password = variable("DOORWARD_ADMIN_PASSWORD");
        let settings = Self::settings(self.config, env_name, environment)?;
        match self.command {
            Command::Serve => block_on(serve::run(settings)),
            Command::Migrate(direction) => block_on(migrate::run(&settings, direction)),
            Command::Backup(arguments) => block_on(backup::run(&settings, arguments)),
            Command::Restore(arguments) => block_on(restore::run(&settings, arguments)),
            Command::CreateAdmin(arguments) => block_on(create_admin::run(&settings, arguments, admin_password)),
            Command::Users(command) => block_on(users::run(&settings, command)),
            Command::Mail(command) => block_on(mail::run(&settings, command)),
            Command::Audit(command) => block_on(audit::run(&settings, command)),
            Command::Keys(command) => block_on(keys::run(&settings, command)),
            Command::Secrets(command) => block_on(secrets::run(&settings, command)),
            Command::CheckConfig => check_config::run(&settings),
            Command::Healthcheck => healthcheck::run(&settings),
            Command::Openapi => Ok(()),
        }
    }

    /// The default folder may be missing, because everything has a default; one that was asked for may not.
    fn settings(dir: PathBuf, env_name: String, environment: Environment) -> Result<Settings, Problems> {
        if !dir.is_dir() && dir.as_os_str() != Self::DEFAULT_DIR {
            let cure = format!("{} is no folder", dir.display());
            return Err(Problem { key: "--config".to_owned(), origin: None, cure }.into());
        }
        doorward_settings::load(Sources { dir, env_name, environment })
    }
}

/// One thread is enough here: requests are served by threads of their own.
fn block_on(command: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let outcome = runtime.block_on(command);
    // A name that is still being looked up is no reason to stay.
    runtime.shutdown_background();
    outcome
}
