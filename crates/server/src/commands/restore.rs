//! `doorward restore`

use std::{
    fs::{self, File},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context as _, anyhow, bail, ensure};
use clap::Args;
use doorward_domain::Timestamp;
use doorward_infrastructure::store::backup::{ExchangeError, exchange, left_over};
use doorward_settings::Settings;

use super::backup::{beside, put};
use crate::{
    output::{print, tell},
    wire::{self, Wiring},
};

/// What to put in the database's place.
#[derive(Clone, Debug, Args)]
pub(crate) struct Arguments {
    /// A file that `doorward backup` made.
    file: PathBuf,
    /// Where there is a database already: put it aside, beside the new one. It is never deleted.
    #[arg(long)]
    force: bool,
    /// Leave the sessions as they were. Those that were ended since the backup live again, whoever has their tokens.
    #[arg(long)]
    keep_sessions: bool,
}

pub(crate) async fn run(settings: &Settings, arguments: Arguments) -> anyhow::Result<()> {
    let Arguments { file, force, keep_sessions } = arguments;
    let Some(database) = wire::database_options(settings).sqlite_file() else {
        bail!(
            "PostgreSQL restores its own backups, into an empty database: pg_restore --no-owner --dbname=… {}",
            file.display()
        );
    };
    let is_there = database.exists();
    ensure!(force || !is_there, "{} is there: --force puts it aside, beside the new one", database.display());
    if let Some(left) = left_over(&database).filter(|_| !is_there) {
        bail!("{} belongs to a database that is gone: move it away", left.display());
    }
    let wiring = Wiring::default();
    let now = wiring.clock.now();
    // All is done to a copy, which then takes its place at once.
    if let Some(folder) = database.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut copy = beside(&database).with_context(|| format!("nothing can be made beside {}", database.display()))?;
    let read = File::open(&file).and_then(|mut file| io::copy(&mut file, copy.as_file_mut()));
    read.with_context(|| format!("{} cannot be read", file.display()))?;
    let ended = made_ready(settings, &wiring, copy.path(), (!keep_sessions).then_some(now))
        .await
        .with_context(|| format!("{} was not restored", file.display()))?;
    if is_there {
        let aside = aside(&database, now);
        ensure!(!aside.exists(), "{} is there already", aside.display());
        copy.as_file().sync_all()?;
        exchange(&copy.into_temp_path(), &database, &aside).await.map_err(|error| match error {
            ExchangeError::InUse => anyhow!("a server uses {}: stop it first", database.display()),
            ExchangeError::Io(cause) => anyhow!(cause).context("the database was left in its place"),
        })?;
        print(format_args!("{} is what was there", aside.display()))?;
    } else {
        put(copy, &database)?;
    }
    print(format_args!("{} is restored", database.display()))?;
    match ended {
        Some(ended) => tell(format_args!("{ended} sessions were ended: everybody signs in again")),
        None => tell("sessions that were ended since the backup live again"),
    }
    tell(
        "What was changed since the backup is as it was before: passwords, accounts that were deactivated, and signing \
         keys that were revoked. See `doorward keys list`, and revoke those again.",
    );
    Ok(())
}

/// The name that the database gets which was there.
fn aside(database: &Path, now: Timestamp) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(format!(".before-restore-{}", now.format("%Y%m%dT%H%M%SZ")));
    name.into()
}

/// Checks a copy of a backup, brings its tables up to this version, and ends its sessions if a moment says so.
async fn made_ready(
    settings: &Settings,
    wiring: &Wiring,
    copy: &Path,
    end_sessions_at: Option<Timestamp>,
) -> anyhow::Result<Option<u64>> {
    let store = wire::open_file(settings, wiring, copy).await?;
    store.check_integrity().await?;
    let status = store.migration_status().await?;
    ensure!(status.iter().any(|migration| migration.applied), "it is no database of doorward");
    if let Some(unknown) = status.iter().find(|migration| !migration.known) {
        bail!("a later version of doorward has made it, with the migration {}", unknown.name);
    }
    store.migrate_up().await?;
    let ended = match end_sessions_at {
        Some(at) => Some(store.end_all_sessions(at).await?),
        None => None,
    };
    store.close().await?;
    ensure!(left_over(copy).is_none(), "SQLite did not write all of it into one file");
    Ok(ended)
}
