//! What stands before the database.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::{
    Fault, Settings,
    auth::{AuthenticateError, IssuedTokens, Presented, SignedIn},
    ports::{Access, Store, StoreError, UnitOfWork},
    sessions::{RevokeSessionError, RevokeSessionsError},
};
use doorward_domain::{
    Secret, SessionId,
    revocation::Revocation,
    session::{Device, EndReason, SessionEnd},
    user::User,
};
use doorward_testkit::MemoryStore;
use tokio::{sync::Semaphore, time::timeout};

use crate::world::{PASSWORD, World};

/// A store that counts the units that were begun, and can be made to hold up those that read.
struct Counted {
    store: MemoryStore,
    begun: AtomicUsize,
    /// How many units may begin to read; more than enough, unless a test says otherwise.
    readers: Semaphore,
}

#[async_trait]
impl Store for Counted {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        self.begun.fetch_add(1, Ordering::SeqCst);
        let unit = self.store.begin(access).await?;
        if access == Access::Read {
            // The unit has its view of the tables; what it says arrives later.
            self.readers.acquire().await.map_err(StoreError::new)?.forget();
        }
        Ok(unit)
    }

    async fn check(&self) -> Result<(), StoreError> {
        Ok(())
    }
}

struct Gate {
    world: World,
    store: Arc<Counted>,
}

impl Gate {
    const MANY: usize = 1_000;

    fn new() -> Self {
        Self::with(|_| {})
    }

    fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let memory = MemoryStore::new();
        let readers = Semaphore::new(Self::MANY);
        let store = Arc::new(Counted { store: memory.clone(), begun: AtomicUsize::new(0), readers });
        let world = World::over(memory, World::clock(), |ports, settings| {
            ports.store = store.clone();
            change(settings);
        });
        Self { world, store }
    }

    /// Changes a user as another node does.
    async fn change_elsewhere(&self, user: &User, revocation: Revocation, change: impl FnOnce(&mut User)) {
        let mut unit = self.world.store.begin(Access::Write).await.unwrap();
        let mut user = unit.users().lock(user.id).await.unwrap().unwrap();
        change(&mut user);
        unit.users().update(&user).await.unwrap();
        unit.revocations().append(&[revocation], self.world.now()).await.unwrap();
        unit.commit().await.unwrap();
        self.follow().await;
    }

    /// Ends a session as another node does, which this one has not heard of yet.
    async fn end_elsewhere(&self, session: SessionId) {
        let mut unit = self.world.store.begin(Access::Write).await.unwrap();
        let end = SessionEnd { at: self.world.now(), reason: EndReason::LoggedOut };
        assert!(unit.sessions().end(session, end).await.unwrap());
        unit.revocations().append(&[Revocation::SessionEnded(session)], self.world.now()).await.unwrap();
        unit.commit().await.unwrap();
    }

    /// How many units it takes to find out who this is.
    async fn cost(&self, tokens: &IssuedTokens) -> Result<usize, AuthenticateError> {
        let before = self.store.begun.load(Ordering::SeqCst);
        self.world.app.auth.authenticate.execute(tokens.access.expose(), Device::default()).await?;
        Ok(self.store.begun.load(Ordering::SeqCst) - before)
    }

    async fn follow(&self) {
        self.world.app.revocations.follow.execute().await.unwrap();
    }

    /// Someone who is known to the gate.
    async fn known(&self, email: &str) -> SignedIn {
        let someone = self.world.sign_up(email).await;
        self.follow().await;
        self.cost(&someone.tokens).await.unwrap();
        assert_eq!(self.cost(&someone.tokens).await.unwrap(), 0);
        someone
    }
}

#[tokio::test]
async fn who_was_let_in_before_is_let_in_without_a_look_at_the_store() {
    let gate = Gate::new();
    let jane = gate.world.sign_up("jane@example.com").await;
    gate.follow().await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 1);
    for _ in 0..3 {
        assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0);
    }
}

#[tokio::test(start_paused = true)]
async fn nobody_is_let_in_by_what_was_seen_unless_the_log_was_read_lately() {
    let gate = Gate::new();
    let jane = gate.world.sign_up("jane@example.com").await;
    for _ in 0..2 {
        assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 1, "the log was never read");
    }
    gate.follow().await;
    tokio::time::advance(Duration::from_millis(4_999)).await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0);
    tokio::time::advance(Duration::from_millis(2)).await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 1);
    gate.follow().await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0);
}

#[tokio::test]
async fn what_this_node_ends_is_over_for_the_next_request() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    let actor = gate.world.actor(&jane.tokens).await;
    gate.world.app.sessions.revoke.execute(&actor, actor.session.id).await.unwrap();
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::SessionEnded)));
}

#[tokio::test]
async fn what_another_node_ends_is_over_when_the_log_was_read() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    gate.end_elsewhere(gate.world.actor(&jane.tokens).await.session.id).await;
    gate.follow().await;
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::SessionEnded)));
}

#[tokio::test]
async fn who_is_told_here_that_it_is_over_is_not_let_in_here_though_another_node_was_faster() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    gate.end_elsewhere(gate.world.actor(&jane.tokens).await.session.id).await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0, "nobody has read the log");
    let access_token = Some(Secret::new(jane.tokens.access.expose().clone()));
    let presented = Presented { access_token, ..Presented::default() };
    gate.world.app.auth.log_out.execute(presented, Device::default()).await.unwrap();
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::SessionEnded)));
}

#[tokio::test]
async fn no_session_is_let_in_after_all_were_ended_here_though_another_node_was_faster() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    let again = gate.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    gate.cost(&jane.tokens).await.unwrap();
    gate.end_elsewhere(gate.world.actor(&jane.tokens).await.session.id).await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0, "nobody has read the log");
    let actor = gate.world.actor(&again.tokens).await;
    assert_eq!(gate.world.app.sessions.revoke_all.execute(&actor).await.unwrap(), 1);
    for tokens in [&jane.tokens, &again.tokens] {
        assert!(matches!(gate.cost(tokens).await, Err(AuthenticateError::SessionEnded)));
    }
}

#[tokio::test]
async fn a_session_that_ended_elsewhere_ends_no_other_one() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    let again = gate.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    let actor = gate.world.actor(&jane.tokens).await;
    let other = gate.world.actor(&again.tokens).await.session.id;
    gate.end_elsewhere(actor.session.id).await;
    let sessions = &gate.world.app.sessions;
    assert!(matches!(sessions.revoke_all.execute(&actor).await, Err(RevokeSessionsError::SessionEnded)));
    assert!(matches!(sessions.revoke_others.execute(&actor).await, Err(RevokeSessionsError::SessionEnded)));
    assert!(matches!(sessions.revoke.execute(&actor, other).await, Err(RevokeSessionError::SessionEnded)));
    assert!(gate.cost(&again.tokens).await.is_ok());
}

#[tokio::test]
async fn a_user_who_changed_is_seen_as_they_are_now() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    let id = jane.user.id;
    gate.change_elsewhere(&jane.user, Revocation::UserChanged(id), |user| user.last_login_at = None).await;
    assert_eq!(gate.world.actor(&jane.tokens).await.user.last_login_at, None);
    let epoch = jane.user.epoch + 1;
    let changed = Revocation::AccessChanged { user_id: id, epoch };
    gate.change_elsewhere(&jane.user, changed, |user| user.epoch = epoch).await;
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::StaleClaims)));
}

#[tokio::test]
async fn a_sign_in_is_seen_at_the_users_other_sessions() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    gate.world.advance(Duration::from_secs(7));
    gate.world.log_in("jane@example.com", PASSWORD).await.unwrap();
    assert_eq!(gate.world.actor(&jane.tokens).await.user.last_login_at, Some(gate.world.now()));
}

/// The reader has read that the session lives when it is ended, and brings what it read afterwards.
#[tokio::test]
async fn what_was_read_before_an_end_is_not_remembered_after_it() {
    let gate = Arc::new(Gate::new());
    let jane = Arc::new(gate.known("jane@example.com").await);
    let actor = gate.world.actor(&jane.tokens).await;
    // What was seen is seen anew after a minute.
    gate.world.advance(Duration::from_mins(1));
    gate.store.readers.forget_permits(Gate::MANY);
    let reading = tokio::spawn({
        let (gate, jane) = (Arc::clone(&gate), Arc::clone(&jane));
        async move { gate.cost(&jane.tokens).await.is_ok() }
    });
    let before = gate.store.begun.load(Ordering::SeqCst);
    while gate.store.begun.load(Ordering::SeqCst) == before {
        tokio::task::yield_now().await;
    }
    gate.world.app.sessions.revoke.execute(&actor, actor.session.id).await.unwrap();
    gate.store.readers.add_permits(Gate::MANY);
    reading.await.unwrap();
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::SessionEnded)));
}

/// The connection is dead, and nobody has said so.
#[tokio::test(start_paused = true)]
async fn a_ring_that_cannot_be_read_is_not_waited_for_for_good() {
    let gate = Gate::new();
    gate.store.readers.forget_permits(Gate::MANY);
    let tended = timeout(Duration::from_mins(1), gate.world.app.operations.tend_keys.execute()).await;
    assert!(matches!(tended.unwrap(), Err(Fault::Store(_))));
}

#[tokio::test]
async fn a_session_that_seems_to_have_run_out_is_looked_up_because_it_may_have_been_refreshed_elsewhere() {
    let gate = Gate::with(|settings| settings.tokens.session.idle = Duration::from_secs(40));
    let jane = gate.known("jane@example.com").await;
    gate.world.advance(Duration::from_secs(30));
    gate.world.again_with(|_| {}).refresh(&jane.tokens).await.unwrap();
    gate.world.advance(Duration::from_secs(20));
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 1);
}

#[tokio::test]
async fn an_expired_token_is_refused_though_it_was_seen() {
    let gate = Gate::new();
    let jane = gate.known("jane@example.com").await;
    gate.world.advance(Duration::from_mins(10));
    gate.follow().await;
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::Expired)));
}

/// As when another state of the database is put in the place of the one before, whose log tells nothing of that.
#[tokio::test]
async fn who_starts_over_goes_by_nothing_that_was_seen_before() {
    let gate = Gate::new();
    gate.world.app.operations.tend_keys.execute().await.unwrap();
    let jane = gate.known("jane@example.com").await;
    let session = gate.world.actor(&jane.tokens).await.session.id;
    let mut unit = gate.world.store.begin(Access::Write).await.unwrap();
    let end = SessionEnd { at: gate.world.now(), reason: EndReason::LoggedOut };
    assert!(unit.sessions().end(session, end).await.unwrap());
    unit.commit().await.unwrap();
    gate.follow().await;
    assert_eq!(gate.cost(&jane.tokens).await.unwrap(), 0, "nobody has told of it");
    gate.world.app.revocations.follow.start_over().await.unwrap();
    assert!(matches!(gate.cost(&jane.tokens).await, Err(AuthenticateError::SessionEnded)));
}
