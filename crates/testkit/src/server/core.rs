//! What a test server is made of, and what changes more than one part of it.

use std::{collections::BTreeMap, path::PathBuf, sync::Arc, time::Duration};

use actix_web::{middleware::from_fn, web};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward::{
    serve::{self, Running},
    wire::Wiring,
};
use doorward_application::{
    App, Ports,
    ports::{Clock as _, SecretGenerator as _},
};
use doorward_domain::Secret;
use doorward_infrastructure::{Sealer, clock::SystemClock, os_random::OsRandom};
use tempfile::TempDir;
use tokio::{sync::Mutex, time::interval};

use super::{
    TestServerBuilder, TestServerError,
    clock::{ClockState, VirtualClock},
    faults::{Faults, befall},
    inbox::{Inbox, Kept, MailFilter},
    stage::Stage,
    switch::{Shared, SwitchStore},
};

/// Everything of a server that runs.
pub(super) struct Core {
    pub(super) app: Arc<App>,
    pub(super) ports: Ports,
    pub(super) inbox: Arc<Inbox>,
    pub(super) faults: Arc<Faults>,
    pub(super) master_key: Arc<str>,
    pub(super) clock: VirtualClock,
    pub(super) issuer: String,
    pub(super) public_url: String,
    store: Arc<SwitchStore>,
    /// Held by whoever sends mail, moves the clock or changes the database: none of them sees half of another.
    turn: Mutex<Snapshots>,
    folder: TempDir,
}

/// The states that were kept, by name.
#[derive(Default)]
struct Snapshots {
    named: BTreeMap<String, Snapshot>,
    /// The state after the start.
    first: Option<Snapshot>,
    made: u64,
}

#[derive(Clone)]
struct Snapshot {
    file: PathBuf,
    clock: ClockState,
    mails: Kept,
}

impl Core {
    /// Starts a server, which serves until it is stopped.
    pub(super) async fn start(builder: &TestServerBuilder) -> Result<(Arc<Self>, Running), TestServerError> {
        let folder = tempfile::Builder::new().prefix("doorward-test-").tempdir().map_err(TestServerError::broken)?;
        let master = text(OsRandom.bytes32().expose());
        let master_key: Arc<str> = text(OsRandom.bytes32().expose()).into();
        let issuer = format!("doorward-test-{}", text(OsRandom.bytes16().expose()));
        let settings = builder.settings(&SwitchStore::url(folder.path()), &master, &issuer)?;
        let sealer = Sealer::new(&Secret::new(master.into_bytes()), &[]).map_err(TestServerError::broken)?;
        let store = Arc::new(SwitchStore::open(folder.path(), Arc::new(sealer)).await?);
        let clock = VirtualClock::running_from(SystemClock.now());
        let (inbox, faults) = (Arc::new(Inbox::new()), Arc::<Faults>::default());
        let settings = Arc::new(settings);
        let stage = Stage {
            settings: Arc::clone(&settings),
            store: Arc::clone(&store),
            inbox: Arc::clone(&inbox),
            master_key: Arc::clone(&master_key),
            ports: Arc::default(),
        };
        let (adapted, befallen) = (Arc::clone(&stage.ports), Arc::clone(&faults));
        let wiring = Wiring {
            clock: Arc::new(clock.clone()),
            background: false,
            adapt: Arc::new(move |ports, public_url| stage.adapt(ports, public_url)),
            routing: Arc::new(move |config, edge| {
                let faults = Arc::clone(&befallen);
                let befall = from_fn(move |request, next| befall(Arc::clone(&faults), request, next));
                doorward_http::surround(config, edge, web::scope("").service(doorward_http::scope().wrap(befall)));
            }),
            ..Wiring::default()
        };
        let running = serve::start(&settings, &wiring).await.map_err(|cause| TestServerError::Broken(cause.into()))?;
        let ports = adapted.get().ok_or_else(|| TestServerError::broken("the adapters were not made"))?.clone();
        let core = Self {
            app: Arc::clone(&running.app),
            ports,
            inbox,
            faults,
            master_key,
            clock,
            issuer: settings.tokens.issuer.clone().unwrap_or_default(),
            public_url: settings.http.public_url(running.addr).as_str().to_owned(),
            store,
            turn: Mutex::default(),
            folder,
        };
        core.app.revocations.follow.execute().await?;
        let first = core.keep(&mut *core.turn.lock().await).await?;
        core.turn.lock().await.first = Some(first);
        Ok((Arc::new(core), running))
    }

    /// Does what doorward does in the background, until it is dropped: mails leave as soon as what they tell of is
    /// committed.
    pub(super) async fn run(self: Arc<Self>) {
        let shared = self.store.shared();
        tokio::join!(self.send_mails(&shared), self.follow(), self.look_after());
    }

    async fn send_mails(&self, shared: &Shared) {
        loop {
            shared.committed().await;
            while self.deliver_one().await {}
        }
    }

    /// Sends a mail that is due, if there is one. Between two, others have their turn.
    async fn deliver_one(&self) -> bool {
        let _turn = self.turn.lock().await;
        let delivered = self.app.mail.deliver.execute().await;
        match delivered {
            Ok(delivered) => delivered.is_some(),
            Err(cause) => {
                told(&cause.into());
                false
            }
        }
    }

    async fn follow(&self) {
        loop {
            self.app.revocations.follow.due().await;
            if let Err(cause) = self.app.revocations.follow.execute().await {
                told(&cause.into());
            }
        }
    }

    /// What follows from the time alone, which goes on by itself.
    async fn look_after(&self) {
        let mut ticks = interval(Duration::from_secs(2));
        loop {
            ticks.tick().await;
            let _turn = self.turn.lock().await;
            if let Err(cause) = self.catch_up().await {
                told(&cause);
            }
        }
    }

    /// Sends every mail that is due.
    pub(super) async fn deliver(&self) -> Result<(), TestServerError> {
        let _turn = self.turn.lock().await;
        self.deliver_all().await
    }

    /// A wish for a mail becomes the mail in the first round, which leaves in the second. There is no third: while others
    /// go on writing there is always one more, and whoever waits for the turn would wait for good.
    async fn deliver_all(&self) -> Result<(), TestServerError> {
        for _ in 0..2 {
            for _ in 0..self.app.mail.outbox.depth().await?.waiting {
                if self.app.mail.deliver.execute().await?.is_none() {
                    break;
                }
            }
        }
        Ok(())
    }

    /// Does all that is due at this moment.
    async fn catch_up(&self) -> Result<(), TestServerError> {
        self.app.sessions.record_activity.execute().await?;
        self.app.operations.tend_keys.execute().await?;
        self.app.operations.purge.execute().await?;
        self.app.revocations.follow.execute().await?;
        self.deliver_all().await
    }

    /// Moves the clock, and does what is due then.
    pub(super) async fn move_clock(
        &self,
        change: impl FnOnce(&VirtualClock) -> Option<ClockState>,
    ) -> Result<ClockState, TestServerError> {
        let _turn = self.turn.lock().await;
        // What was noted before belongs to the time before.
        self.catch_up().await?;
        let state = change(&self.clock).ok_or(TestServerError::NotBack(self.clock.now()))?;
        self.catch_up().await?;
        Ok(state)
    }

    /// Keeps the state under a name, in the place of the one that had it.
    pub(super) async fn snapshot(&self, name: &str) -> Result<(), TestServerError> {
        let mut snapshots = self.turn.lock().await;
        let snapshot = self.keep(&mut snapshots).await?;
        let before = snapshots.named.insert(name.to_owned(), snapshot);
        remove(before).await
    }

    /// Forgets a state.
    pub(super) async fn forget(&self, name: &str) -> Result<(), TestServerError> {
        let mut snapshots = self.turn.lock().await;
        let before = snapshots.named.remove(name);
        let before = before.ok_or_else(|| TestServerError::NoSuchSnapshot(name.to_owned()))?;
        remove(Some(before)).await
    }

    /// The names of the states that are kept.
    pub(super) async fn snapshots(&self) -> Vec<String> {
        self.turn.lock().await.named.keys().cloned().collect()
    }

    /// Goes back to a state that was kept.
    pub(super) async fn restore(&self, name: &str) -> Result<(), TestServerError> {
        let snapshots = self.turn.lock().await;
        let kept = snapshots.named.get(name).ok_or_else(|| TestServerError::NoSuchSnapshot(name.to_owned()))?;
        self.go_back(kept).await
    }

    /// Goes back to the state after the start. What was kept stays.
    pub(super) async fn reset(&self) -> Result<(), TestServerError> {
        let snapshots = self.turn.lock().await;
        let first = snapshots.first.as_ref().ok_or_else(|| TestServerError::broken("it has not started"))?;
        self.go_back(first).await
    }

    async fn keep(&self, snapshots: &mut Snapshots) -> Result<Snapshot, TestServerError> {
        // What is only in memory until then.
        self.app.sessions.record_activity.execute().await?;
        self.deliver_all().await?;
        let alone = self.store.alone().await?;
        snapshots.made += 1;
        let file = self.folder.path().join(format!("snapshot-{}.db", snapshots.made));
        alone.copy_to(&file).await?;
        Ok(Snapshot { file, clock: self.clock.state(), mails: self.inbox.state() })
    }

    async fn go_back(&self, kept: &Snapshot) -> Result<(), TestServerError> {
        // What was noted of the use of sessions is of the state that goes.
        self.app.sessions.record_activity.execute().await?;
        let mut alone = self.store.alone().await?;
        alone.change_for(&kept.file).await?;
        self.clock.put_back(kept.clock);
        self.inbox.put_back(&kept.mails);
        self.faults.clear();
        drop(alone);
        // After: what is read from now on is of the state that came, and what was read before is forgotten.
        self.app.revocations.follow.start_over().await?;
        Ok(())
    }

    /// The mails that are meant, when all that were caused so far have been sent.
    pub(super) async fn mails(&self, filter: &MailFilter) -> Result<Vec<Arc<super::Mail>>, TestServerError> {
        self.deliver().await?;
        Ok(self.inbox.list(filter))
    }
}

async fn remove(snapshot: Option<Snapshot>) -> Result<(), TestServerError> {
    let Some(Snapshot { file, .. }) = snapshot else { return Ok(()) };
    tokio::fs::remove_file(file).await.map_err(TestServerError::broken)
}

/// It is tried again soon, or when somebody asks for it.
fn told(cause: &TestServerError) {
    tracing::warn!(%cause, "a job in the background failed");
}

fn text(random: &[u8]) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(random)
}
