//! Follows the revocation feed.

use std::{
    error::Error,
    mem,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use reqwest::header::{ACCEPT, HeaderMap, HeaderValue};
use serde::Deserialize;
use thiserror::Error;
use tokio::time::sleep;

use super::{fetch::FetchError, keys::Urgency, verifier::Shared};
use crate::{ExpectedPage, Refusal, RevocationEntry, RevocationPage, verify_revocation_page};

/// Why a page of the feed was not taken in.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum FeedError {
    /// The server did not hand it out.
    #[error("the revocation feed could not be fetched")]
    Fetch(#[from] FetchError),
    /// The answer holds no page.
    #[error("the answer is no page of the revocation feed")]
    Malformed,
    /// Not signed by the server, not what was asked for, or old.
    #[error("the page of the revocation feed is refused: {0}")]
    Refused(Refusal),
    /// It says that there is more, and not where.
    #[error("the revocation feed does not go on")]
    Stuck,
    /// It was silent for so long that the end of a key may have left it meanwhile, and the keys cannot be fetched anew.
    #[error("the revocation feed was silent for longer than it remembers, and the keys could not be fetched")]
    Keys,
    /// More is revoked than [`max_revocations`](super::VerifierBuilder::max_revocations) allows to remember.
    #[error("there is no room for what the revocation feed says")]
    Full,
}

/// Up to which moment everything is known that the feed has told.
///
/// In milliseconds of the clock that never goes back; the moment may be before that clock began.
pub(super) struct Freshness(AtomicI64);

impl Freshness {
    const NEVER: i64 = i64::MIN;

    pub(super) const fn never() -> Self {
        Self(AtomicI64::new(Self::NEVER))
    }

    /// How long ago that moment was, if there is one.
    pub(super) fn age(&self, now: Duration) -> Option<Duration> {
        let at = self.0.load(Ordering::Acquire);
        let age = u64::try_from(millis(now).saturating_sub(at)).unwrap_or(0);
        (at != Self::NEVER).then_some(Duration::from_millis(age))
    }

    /// Takes note of a page that says everything up to so long before `now`.
    fn note(&self, age: Duration, now: Duration) {
        self.0.store(millis(now).saturating_sub(millis(age)), Ordering::Release);
    }
}

fn millis(time: Duration) -> i64 {
    i64::try_from(time.as_millis()).unwrap_or(i64::MAX)
}

/// How the feed is asked, which follows from how long it may be silent.
struct Pace {
    /// How long the server may hold a request back, in whole seconds.
    wait: u64,
    /// How long the answer may take beyond that.
    patience: Duration,
    /// How long to wait after many failures.
    longest_pause: Duration,
    /// A page that was kept on its way is soon too old.
    max_age: Duration,
}

impl Pace {
    /// The longest that doorward holds one back is a little more.
    const MAX_WAIT: u64 = 20;
    const MIN_PATIENCE: Duration = Duration::from_secs(1);
    const MAX_PATIENCE: Duration = Duration::from_secs(5);
    const MAX_PAUSE: Duration = Duration::from_secs(5);
    const MAX_AGE: Duration = Duration::from_secs(30);
    /// A page is dated by when the server began to read its log, which is so long before it was signed at the most
    /// (`gate.max_staleness`, unless that was raised).
    const STALENESS: Duration = Duration::from_secs(5);

    /// By clocks that are apart by the leeway, a page that came at once may look as old as that and the staleness: what
    /// is left of `lost_after` is for waiting.
    fn new(lost_after: Duration, leeway: Duration) -> Self {
        let left = lost_after.saturating_sub(leeway.saturating_add(Self::STALENESS));
        Self {
            wait: (left / 3 * 2).as_secs().clamp(1, Self::MAX_WAIT),
            patience: (lost_after / 6).clamp(Self::MIN_PATIENCE, Self::MAX_PATIENCE),
            longest_pause: Self::MAX_PAUSE.min(left / 4),
            max_age: Self::MAX_AGE.min(lost_after),
        }
    }
}

pub(super) struct Follower {
    shared: Arc<Shared>,
    pace: Pace,
    cursor: u64,
    /// For how long the feed tells of what was revoked, as it said last.
    retention: Duration,
    /// When the newest page was made after which there was nothing more.
    newest: i64,
    is_lost: bool,
}

impl Follower {
    /// A page of [`verify_revocation_page`]'s, and what is around it.
    const MAX_LEN: usize = 1024 * 1024 + 1024;
    const FIRST_PAUSE: Duration = Duration::from_millis(100);
    /// Between two pages, so that a busy log is read in fewer and longer ones.
    const BETWEEN: Duration = Duration::from_millis(50);
    /// The same where a page says nothing and was not waited for: somebody on the way keeps it.
    const BETWEEN_EMPTY: Duration = Duration::from_secs(1);

    /// Begins at the beginning.
    pub(super) fn new(shared: Arc<Shared>) -> Self {
        let pace = Pace::new(shared.lost_after, shared.expected.leeway_before);
        Self { shared, pace, cursor: 0, retention: Duration::MAX, newest: i64::MIN, is_lost: false }
    }

    /// Reads on until nothing more is there.
    pub(super) async fn catch_up(&mut self) -> Result<(), FeedError> {
        while !self.read(0).await?.is_last {}
        Ok(())
    }

    /// Reads on for good.
    pub(super) async fn run(mut self) {
        let (mut wait, mut pause) = (self.pace.wait, Self::FIRST_PAUSE);
        loop {
            let asked_at = self.shared.clock.elapsed();
            let next = match self.read(wait).await {
                Ok(Read { is_last: false, .. }) => Duration::ZERO,
                Ok(Read { is_empty: true, .. }) if wait > 0 => {
                    Self::BETWEEN_EMPTY.saturating_sub(self.shared.clock.elapsed().saturating_sub(asked_at))
                }
                Ok(_) => Self::BETWEEN,
                Err(error) => {
                    tracing::debug!(error = &error as &dyn Error, "the revocation feed was not read");
                    self.watch(Some(&error));
                    sleep(pause).await;
                    pause = (pause * 2).min(self.pace.longest_pause);
                    // What was missed is asked for at once.
                    wait = 0;
                    continue;
                }
            };
            (wait, pause) = (self.pace.wait, Self::FIRST_PAUSE);
            self.watch(None);
            sleep(next).await;
        }
    }

    /// Says when the feed is lost, and when it is back.
    fn watch(&mut self, error: Option<&FeedError>) {
        let is_lost = !self.shared.feed_is_current();
        if mem::replace(&mut self.is_lost, is_lost) == is_lost {
            return;
        }
        let lost_feed = self.shared.lost_feed;
        if is_lost {
            let error = error.map(|error| error as &dyn Error);
            tracing::warn!(error, ?lost_feed, "the revocation feed is lost");
        } else {
            tracing::info!(?lost_feed, "the revocation feed is back");
        }
    }

    /// Reads one page and takes it in.
    async fn read(&mut self, wait: u64) -> Result<Read, FeedError> {
        let shared = &*self.shared;
        // The end of a key may have left the feed again while that was silent, and then only the keys tell of it. They
        // come first: of an end after they were fetched, the page tells.
        let is_behind = shared.freshness.age(shared.clock.elapsed()).is_some_and(|age| age > self.retention);
        let has_keys = !is_behind || shared.keys.renew(Urgency::Feed, &*shared.clock).await;
        let page = self.page(wait).await?;
        let now = shared.clock.elapsed();
        // What the server says goes by how long tokens live that it signs now; earlier ones may live longer.
        let remembered = page.retention.max(shared.expected.longest_acceptance());
        let revoked = shared.revoked.enter(&page.entries, now.saturating_add(remembered), now);
        let mut has_room = revoked.is_ok();
        for entry in &page.entries {
            if let RevocationEntry::Key(id) = entry {
                has_room &= shared.keys.revoke(id);
                // Another one signs in its place.
                shared.keys.want(&*shared.clock);
            }
        }
        if !has_room {
            return Err(FeedError::Full);
        }
        if !has_keys {
            return Err(FeedError::Keys);
        }
        if page.next < page.after {
            // The server was restored from a backup, and counts anew from there.
            tracing::info!("the revocation feed begins again");
            self.cursor = 0;
            return Ok(Read { is_last: false, is_empty: false });
        }
        if !page.complete && page.next == page.after {
            return Err(FeedError::Stuck);
        }
        self.cursor = page.next;
        self.retention = page.retention;
        // The same page twice says nothing about the time between, and none about the time that it was on its way.
        if page.complete && page.issued_at > self.newest {
            let age = u64::try_from(shared.clock.now().saturating_sub(page.issued_at)).unwrap_or(0);
            shared.freshness.note(Duration::from_secs(age), now);
            self.newest = page.issued_at;
        }
        Ok(Read { is_last: page.complete, is_empty: page.entries.is_empty() })
    }

    async fn page(&self, wait: u64) -> Result<RevocationPage, FeedError> {
        let shared = &*self.shared;
        let path = format!("/auth/revocations?after={}&wait={wait}", self.cursor);
        let headers = HeaderMap::from_iter([(ACCEPT, HeaderValue::from_static("application/json"))]);
        let patience = Duration::from_secs(wait) + self.pace.patience;
        let fetched = shared.fetcher.get(&path, headers, patience, Self::MAX_LEN).await?;
        let answer: Answer = serde_json::from_slice(&fetched.body).map_err(|_| FeedError::Malformed)?;
        match self.verify(&answer.revocations) {
            Err(Refusal::UnknownKey(id)) if !shared.keys.is_revoked(&id) => {
                shared.keys.renew(Urgency::Feed, &*shared.clock).await;
                self.verify(&answer.revocations)
            }
            page => page,
        }
        .map_err(FeedError::Refused)
    }

    fn verify(&self, page: &str) -> Result<RevocationPage, Refusal> {
        let Shared { keys, expected, clock, .. } = &*self.shared;
        let expected = ExpectedPage {
            issuer: &expected.issuer,
            after: self.cursor,
            max_age: self.pace.max_age,
            leeway: expected.leeway_before,
        };
        verify_revocation_page(page, &keys.ring().set, &expected, clock.now())
    }
}

/// What was read.
struct Read {
    /// Nothing more is there.
    is_last: bool,
    is_empty: bool,
}

#[derive(Deserialize)]
struct Answer {
    revocations: String,
}
