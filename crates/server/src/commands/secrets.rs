//! `doorward secrets`

use anyhow::{Context as _, ensure};
use clap::Subcommand;
use doorward_infrastructure::store::reseal::{Resealed, SealedTable};
use doorward_settings::Settings;

use crate::{
    output::{Output, tell},
    wire::{self, Wiring},
};

/// What to do with what is sealed under the master secret.
#[derive(Clone, Copy, Debug, Subcommand)]
pub(crate) enum Command {
    /// Seal everything anew that is not sealed under secrets.master yet. It may run beside serving nodes, be interrupted
    /// and be run again.
    Reseal,
}

pub(crate) async fn run(settings: &Settings, command: Command) -> anyhow::Result<()> {
    let Command::Reseal = command;
    let wiring = Wiring::default();
    let opened = wire::open(settings, &wiring).await?;
    opened.store.migrate_up().await.context("the database was not migrated")?;
    // Where it is not stored yet, it is made from the master secret that the other keys are sealed under now.
    wire::digests(&wiring, &opened).await?;

    let mut output = Output::standard();
    output.line(row(["TABLE", "RESEALED", "CURRENT", "NOT OPENED"]))?;
    let mut lost = 0;
    for table in SealedTable::ALL {
        let name = table.as_str();
        let unopened =
            |id: &str| tell(format_args!("doorward: {name}, row {id}: sealed under no secret that is known"));
        let Resealed { resealed, current, unopened } = opened.store.reseal(table, unopened).await?;
        output.line(row([name, &resealed.to_string(), &current.to_string(), &unopened.to_string()]))?;
        output.flush()?;
        lost += unopened;
    }
    ensure!(
        lost == 0,
        "{lost} rows do not open and were left as they are; add the secret that they were sealed under to \
         secrets.previous, and run this again"
    );
    output.line(if settings.secrets.previous.is_empty() {
        "everything is sealed under secrets.master"
    } else {
        "everything is sealed under secrets.master; secrets.previous may be removed, if every node had this \
         secrets.master before this command began"
    })?;
    output.flush()
}

fn row([table, resealed, current, unopened]: [&str; 4]) -> String {
    format!("{table:<12}  {resealed:>8}  {current:>7}  {unopened:>10}")
}
