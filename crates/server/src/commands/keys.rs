//! `doorward keys`

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use doorward_application::{
    App,
    admin::{AdminActError, ListedKey},
};
use doorward_domain::Timestamp;
use doorward_settings::Settings;
use serde::Serialize;

use super::open_keyless_app;
use crate::output::{Output, print, time};

/// What to do with the keys that access tokens are signed with. Servers that run find out by themselves.
#[derive(Clone, Debug, Subcommand)]
pub(crate) enum Command {
    /// List them, the one that signs last first.
    List {
        /// An object of JSON a line, for machines.
        #[arg(long)]
        json: bool,
    },
    /// Publish the next key. It signs when every verifier has had time to fetch it.
    Rotate,
    /// Revoke a key that somebody else may have: everything that it signed is dead at once.
    Revoke {
        /// The key's `kid`.
        // A thumbprint may begin with `-`.
        #[arg(allow_hyphen_values = true)]
        kid: String,
    },
}

pub(crate) async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    // A key that cannot be used keeps the server from starting, and is to be revoked even so.
    let app = open_keyless_app(settings).await?;
    match command {
        Command::List { json } => list(&app, json).await,
        Command::Rotate => {
            let next = app.admin.rotate_keys.unattended().await.context("no key was published")?;
            print(format_args!("published {}, which signs from {}", next.id, time(next.signs_from)))
        }
        Command::Revoke { kid } => {
            app.admin.revoke_key.unattended(&kid).await.map_err(|error| match error {
                AdminActError::NotFound => anyhow!("there is no key {kid}, or it is gone already"),
                other => anyhow!(other).context("the key was not revoked"),
            })?;
            print(format_args!("revoked {kid}"))
        }
    }
}

async fn list(app: &App, json: bool) -> anyhow::Result<()> {
    let keys = app.admin.list_keys.unattended().await?;
    let mut output = Output::standard();
    if !json {
        output.line(row(["KID", "ALG", "STATE", "PUBLISHED", "SIGNS FROM", "SIGNS UNTIL", "GONE"]))?;
    }
    for key in &keys {
        let listed = Listed::from(key);
        output.line(if json { serde_json::to_string(&listed)? } else { listed.row() })?;
    }
    output.flush()
}

fn row([kid, algorithm, state, published, from, until, gone]: [&str; 7]) -> String {
    let row = format!("{kid:<43}  {algorithm:<5}  {state:<9}  {published:<27}  {from:<27}  {until:<27}  {gone}");
    row.trim_end().to_owned()
}

/// A key, for machines.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Listed<'a> {
    kid: &'a str,
    algorithm: &'a str,
    state: &'static str,
    published_at: String,
    signs_from: String,
    signs_until: Option<String>,
    retires_at: Option<String>,
    revoked_at: Option<String>,
}

impl<'a> From<&'a ListedKey> for Listed<'a> {
    fn from(ListedKey { key, state, signs_until, retires_at }: &'a ListedKey) -> Self {
        let text = |at: Option<Timestamp>| at.map(time);
        let moments = key.moments();
        Self {
            kid: key.id(),
            algorithm: key.algorithm(),
            state: state.as_str(),
            published_at: time(moments.published_at),
            signs_from: time(moments.signs_from),
            signs_until: text(*signs_until),
            retires_at: text(*retires_at),
            revoked_at: text(moments.revoked_at),
        }
    }
}

impl Listed<'_> {
    fn row(&self) -> String {
        let gone = self.revoked_at.as_deref().or(self.retires_at.as_deref()).unwrap_or_default();
        let until = self.signs_until.as_deref().unwrap_or_default();
        row([self.kid, self.algorithm, self.state, &self.published_at, &self.signs_from, until, gone])
    }
}
