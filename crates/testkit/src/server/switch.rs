//! A store whose database can be changed for another while the server runs.

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use chrono::{TimeZone as _, Utc};
use doorward_application::ports::{
    Access, AttemptCounters, AuditRepository, Counted, InvitationRepository, KeptAnswerRepository,
    OneTimeTokenRepository, OutboxRepository, ProfileRepository, RevocationBus, RevocationRepository,
    SessionRepository, SigningKeyRepository, Store, StoreError, TakeError, UnitOfWork, UserRepository,
};
use doorward_domain::{
    Timestamp,
    revocation::{LoggedRevocation, Position, Revocation},
};
use doorward_infrastructure::{
    Sealer,
    store::{DatabaseOptions, SeaStore},
};
use tokio::sync::{Notify, OwnedRwLockReadGuard, OwnedRwLockWriteGuard, RwLock};

/// doorward's own store over a SQLite file that can be copied, and changed for a copy, between two units.
pub(super) struct SwitchStore {
    database: Arc<RwLock<Database>>,
    folder: PathBuf,
    sealer: Arc<Sealer>,
    shared: Arc<Shared>,
}

struct Database {
    file: PathBuf,
    store: SeaStore,
    /// How many there were before.
    number: u64,
}

/// What every unit tells of.
#[derive(Default)]
pub(super) struct Shared {
    /// Told of each commit.
    committed: Notify,
    /// Told of each commit that wrote to the revocation log.
    revoked: Notify,
    /// The lowest position that the log may still give.
    floor: AtomicU64,
}

impl Shared {
    /// Waits for a commit, or for one that nobody has waited for yet.
    pub(super) async fn committed(&self) {
        self.committed.notified().await;
    }
}

/// Who wakes the readers of the log, whatever database it is in.
pub(super) struct SwitchBus(pub(super) Arc<Shared>);

#[async_trait]
impl RevocationBus for SwitchBus {
    async fn wait(&self, at_most: Duration) {
        // To be late is no failure: the reader looks for itself.
        let _ = tokio::time::timeout(at_most, self.0.revoked.notified()).await;
    }
}

/// The right to change the database: no unit is open, and none begins.
pub(super) struct Alone {
    database: OwnedRwLockWriteGuard<Database>,
    folder: PathBuf,
    sealer: Arc<Sealer>,
    shared: Arc<Shared>,
}

impl SwitchStore {
    /// How long units that are open may take to end.
    const ALONE_WITHIN: Duration = Duration::from_secs(10);

    /// Opens a database in this folder, which is made if it is not there.
    pub(super) async fn open(folder: &Path, sealer: Arc<Sealer>) -> Result<Self, StoreError> {
        let file = file(folder, 0);
        let store = connect(&file, &sealer).await?;
        let database = Arc::new(RwLock::new(Database { file, store, number: 0 }));
        Ok(Self { database, folder: folder.to_owned(), sealer, shared: Arc::default() })
    }

    /// The URL of the database that [`open`](Self::open) opens in this folder.
    pub(super) fn url(folder: &Path) -> String {
        url(&file(folder, 0))
    }

    pub(super) fn shared(&self) -> Arc<Shared> {
        Arc::clone(&self.shared)
    }

    /// Waits until no unit is open, and keeps others from beginning.
    pub(super) async fn alone(&self) -> Result<Alone, StoreError> {
        let taken = tokio::time::timeout(Self::ALONE_WITHIN, Arc::clone(&self.database).write_owned()).await;
        let database = taken.map_err(|_| StoreError::new("a unit of work does not end"))?;
        Ok(Alone {
            database,
            folder: self.folder.clone(),
            sealer: Arc::clone(&self.sealer),
            shared: Arc::clone(&self.shared),
        })
    }
}

impl Alone {
    /// Copies the database into a file.
    pub(super) async fn copy_to(&self, file: &Path) -> Result<(), StoreError> {
        self.database.store.checkpoint().await?;
        copy(&self.database.file, file).await
    }

    /// Puts a copy of this file in the place of the database.
    pub(super) async fn change_for(&mut self, copied: &Path) -> Result<(), StoreError> {
        let head = self.database.store.begin(Access::Read).await?.revocations().head().await?;
        let number = self.database.number + 1;
        let file = file(&self.folder, number);
        copy(copied, &file).await?;
        let store = connect(&file, &self.sealer).await?;
        let before = std::mem::replace(&mut *self.database, Database { file, store, number });
        // No place in the log is given twice, however time goes back: readers would not see that it is another log.
        self.shared.floor.fetch_max(head + 1, Ordering::AcqRel);
        drop(before.store);
        remove(&before.file).await
    }
}

async fn copy(from: &Path, to: &Path) -> Result<(), StoreError> {
    tokio::fs::copy(from, to).await.map(drop).map_err(StoreError::new)
}

/// Removes a database with what SQLite puts beside it. Connections that close late still have it.
async fn remove(file: &Path) -> Result<(), StoreError> {
    for suffix in ["", "-wal", "-shm"] {
        let mut name = file.as_os_str().to_owned();
        name.push(suffix);
        match tokio::fs::remove_file(name).await {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => return Err(StoreError::new(cause)),
            _ => {}
        }
    }
    Ok(())
}

fn file(folder: &Path, number: u64) -> PathBuf {
    folder.join(format!("doorward-{number}.db"))
}

fn url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

async fn connect(file: &Path, sealer: &Arc<Sealer>) -> Result<SeaStore, StoreError> {
    /// As many as doorward opens by default.
    const CONNECTIONS: u32 = 10;
    let options = DatabaseOptions { url: url(file), max_connections: CONNECTIONS };
    SeaStore::connect(&options, Arc::clone(sealer)).await
}

#[async_trait]
impl Store for SwitchStore {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let database = Arc::clone(&self.database).read_owned().await;
        let unit = database.store.begin(access).await?;
        Ok(Box::new(SwitchUnit { unit, writes: access == Access::Write, shared: self.shared(), _database: database }))
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.database.read().await.store.check().await
    }
}

/// The counters are those of the database that is in place.
#[async_trait]
impl AttemptCounters for SwitchStore {
    async fn take(&self, wanted: &[Counted], now: Timestamp) -> Result<(), TakeError> {
        self.database.read().await.store.take(wanted, now).await
    }

    async fn settle(&self, anew: &[Counted], put_back: &[Counted]) -> Result<(), StoreError> {
        self.database.read().await.store.settle(anew, put_back).await
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.database.read().await.store.purge(before, limit).await
    }
}

/// A unit that keeps the database from being changed for another. Its parts are dropped in this order: it has ended
/// before that.
struct SwitchUnit {
    unit: Box<dyn UnitOfWork>,
    writes: bool,
    shared: Arc<Shared>,
    _database: OwnedRwLockReadGuard<Database>,
}

#[async_trait]
impl UnitOfWork for SwitchUnit {
    fn users(&mut self) -> &mut dyn UserRepository {
        self.unit.users()
    }

    fn profiles(&mut self) -> &mut dyn ProfileRepository {
        self.unit.profiles()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.unit.sessions()
    }

    fn one_time_tokens(&mut self) -> &mut dyn OneTimeTokenRepository {
        self.unit.one_time_tokens()
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self.unit.outbox()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.unit.invitations()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.unit.audit()
    }

    fn kept_answers(&mut self) -> &mut dyn KeptAnswerRepository {
        self.unit.kept_answers()
    }

    fn signing_keys(&mut self) -> &mut dyn SigningKeyRepository {
        self.unit.signing_keys()
    }

    fn revocations(&mut self) -> &mut dyn RevocationRepository {
        self
    }

    fn revoked(&self) -> &[Revocation] {
        self.unit.revoked()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let has_revoked = !self.unit.revoked().is_empty();
        self.unit.commit().await?;
        if self.writes {
            self.shared.committed.notify_one();
        }
        if has_revoked {
            self.shared.revoked.notify_one();
        }
        Ok(())
    }
}

#[async_trait]
impl RevocationRepository for SwitchUnit {
    async fn append(&mut self, revocations: &[Revocation], at: Timestamp) -> Result<(), StoreError> {
        let floor = i64::try_from(self.shared.floor.load(Ordering::Acquire)).ok();
        let floor = floor.and_then(|floor| Utc.timestamp_micros(floor).single());
        self.unit.revocations().append(revocations, floor.map_or(at, |floor| at.max(floor))).await
    }

    async fn head(&mut self) -> Result<Position, StoreError> {
        self.unit.revocations().head().await
    }

    async fn after(&mut self, position: Position, limit: u32) -> Result<Vec<LoggedRevocation>, StoreError> {
        self.unit.revocations().after(position, limit).await
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.unit.revocations().purge(before, limit).await
    }
}
