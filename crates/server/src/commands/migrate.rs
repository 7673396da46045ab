//! `doorward migrate`

use anyhow::Context as _;
use clap::Subcommand;
use doorward_infrastructure::store::{Locks, MigrationStatus, PlannedMigration, PlannedStatement};
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
    /// Tell what `up` would do now, and whom it would keep waiting, without doing it.
    Plan {
        /// With the statements as they are.
        #[arg(long)]
        sql: bool,
    },
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
                let state = match migration {
                    MigrationStatus { known: false, .. } => "unknown",
                    MigrationStatus { applied: true, .. } => "made",
                    _ => "missing",
                };
                output.line(format_args!("{state:<8}{}", migration.name))?;
            }
            output.flush()
        }
        Direction::Plan { sql } => plan(&store.migration_plan().await.context("the database cannot be read")?, sql),
    }
}

fn plan(plan: &[PlannedMigration], sql: bool) -> anyhow::Result<()> {
    let mut output = Output::standard();
    if plan.is_empty() {
        output.line("nothing to do")?;
    }
    for migration in plan {
        output.line(&migration.name)?;
        for PlannedStatement { sql: statement, kind, table, locks } in &migration.statements {
            let what = format!("{kind} {table}");
            output.line(format_args!("    {:<40}{}", what.trim_end(), waiting(locks)))?;
            if sql {
                output.line(format_args!("        {statement}"))?;
            }
        }
    }
    output.flush()
}

/// Whom a statement keeps waiting, to the end of the transaction that all migrations are.
fn waiting(locks: &Locks) -> String {
    match locks {
        Locks::Nobody => "nobody waits".to_owned(),
        Locks::Rows => "who writes the same rows waits".to_owned(),
        Locks::Writers => "who writes anything waits".to_owned(),
        Locks::WritersOf(tables) => format!("who writes to {} waits", tables.join(", ")),
        Locks::Everybody => "who reads or writes it waits".to_owned(),
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
