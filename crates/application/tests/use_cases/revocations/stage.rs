//! A node over a store that another can take the place of, as after a failover or a restore.

use std::{
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::{
    Fault, Settings,
    ports::{Access, Store, StoreError, UnitOfWork},
    revocations::{Followed, SignedPage},
};
use doorward_domain::{
    Digest, SessionId,
    revocation::{Position, Revocation},
};
use doorward_testkit::{ManualClock, MemoryStore};
use uuid::Uuid;

use crate::world::World;

pub(super) const SECOND: Duration = Duration::from_secs(1);

/// The store that is there now.
pub(super) struct Current {
    store: Mutex<MemoryStore>,
    /// How many units may still begin.
    may_begin: AtomicUsize,
    pub(super) begun: AtomicUsize,
    /// How much later it is when a unit has begun.
    pub(super) late: Mutex<Duration>,
    clock: Arc<ManualClock>,
}

#[async_trait]
impl Store for Current {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let left = self.may_begin.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |left| left.checked_sub(1));
        left.map_err(|_| StoreError::new("the store is away"))?;
        self.clock.advance(*self.late.lock().unwrap());
        let store = self.store.lock().unwrap().clone();
        store.begin(access).await
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

pub(super) struct Stage {
    pub(super) world: World,
    pub(super) current: Arc<Current>,
}

impl Stage {
    pub(super) fn new() -> Self {
        Self::with(|_| {})
    }

    pub(super) fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let (store, clock) = (MemoryStore::new(), World::clock());
        let current = Arc::new(Current {
            store: Mutex::new(store.clone()),
            may_begin: AtomicUsize::new(usize::MAX),
            begun: AtomicUsize::new(0),
            late: Mutex::default(),
            clock: Arc::clone(&clock),
        });
        let world = World::over(store, clock, |ports, settings| {
            ports.store = current.clone();
            change(settings);
        });
        Self { world, current }
    }

    /// Another store takes the place of the one that there was.
    pub(super) fn replace(&self, store: &MemoryStore) {
        *self.current.store.lock().unwrap() = store.clone();
    }

    pub(super) fn let_begin(&self, units: usize) {
        self.current.may_begin.store(units, Ordering::SeqCst);
    }

    pub(super) async fn follow(&self) -> Followed {
        self.world.app.revocations.follow.execute().await.unwrap()
    }

    pub(super) async fn read(&self, after: Position) -> Result<SignedPage, Fault> {
        self.world.app.revocations.read_feed.execute(after, Duration::ZERO).await
    }

    /// Appends to one of the stores, as other nodes do.
    pub(super) async fn log(&self, store: &MemoryStore, revocations: &[Revocation]) {
        let mut unit = store.begin(Access::Write).await.unwrap();
        unit.revocations().append(revocations, self.world.now()).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// Goes on reading the log every second, as a node does in the background.
    pub(super) async fn keep_following(&self) {
        let mut seconds = tokio::time::interval(SECOND);
        loop {
            seconds.tick().await;
            self.follow().await;
        }
    }
}

fn id(n: u128) -> SessionId {
    SessionId::new(Uuid::from_u128(n))
}

/// The end of the `n`th session.
pub(super) fn ended(n: u128) -> Revocation {
    Revocation::SessionEnded(id(n))
}

/// What a page says.
pub(super) fn payload(page: &SignedPage) -> String {
    let payload = page.jws.split('.').nth(1).unwrap();
    String::from_utf8(URL_SAFE_NO_PAD.decode(payload).unwrap()).unwrap()
}

/// Which of the first few sessions a page tells the end of.
pub(super) fn told(page: &SignedPage) -> Vec<u128> {
    let payload = payload(page);
    let digest = |n| URL_SAFE_NO_PAD.encode(Digest::of(id(n).to_string().as_bytes()).as_bytes());
    (0..10).filter(|n| payload.contains(&digest(*n))).collect()
}
