//! `doorward backup`

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use anyhow::{Context as _, bail, ensure};
use clap::Args;
use doorward_settings::Settings;
use tempfile::NamedTempFile;

use crate::{
    output::print,
    wire::{self, Wiring},
};

/// Where the copy goes.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// A file to make, for its owner alone. One that is there is never written to.
    file: PathBuf,
}

pub(crate) async fn run(settings: &Settings, Arguments { file }: Arguments) -> anyhow::Result<()> {
    let options = wire::database_options(settings);
    let Some(database) = options.sqlite_file() else {
        let command = options.pg_dump(&file).unwrap_or_default();
        bail!("PostgreSQL makes its own backups, while servers run: {command}");
    };
    ensure!(database.exists(), "there is no database at {}", database.display());
    ensure!(!file.exists(), "{} is there already, and is left as it is", file.display());
    let store = wire::open(settings, &Wiring::default()).await?.store;
    let copy = beside(&file).with_context(|| format!("{} cannot be made", file.display()))?;
    store.copy_to(copy.path()).await.context("the database was not copied")?;
    put(copy, &file)?;
    let size = fs::metadata(&file)?.len();
    print(format_args!("{} holds the database as it was, in {size} bytes", file.display()))
}

/// An empty file for its owner alone, in the folder of another, which it is to become.
pub(super) fn beside(file: &Path) -> std::io::Result<NamedTempFile> {
    tempfile::Builder::new().prefix(".doorward-").tempfile_in(folder(file))
}

fn folder(file: &Path) -> &Path {
    file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or_else(|| Path::new("."))
}

/// Gives a file its name at once and for good, unless the name is taken.
pub(super) fn put(made: NamedTempFile, file: &Path) -> anyhow::Result<()> {
    let taken = || format!("{} cannot be made", file.display());
    File::open(made.path())?.sync_all()?;
    made.persist_noclobber(file).with_context(taken)?;
    File::open(folder(file))?.sync_all().with_context(taken)
}
