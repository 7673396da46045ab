//! A store in memory.

mod attempts;
mod audit;
mod invitations;
mod kept_answers;
mod one_time_tokens;
mod outbox;
mod profiles;
mod revocations;
mod sessions;
mod signing_keys;
mod unit_of_work;
mod users;

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use async_trait::async_trait;
use doorward_application::ports::{Access, Message, Store, StoreError, StoredSigningKey, UnitOfWork};
use doorward_domain::{
    AuditEventId, InvitationId, MessageId, OneTimeTokenId, Role, SessionId, Timestamp, UserId,
    attempt::{Budget, Tally},
    audit::AuditEvent,
    invitation::Invitation,
    profile::Profile,
    revocation::{LoggedRevocation, Position},
    session::Session,
    token::OneTimeToken,
    user::User,
};
use kept_answers::KeptAnswer;
use outbox::Queued;
use tokio::{sync::Notify, time::timeout};
use unit_of_work::MemoryUnitOfWork;

/// Keeps everything in memory, for as long as a handle on it lives. A clone is another handle.
///
/// A unit works on a copy, which takes the place of what there was when it commits. One unit writes at a time.
/// [`fail_at`](Self::fail_at) breaks it where a test wants it broken.
#[derive(Clone, Default)]
pub struct MemoryStore(Arc<Shared>);

#[derive(Default)]
struct Shared {
    committed: Mutex<Arc<Tables>>,
    /// Beside each counter the budget that it was taken out of. No unit has them: they are committed by themselves.
    attempts: Mutex<BTreeMap<[u8; 32], (Budget, Tally)>>,
    turn: Arc<tokio::sync::Mutex<()>>,
    /// Told of each commit that wrote to the revocation log.
    committed_revocations: Notify,
    /// How many writes are still to succeed before one fails.
    fault: Mutex<Option<u32>>,
    is_unready: AtomicBool,
}

#[derive(Clone, Default)]
struct Tables {
    users: BTreeMap<UserId, User>,
    password_hashes: BTreeMap<UserId, String>,
    /// Beside each, since when it is archived.
    profiles: BTreeMap<(UserId, Role), (Profile, Option<Timestamp>)>,
    sessions: BTreeMap<SessionId, Session>,
    one_time_tokens: BTreeMap<OneTimeTokenId, OneTimeToken>,
    used_one_time_tokens: BTreeSet<OneTimeTokenId>,
    messages: BTreeMap<MessageId, Queued>,
    invitations: BTreeMap<InvitationId, Invitation>,
    audit_events: BTreeMap<AuditEventId, AuditEvent>,
    kept_answers: BTreeMap<[u8; 32], KeptAnswer>,
    signing_keys: BTreeMap<String, StoredSigningKey>,
    revocations: Vec<LoggedRevocation>,
    /// The last position of the log that was given.
    head: Position,
}

/// How many rows of each kind have been committed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Users.
    pub users: usize,
    /// Password hashes.
    pub password_hashes: usize,
    /// Profiles of all roles.
    pub profiles: usize,
    /// Sessions, the ended ones too.
    pub sessions: usize,
    /// One-time tokens, the used ones too.
    pub one_time_tokens: usize,
    /// Messages in the outbox.
    pub messages: usize,
    /// Invitations, the closed ones too.
    pub invitations: usize,
    /// Entries of the audit log.
    pub audit_events: usize,
    /// Answers that are kept, and those that are still being made.
    pub kept_answers: usize,
}

impl MemoryStore {
    /// How long a unit waits for its turn.
    const BEGINS_WITHIN: Duration = Duration::from_secs(2);

    /// An empty store.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Makes the `n`th write from now fail, once: 1 is the next. Every call that changes something through a
    /// repository is a write, and so is the commit of a writing unit.
    pub fn fail_at(&self, n: u32) {
        *self.0.fault.lock().unwrap_or_else(PoisonError::into_inner) = n.checked_sub(1);
    }

    /// Makes [`check`](Store::check) fail from now on, as on a node whose clock is wrong, or not any more.
    pub fn set_unready(&self, is_unready: bool) {
        self.0.is_unready.store(is_unready, Ordering::SeqCst);
    }

    /// How many rows there are.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let tables = self.0.committed();
        Counts {
            users: tables.users.len(),
            password_hashes: tables.password_hashes.len(),
            profiles: tables.profiles.len(),
            sessions: tables.sessions.len(),
            one_time_tokens: tables.one_time_tokens.len(),
            messages: tables.messages.len(),
            invitations: tables.invitations.len(),
            audit_events: tables.audit_events.len(),
            kept_answers: tables.kept_answers.len(),
        }
    }

    /// Every user, the oldest first.
    #[must_use]
    pub fn users(&self) -> Vec<User> {
        self.0.committed().users.values().cloned().collect()
    }

    /// Every session, the oldest first.
    #[must_use]
    pub fn sessions(&self) -> Vec<Session> {
        self.0.committed().sessions.values().cloned().collect()
    }

    /// The outbox, the oldest message first.
    #[must_use]
    pub fn messages(&self) -> Vec<Arc<Message>> {
        self.0.committed().messages.values().map(|queued| Arc::clone(&queued.message)).collect()
    }

    /// Every invitation, the oldest first.
    #[must_use]
    pub fn invitations(&self) -> Vec<Invitation> {
        self.0.committed().invitations.values().cloned().collect()
    }

    /// Every signing key, by its id.
    #[must_use]
    pub fn signing_keys(&self) -> Vec<StoredSigningKey> {
        self.0.committed().signing_keys.values().cloned().collect()
    }

    /// The audit log, the oldest entry first.
    #[must_use]
    pub fn audit_events(&self) -> Vec<AuditEvent> {
        self.0.committed().audit_events.values().cloned().collect()
    }
}

impl Shared {
    fn committed(&self) -> Arc<Tables> {
        Arc::clone(&self.committed.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn commit(&self, tables: Tables) {
        let tables = Arc::new(tables);
        let before =
            mem::replace(&mut *self.committed.lock().unwrap_or_else(PoisonError::into_inner), Arc::clone(&tables));
        if before.revocations.len() != tables.revocations.len() {
            self.committed_revocations.notify_one();
        }
    }

    /// Counts a write, and fails if it is the one that is to.
    fn count_write(&self) -> Result<(), StoreError> {
        let mut fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner);
        match fault.take() {
            Some(0) => Err(StoreError::new("a fault was injected")),
            left => {
                *fault = left.map(|left| left - 1);
                Ok(())
            }
        }
    }
}

impl Tables {
    /// What belongs to a user is not there without one.
    fn expect_user(&self, id: UserId) -> Result<(), StoreError> {
        if self.users.contains_key(&id) { Ok(()) } else { Err(StoreError::new("no such user")) }
    }
}

/// Removes at most `limit` of those that are over. Says how many.
fn purge<K: Ord, T>(all: &mut BTreeMap<K, T>, is_over: impl Fn(&T) -> bool, limit: u32) -> u64 {
    count(all.extract_if(.., |_, one| is_over(one)).take(usize::try_from(limit).unwrap_or(usize::MAX)))
}

/// How many there are.
fn count<T>(all: impl Iterator<Item = T>) -> u64 {
    all.fold(0, |count, _| count + 1)
}

#[async_trait]
impl Store for MemoryStore {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        let turn = match access {
            Access::Read => None,
            Access::Write => {
                let turn = Arc::clone(&self.0.turn).lock_owned();
                Some(timeout(Self::BEGINS_WITHIN, turn).await.map_err(StoreError::new)?)
            }
        };
        Ok(Box::new(MemoryUnitOfWork::new(Arc::clone(&self.0), turn)))
    }

    async fn check(&self) -> Result<(), StoreError> {
        if self.0.is_unready.load(Ordering::SeqCst) { Err(StoreError::new("a fault was injected")) } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{Access, Store as _};

    use super::{Counts, MemoryStore};
    use crate::builders::{message, password_hash, profile, user};

    /// Three writes and a commit; the number of those that succeeded.
    async fn write(store: &MemoryStore) -> u32 {
        let user = user(1);
        let mut unit = store.begin(Access::Write).await.unwrap();
        if unit.users().insert(&user, Some(&password_hash(1))).await.is_err() {
            return 0;
        }
        if unit.profiles().insert(user.id, &profile(user.role)).await.is_err() {
            return 1;
        }
        if unit.outbox().push(&message(&user, 1)).await.is_err() {
            return 2;
        }
        if unit.commit().await.is_err() { 3 } else { 4 }
    }

    #[tokio::test]
    async fn the_write_that_is_to_fail_fails_and_leaves_nothing() {
        let store = MemoryStore::new();
        for n in 1..=4 {
            store.fail_at(n);
            assert_eq!(write(&store).await, n - 1);
            assert_eq!(store.counts(), Counts::default());
        }
    }

    #[tokio::test]
    async fn a_fault_fails_once() {
        let store = MemoryStore::new();
        store.fail_at(1);
        assert_eq!(write(&store).await, 0);
        assert_eq!(write(&store).await, 4);
        assert_eq!(store.counts().users, 1);
    }
}
