//! `doorward create-admin`

use anyhow::{Context as _, anyhow, ensure};
use clap::Args;
use doorward_application::admin::{CreateAdminCommand, CreateAdminError};
use doorward_domain::Secret;
use doorward_settings::Settings;

use super::open_app;
use crate::output::print;

/// Who the administrator is.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// The address to sign in with.
    #[arg(long)]
    email: String,
    /// First name.
    #[arg(long)]
    first_name: String,
    /// Last name.
    #[arg(long)]
    last_name: String,
}

pub(crate) async fn run(settings: &Settings, arguments: Arguments, password: Option<String>) -> anyhow::Result<()> {
    let password = password.map_or_else(ask, |password| Ok(Secret::new(password)))?;
    let app = open_app(settings).await?;
    let Arguments { email, first_name, last_name } = arguments;
    let command = CreateAdminCommand { email, password, first_name, last_name };
    let id = app.admin.create_admin.execute(command).await.map_err(|error| match error {
        CreateAdminError::Invalid(errors) => {
            let refused = errors.0.iter().map(|error| format!("\n  {}: {}", error.field, error.rejection));
            anyhow!("no administrator was made:{}", refused.collect::<String>())
        }
        other => anyhow!(other).context("no administrator was made"),
    })?;
    print(format_args!("made administrator {id}"))
}

/// Asks twice: nobody sees what was typed.
fn ask() -> anyhow::Result<Secret<String>> {
    let prompt = |text| {
        let typed = rpassword::prompt_password(text).context("no password; give it as DOORWARD_ADMIN_PASSWORD")?;
        anyhow::Ok(Secret::new(typed))
    };
    let password = prompt("Password: ")?;
    let again = prompt("Again: ")?;
    ensure!(password.expose() == again.expose(), "the passwords differ");
    Ok(password)
}
