//! The commands, one a file.

pub mod audit;
pub mod backup;
pub mod check_config;
pub mod create_admin;
pub mod healthcheck;
pub mod keys;
pub mod mail;
pub mod migrate;
pub mod openapi;
pub mod restore;
pub mod secrets;
pub mod serve;
mod try_it;
pub mod users;

use std::sync::Arc;

use anyhow::Context as _;
use doorward_application::App;
use doorward_settings::Settings;

use crate::wire::{self, Wiring};

/// The use cases over the configured database, which is migrated first.
async fn open_keyless_app(settings: &Settings) -> anyhow::Result<Arc<App>> {
    let wiring = Wiring::default();
    let opened = wire::open(settings, &wiring).await?;
    opened.store.migrate_up().await.context("the database was not migrated")?;
    let public_url = settings.http.public_url(settings.http.address);
    wire::app(settings, &wiring, &opened, &public_url).await
}

/// The same, with the keys that sign in use.
async fn open_app(settings: &Settings) -> anyhow::Result<Arc<App>> {
    let app = open_keyless_app(settings).await?;
    wire::open_ring(&app).await?;
    Ok(app)
}
