//! `doorward migrate`

use anyhow::Context as _;
use clap::Subcommand;
use doorward_settings::Settings;

use crate::{
    output::Output,
    wire::{self, Wiring},
};

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
            report("undone", &store.migrate_down(steps).await.context("the database was not migrated")?)
        }
        Direction::Status => {
            let mut output = Output::standard();
            for migration in store.migration_status().await.context("the database cannot be read")? {
                let state = if migration.applied { "made" } else { "missing" };
                output.line(format_args!("{state:<8}{}", migration.name))?;
            }
            output.flush()
        }
    }
}

fn report(what: &str, names: &[String]) -> anyhow::Result<()> {
    let mut output = Output::standard();
    if names.is_empty() {
        output.line("nothing to do")?;
    }
    for name in names {
        output.line(format_args!("{what:<8}{name}"))?;
    }
    output.flush()
}
