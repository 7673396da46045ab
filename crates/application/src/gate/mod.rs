//! What stands before the database: what is known already of tokens, sessions and users.
//!
//! A request whose token and session were seen before is let in by what was seen, without a look at the database and
//! without public-key arithmetic. Correctness first:
//!
//! - The gate only ever lets in. Whom it does not let in, the database decides about.
//! - What a unit of this process has made untrue is forgotten when its commit has returned, before anyone is told of
//!   it (`Gated`). What other processes have made untrue is forgotten when the log is read
//!   ([`FollowRevocations`](crate::revocations::FollowRevocations)), and the gate lets nobody in unless the log was
//!   read to its end within `max_staleness`.
//! - What was read from the database before it became untrue, and would be put into the gate after, is not: a
//!   [`Fill`] is told of everything that is forgotten while it lasts.

mod fills;
mod store;

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use doorward_domain::{
    Digest, SessionId, Timestamp, UserId, profile::Profile, revocation::Revocation, session::Session,
    token::AccessClaims, user::User,
};
pub use fills::Fill;
use fills::Fills;
use quick_cache::sync::Cache;
pub(crate) use store::Gated;
use tokio::time::Instant;

use crate::settings::GateRules;

/// A session with all that a request may want to know of it.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The session.
    pub session: Arc<Session>,
    /// Whose it is.
    pub user: Arc<User>,
    /// The user's profile.
    pub profile: Arc<Profile>,
}

impl Standing {
    /// Whether the token is good: its session lives, its user may sign in, and what it says of the user holds.
    #[must_use]
    pub fn admits(&self, claims: &AccessClaims, now: Timestamp) -> bool {
        self.user.id == claims.subject
            && self.session.is_live(now)
            && self.user.may_sign_in()
            && self.user.epoch == claims.epoch
    }
}

/// What was seen, and when.
#[derive(Clone)]
struct Seen<T> {
    what: T,
    at: Timestamp,
}

impl<T> Seen<T> {
    /// What changes too often to be told, as when a session was last used, is seen anew after this.
    const GOOD_FOR: Duration = Duration::from_mins(1);

    fn fresh(self, now: Timestamp) -> Option<T> {
        // What was seen at a time that has not come, by a clock that was put back since, may be of any age.
        let age = (now - self.at).abs().to_std().unwrap_or(Duration::MAX);
        (age < Self::GOOD_FOR).then_some(self.what)
    }
}

/// A user and their profile.
type Person = (Arc<User>, Arc<Profile>);

/// Lets in whom it has seen before.
///
/// Its caches are bounded by number; which entries are dropped when one is full, their use decides.
pub struct SessionGate {
    /// By the digest of the whole token. A token that is not the very same text is another.
    tokens: Cache<Digest, Arc<AccessClaims>>,
    sessions: Cache<SessionId, Seen<Arc<Session>>>,
    users: Cache<UserId, Seen<Person>>,
    fills: Mutex<Fills>,
    max_staleness: Duration,
    /// What [`read_at`](Self::read_at) counts from.
    born: Instant,
    /// When the log was read to its end, in microseconds since `born`; 0 if never.
    read_at: AtomicU64,
}

impl SessionGate {
    pub(crate) fn new(rules: &GateRules) -> Self {
        Self {
            tokens: Cache::new(rules.max_tokens),
            sessions: Cache::new(rules.max_sessions),
            users: Cache::new(rules.max_sessions),
            fills: Mutex::default(),
            max_staleness: rules.max_staleness,
            born: Instant::now(),
            read_at: AtomicU64::new(0),
        }
    }

    /// Whether what is kept here may be relied on.
    #[must_use]
    pub fn is_current(&self) -> bool {
        let read_at = Duration::from_micros(self.read_at.load(Ordering::Acquire));
        !read_at.is_zero() && self.born.elapsed() < read_at + self.max_staleness
    }

    /// Takes note that the log was read to its end, beginning at this moment.
    pub(crate) fn was_read(&self, begun: Instant) {
        let micros = begun.duration_since(self.born).as_micros();
        self.read_at.fetch_max(u64::try_from(micros).unwrap_or(u64::MAX).max(1), Ordering::AcqRel);
    }

    /// How long ago the latest reading of the log to its end began; nothing if there was none.
    pub(crate) fn staleness(&self) -> Option<Duration> {
        let read_at = Duration::from_micros(self.read_at.load(Ordering::Acquire));
        (!read_at.is_zero()).then(|| self.born.elapsed().saturating_sub(read_at))
    }

    /// When the latest reading of the log to its end began; before everything, if there was none.
    pub(crate) fn read_at(&self) -> Instant {
        self.born + Duration::from_micros(self.read_at.load(Ordering::Acquire))
    }

    /// Whether a reading of the log to its end began after this moment.
    pub(crate) fn was_read_since(&self, moment: Instant) -> bool {
        self.read_at() > moment
    }

    /// What the token says, if it was found good before and this is its time: a clock that is put back gives it no
    /// second life.
    pub(crate) fn claims(&self, token: &Digest, now: Timestamp) -> Option<Arc<AccessClaims>> {
        self.tokens.get(token).filter(|claims| claims.issued_at <= now && now < claims.expires_at)
    }

    /// How many times the keys have changed. To be asked before a token is verified.
    pub(crate) fn keys_seen(&self) -> u64 {
        self.fills().keys_seen
    }

    /// Keeps what a token says, unless keys have changed since.
    pub(crate) fn keep_claims(&self, token: Digest, claims: Arc<AccessClaims>, keys_seen: u64) {
        let fills = self.fills();
        if fills.keys_seen == keys_seen {
            self.tokens.insert(token, claims);
        }
    }

    /// Forgets every token: keys have changed.
    pub(crate) fn forget_tokens(&self) {
        let mut fills = self.fills();
        fills.keys_seen += 1;
        self.tokens.clear();
    }

    /// The session and its user, as they were seen.
    pub(crate) fn standing(&self, session: SessionId, user: UserId, now: Timestamp) -> Option<Standing> {
        if !self.is_current() {
            return None;
        }
        let session = self.sessions.get(&session)?.fresh(now)?;
        let (user, profile) = self.users.get(&user)?.fresh(now)?;
        Some(Standing { session, user, profile })
    }

    /// Begins to read the session and its user from the database, to put them in here.
    pub(crate) fn fill(self: &Arc<Self>, session: SessionId, user: UserId) -> Fill {
        Fill::begin(self, session, user)
    }

    /// Forgets what has become untrue.
    pub(crate) fn forget(&self, revocations: &[Revocation]) {
        let mut fills = self.fills();
        for revocation in revocations {
            match revocation {
                Revocation::SessionEnded(id) | Revocation::EndedBefore(id) => {
                    fills.spoil(|fill| fill.session == *id);
                    self.sessions.remove(id);
                }
                Revocation::AccessChanged { user_id: id, .. }
                | Revocation::UserChanged(id)
                | Revocation::Reread(id) => {
                    fills.spoil(|fill| fill.user == *id);
                    self.users.remove(id);
                }
                Revocation::KeyRevoked(_) | Revocation::KeysChanged => {
                    fills.keys_seen += 1;
                    self.tokens.clear();
                }
            }
        }
    }

    /// Forgets everything, because the log is another than it was, and lets nobody in until that was read to its end.
    pub(crate) fn start_over(&self) {
        self.read_at.store(0, Ordering::Release);
        let mut fills = self.fills();
        fills.spoil(|_| true);
        fills.keys_seen += 1;
        self.tokens.clear();
        self.sessions.clear();
        self.users.clear();
    }

    fn fills(&self) -> MutexGuard<'_, Fills> {
        self.fills.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
