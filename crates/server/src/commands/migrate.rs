//! `doorward migrate`

use anyhow::Context as _;
use clap::Subcommand;
use doorward_settings::Settings;

use crate::wire::{self, Wiring};

/// What to do with the migrations.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Direction {
    /// Make all that are missing.
    Up,
    /// Undo the last ones. What their tables held is lost.
    Down {
        /// How many.
        #[arg(long, default_value_t = 1)]
        steps: u32,
    },
    /// List them.
    Status,
}

pub(crate) async fn run(settings: &Settings, direction: Direction) -> anyhow::Result<()> {
    let store = wire::open(settings, &Wiring::default()).await?.store;
    match direction {
        Direction::Up => report("made", &store.migrate_up().await.context("the database was not migrated")?),
        Direction::Down { steps } => {
            report("undone", &store.migrate_down(steps).await.context("the database was not migrated")?);
        }
        Direction::Status => {
            for migration in store.migration_status().await.context("the database cannot be read")? {
                println!("{:<8}{}", if migration.applied { "made" } else { "missing" }, migration.name);
            }
        }
    }
    Ok(())
}

fn report(what: &str, names: &[String]) {
    if names.is_empty() {
        println!("nothing to do");
    }
    for name in names {
        println!("{what:<8}{name}");
    }
}
