//! What a verifier must be told before it starts.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::task::JoinSet;

use super::{
    clock::{Clock, SystemClock},
    feed::{FeedError, Follower, Freshness},
    fetch::{AddressError, Fetcher},
    keys::{Keys, KeysError},
    revoked::Revoked,
    seen::Seen,
    verifier::{Shared, Verifier},
};
use crate::Expected;

/// What holds while nobody knows what was revoked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LostFeed {
    /// No token is accepted. When doorward is away for long, so is this service.
    Refuse,
    /// Every token is accepted whose signature and time are good: one of a session that has ended for as long as it
    /// lives.
    Accept,
}

/// Why a verifier does not start.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StartError {
    /// Something was not said, or something that cannot be.
    #[error("{0}")]
    Setting(&'static str),
    /// No server can be asked there.
    #[error("{url} is no address of a server: {reason}")]
    Address {
        /// What was given.
        url: String,
        /// What is wrong with it.
        reason: AddressError,
    },
    /// The keys could not be had.
    #[error("the verifier has no keys")]
    Keys(#[source] KeysError),
    /// The feed could not be read to its end.
    #[error("the verifier cannot follow the revocation feed")]
    Feed(#[source] FeedError),
}

/// A verifier that has not started. Audience and what holds when the feed is lost must be said.
#[must_use = "it does nothing until it is started"]
pub struct VerifierBuilder {
    server: String,
    issuer: Option<String>,
    audience: Option<String>,
    client_id: Option<String>,
    leeway: Duration,
    max_life: Duration,
    lost_feed: Option<LostFeed>,
    lost_after: Duration,
    refetch_interval: Duration,
    max_tokens: usize,
    max_revocations: usize,
    insecure_http: bool,
    clock: Box<dyn Clock>,
}

impl VerifierBuilder {
    /// How much longer than the leeway the feed may be silent at least. Below, a server that reads its log as late as
    /// it may, or one slow answer, would be a lost feed.
    const MIN_SILENCE: Duration = Duration::from_secs(10);

    pub(super) fn new(server: String) -> Self {
        Self {
            server,
            issuer: None,
            audience: None,
            client_id: None,
            leeway: Duration::from_secs(5),
            max_life: Duration::from_hours(1),
            lost_feed: None,
            lost_after: Duration::from_secs(30),
            refetch_interval: Duration::from_secs(2),
            max_tokens: 10_000,
            max_revocations: 1_000_000,
            insecure_http: false,
            clock: Box::new(SystemClock::new()),
        }
    }

    /// `iss`, where it is not the address of the server (`tokens.issuer`).
    pub fn issuer(self, issuer: impl Into<String>) -> Self {
        Self { issuer: Some(issuer.into()), ..self }
    }

    /// `aud`: `tokens.audience` of the server. Required.
    pub fn audience(self, audience: impl Into<String>) -> Self {
        Self { audience: Some(audience.into()), ..self }
    }

    /// `client_id`, where only one client's tokens are accepted.
    pub fn client_id(self, client_id: impl Into<String>) -> Self {
        Self { client_id: Some(client_id.into()), ..self }
    }

    /// How far the clocks of the server and of this service may be apart: 5 s unless said otherwise, at most 30 s. For
    /// so long a token is accepted before its time and after it.
    pub fn leeway(self, leeway: Duration) -> Self {
        Self { leeway, ..self }
    }

    /// The longest that a token may live, however it is signed: 1 h unless said otherwise, which is the most that
    /// `tokens.access_ttl` can be. What was revoked is remembered for so long, whatever the server says: when it has
    /// shortened the life of tokens, earlier ones live on. Lower it only when those have expired.
    pub fn max_life(self, max_life: Duration) -> Self {
        Self { max_life, ..self }
    }

    /// What holds when the feed is lost. Required: no answer is right for every service.
    pub fn when_feed_is_lost(self, lost_feed: LostFeed) -> Self {
        Self { lost_feed: Some(lost_feed), ..self }
    }

    /// How long the feed may be silent before it is lost: 30 s unless said otherwise, at least 10 s more than the
    /// [`leeway`](Self::leeway).
    ///
    /// It counts from when the server began to read its log for the latest page, as that is dated, and not from when the
    /// page arrived: one that somebody has kept on its way is as old as it is. So the clocks matter: if this service's
    /// is ahead, the feed is lost so much earlier; if it is behind, so much later, by the leeway at the most, because a
    /// page from further ahead is refused. How often the server is asked takes that into account, and its
    /// `gate.max_staleness` of up to 5 s: clocks that are apart within the leeway lose no feed. Where the server's is
    /// longer, raise this by as much.
    pub fn lost_after(self, lost_after: Duration) -> Self {
        Self { lost_after, ..self }
    }

    /// For how long after a fetch of the keys a token with an unknown key causes no other: 2 s unless said otherwise.
    pub fn refetch_interval(self, refetch_interval: Duration) -> Self {
        Self { refetch_interval, ..self }
    }

    /// How many verified tokens are remembered: 10,000 unless said otherwise, which is some 10 MB.
    pub fn max_tokens(self, max_tokens: usize) -> Self {
        Self { max_tokens, ..self }
    }

    /// How many revocations are remembered: 1,000,000 unless said otherwise, which is some 100 MB. When there are
    /// more within [`max_life`](Self::max_life), the feed is lost until earlier ones are over.
    pub fn max_revocations(self, max_revocations: usize) -> Self {
        Self { max_revocations, ..self }
    }

    /// Lets the server be at `http://` on another machine. Whoever is on the way can then hand out keys of their own:
    /// only for a network that nobody else is on.
    pub fn insecure_http(self) -> Self {
        Self { insecure_http: true, ..self }
    }

    /// Takes the time from another clock than the machine's.
    pub fn clock(self, clock: impl Clock) -> Self {
        Self { clock: Box::new(clock), ..self }
    }

    /// Fetches the keys, reads the feed to its end, and follows both from there. MUST be called on a Tokio runtime
    /// with timers and sockets, such as actix-web's, that lives as long as the verifier.
    pub async fn start(self) -> Result<Verifier, StartError> {
        let expected = self.expected()?;
        let lost_feed = self.lost_feed.ok_or(StartError::Setting(
            "say with `when_feed_is_lost` whether tokens are refused or accepted while nobody knows what was revoked",
        ))?;
        if self.lost_after < expected.leeway_before + Self::MIN_SILENCE {
            return Err(StartError::Setting("`lost_after` must be at least 10 seconds more than `leeway`"));
        }
        let fetcher = Fetcher::new(&self.server, self.insecure_http)
            .map_err(|reason| StartError::Address { url: self.server, reason })?;
        let (keys, mut refresher) = Keys::new(self.refetch_interval);
        let shared = Arc::new(Shared {
            fetcher,
            expected,
            clock: self.clock,
            keys,
            revoked: Revoked::new(self.max_revocations),
            seen: Seen::new(self.max_tokens),
            freshness: Freshness::never(),
            lost_feed,
            lost_after: self.lost_after,
        });

        let Shared { keys, fetcher, clock, .. } = &*shared;
        let first = refresher.fetch(keys, fetcher, &**clock).await.map_err(StartError::Keys)?;
        if keys.ring().set.iter().next().is_none() {
            return Err(StartError::Keys(KeysError::None));
        }
        let mut tasks = JoinSet::new();
        let of_keys = Arc::clone(&shared);
        tasks.spawn(async move {
            let Shared { keys, fetcher, clock, .. } = &*of_keys;
            refresher.run(keys, fetcher, &**clock, first).await;
        });
        let mut follower = Follower::new(Arc::clone(&shared));
        follower.catch_up().await.map_err(StartError::Feed)?;
        tasks.spawn(follower.run());
        Ok(Verifier::new(shared, tasks))
    }

    fn expected(&self) -> Result<Expected, StartError> {
        let audience = self.audience.clone().filter(|audience| !audience.is_empty());
        let audience = audience.ok_or(StartError::Setting("name this service's `audience`"))?;
        if self.leeway > Expected::MAX_LEEWAY {
            return Err(StartError::Setting("`leeway` must be at most 30 seconds"));
        }
        let issuer = self.issuer.clone().unwrap_or_else(|| self.server.trim_end_matches('/').to_owned());
        Ok(Expected {
            issuer,
            audience,
            client_id: self.client_id.clone(),
            max_life: self.max_life,
            leeway_before: self.leeway,
            leeway_after: self.leeway,
        })
    }
}
