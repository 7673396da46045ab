//! The server's keys: fetched ahead of time, at once for a key that is not known, and never more often than is good
//! for the server.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock},
    time::Duration,
};

use reqwest::header::{CACHE_CONTROL, HeaderMap, HeaderValue};
use thiserror::Error;
use tokio::{
    sync::{mpsc, watch},
    time::timeout,
};

use super::{
    clock::Clock,
    fetch::{FetchError, Fetcher},
};
use crate::{KeySet, KeySetError};

/// Why the keys could not be had.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum KeysError {
    /// The server did not hand them out.
    #[error("the keys could not be fetched")]
    Fetch(#[from] FetchError),
    /// What it handed out is no set of keys.
    #[error("the keys could not be read")]
    Set(#[from] KeySetError),
    /// None of them is usable. A server that signs with HS256 publishes none: nobody else can verify its tokens.
    #[error("the server publishes no usable key: with HS256, nobody but itself can verify its tokens")]
    None,
}

/// The keys that are good now.
pub(super) struct Ring {
    pub(super) set: KeySet,
    /// Another one for each other ring, so that what was verified with one is not taken as verified with the next.
    pub(super) generation: u64,
}

/// How much a request for the keys may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Anyone can send a token that names an unknown key: such requests are made once in a while.
    Token,
    /// The feed names a key, and the server alone can write into that.
    Feed,
}

pub(super) struct Keys {
    held: RwLock<Held>,
    turn: Mutex<Turn>,
    wanted: mpsc::Sender<()>,
    /// Counts the fetches that are over.
    rounds: watch::Receiver<u64>,
    interval: Duration,
}

struct Held {
    ring: Arc<Ring>,
    published: Vec<u8>,
    /// For good: whoever has the key can sign tokens as long as anyone believes it.
    revoked: HashSet<String>,
}

#[derive(Default)]
struct Turn {
    is_under_way: bool,
    /// When the last fetch was over, and whether it failed.
    last: Option<(Duration, bool)>,
}

impl Keys {
    /// Keys that were revoked; the server has few in its life.
    const MAX_REVOKED: usize = 1_000;

    /// No keys yet, and who fetches them. `interval`: for how long after a fetch tokens cause no other.
    pub(super) fn new(interval: Duration) -> (Self, Refresher) {
        let (wanted, asked) = mpsc::channel(1);
        let (over, rounds) = watch::channel(0);
        let ring = Arc::new(Ring { set: KeySet::default(), generation: 0 });
        let held = RwLock::new(Held { ring, published: Vec::new(), revoked: HashSet::new() });
        (Self { held, turn: Mutex::default(), wanted, rounds, interval }, Refresher { asked, over })
    }

    pub(super) fn ring(&self) -> Arc<Ring> {
        Arc::clone(&self.held.read().unwrap_or_else(PoisonError::into_inner).ring)
    }

    pub(super) fn is_revoked(&self, id: &str) -> bool {
        self.held.read().unwrap_or_else(PoisonError::into_inner).revoked.contains(id)
    }

    /// Takes a key out for good. Says whether there was room to remember it.
    pub(super) fn revoke(&self, id: &str) -> bool {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if !held.revoked.contains(id) && held.revoked.len() >= Self::MAX_REVOKED {
            return false;
        }
        if held.revoked.insert(id.to_owned()) {
            let set = held.ring.set.clone();
            held.replace(set);
        }
        true
    }

    /// Has the keys fetched, in a while, by someone else.
    pub(super) fn want(&self, clock: &dyn Clock) {
        drop(self.ask(Urgency::Feed, clock));
    }

    /// Has the keys fetched, once for all who ask meanwhile, and waits. Says whether they could be: for a token also
    /// if that was a moment ago.
    pub(super) async fn renew(&self, urgency: Urgency, clock: &dyn Clock) -> bool {
        match self.ask(urgency, clock) {
            Some(mut rounds) => rounds.changed().await.is_ok() && self.is_good(),
            None => self.is_good(),
        }
    }

    /// What changes when the fetch is over, unless there is none.
    fn ask(&self, urgency: Urgency, clock: &dyn Clock) -> Option<watch::Receiver<u64>> {
        let turn = self.turn();
        if !turn.is_under_way {
            let is_early = turn.last.is_some_and(|(at, _)| clock.elapsed().saturating_sub(at) < self.interval);
            if urgency == Urgency::Token && is_early {
                return None;
            }
            // Full: others have asked already. Closed: whoever waits will see it.
            let _ = self.wanted.try_send(());
        }
        let mut rounds = self.rounds.clone();
        rounds.mark_unchanged();
        Some(rounds)
    }

    fn is_good(&self) -> bool {
        self.turn().last.is_some_and(|(_, failed)| !failed)
    }

    fn turn(&self) -> MutexGuard<'_, Turn> {
        self.turn.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn publish(&self, published: Vec<u8>) -> Result<(), KeysError> {
        let set = KeySet::parse(&published)?;
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if held.published != published {
            for key in set.skipped() {
                tracing::warn!(kid = key.id.as_deref(), reason = %key.reason, "a published key is not used");
            }
            held.published = published;
            held.replace(set);
        }
        Ok(())
    }
}

impl Held {
    /// What was revoked does not come back, however it is published.
    fn replace(&mut self, mut set: KeySet) {
        for id in &self.revoked {
            set.remove(id);
        }
        self.ring = Arc::new(Ring { set, generation: self.ring.generation + 1 });
    }
}

/// Fetches the keys.
pub(super) struct Refresher {
    asked: mpsc::Receiver<()>,
    over: watch::Sender<u64>,
}

impl Refresher {
    const PATH: &str = "/.well-known/jwks.json";
    const TIMEOUT: Duration = Duration::from_secs(5);
    const MAX_LEN: usize = 256 * 1024;
    /// How long keys are kept where the server does not say, and within which bounds where it does.
    const KEPT: Duration = Duration::from_mins(5);
    const KEPT_LEAST: Duration = Duration::from_secs(1);
    const KEPT_MOST: Duration = Duration::from_hours(1);
    /// How long to wait after the first failure, and after many.
    const RETRY: Duration = Duration::from_secs(1);
    const RETRY_MOST: Duration = Duration::from_mins(1);

    /// Fetches them once. Says after how long to fetch them again: while they may still be kept, so that a key is
    /// known before it signs.
    pub(super) async fn fetch(
        &mut self,
        keys: &Keys,
        fetcher: &Fetcher,
        clock: &dyn Clock,
    ) -> Result<Duration, KeysError> {
        {
            let mut turn = keys.turn();
            turn.is_under_way = true;
            // Whoever asked before now is answered by this fetch.
            let _ = self.asked.try_recv();
        }
        let outcome = Self::try_fetch(keys, fetcher).await;
        let mut turn = keys.turn();
        *turn = Turn { is_under_way: false, last: Some((clock.elapsed(), outcome.is_err())) };
        // While the turn is held: whoever asks from here on waits for the next.
        self.over.send_modify(|rounds| *rounds += 1);
        outcome
    }

    async fn try_fetch(keys: &Keys, fetcher: &Fetcher) -> Result<Duration, KeysError> {
        // An answer that some cache kept may lack the very key that is asked for.
        let headers = HeaderMap::from_iter([(CACHE_CONTROL, HeaderValue::from_static("no-cache"))]);
        let answer = fetcher.get(Self::PATH, headers, Self::TIMEOUT, Self::MAX_LEN).await?;
        keys.publish(answer.body)?;
        let kept = answer.max_age.unwrap_or(Self::KEPT).clamp(Self::KEPT_LEAST, Self::KEPT_MOST);
        Ok(kept * 4 / 5)
    }

    /// Fetches them again and again, `first` after now and whenever they are asked for. While they cannot be had, those
    /// that are known stay.
    pub(super) async fn run(mut self, keys: &Keys, fetcher: &Fetcher, clock: &dyn Clock, first: Duration) {
        let (mut wait, mut retry) = (first, Self::RETRY);
        loop {
            // `None` is impossible: whoever holds the keys holds a sender.
            let _ = timeout(wait, self.asked.recv()).await;
            match self.fetch(keys, fetcher, clock).await {
                Ok(next) => (wait, retry) = (next, Self::RETRY),
                Err(error) => {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the keys were not renewed");
                    (wait, retry) = (retry, (retry * 2).min(Self::RETRY_MOST));
                }
            }
        }
    }
}
