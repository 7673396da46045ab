//! Verifies tokens with what was fetched.

use std::{sync::Arc, time::Duration};

use thiserror::Error;
use tokio::task::JoinSet;

use super::{
    builder::{LostFeed, VerifierBuilder},
    clock::Clock,
    feed::Freshness,
    fetch::Fetcher,
    keys::{Keys, Urgency},
    revoked::{Dead, Revoked},
    seen::{Known, Seen},
};
use crate::{Claims, Expected, Refusal, jws, verify_access_token};

/// Why a token is not accepted.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// It is not a good token of this server for this service. The text is for the log.
    #[error("the token is refused: {0}")]
    Refused(#[from] Refusal),
    /// Its key was revoked.
    #[error("the token's key was revoked")]
    KeyRevoked,
    /// Its session has ended.
    #[error("the token's session has ended")]
    SessionEnded,
    /// What its subject may do has changed. A refresh gives another.
    #[error("the token's claims are stale")]
    StaleClaims,
    /// The feed is lost, and [`LostFeed::Refuse`] was chosen. It says nothing about the token.
    #[error("the revocation feed is lost")]
    FeedLost,
    /// Its key is not known, and the keys cannot be fetched. It says nothing about the token.
    #[error("the keys cannot be fetched")]
    KeysUnavailable,
}

impl VerifyError {
    /// Whether it is not about the token at all, which may well be good: answer 503 and not 401.
    #[must_use]
    pub const fn is_ours(&self) -> bool {
        matches!(self, Self::FeedLost | Self::KeysUnavailable)
    }
}

/// Verifies access tokens of one doorward for one service.
///
/// Two tasks in the background keep the keys and follow the revocation feed, on the runtime that
/// [`start`](VerifierBuilder::start) was called on. They end with the last clone. A clone costs nothing.
#[derive(Clone)]
pub struct Verifier {
    shared: Arc<Shared>,
    _tasks: Arc<JoinSet<()>>,
}

/// What the tasks work on too.
pub(super) struct Shared {
    pub(super) fetcher: Fetcher,
    pub(super) expected: Expected,
    pub(super) clock: Box<dyn Clock>,
    pub(super) keys: Keys,
    pub(super) revoked: Revoked,
    pub(super) seen: Seen,
    pub(super) freshness: Freshness,
    pub(super) lost_feed: LostFeed,
    pub(super) lost_after: Duration,
}

impl Verifier {
    /// A verifier of the tokens of the doorward at this address, `https://auth.example.com`, yet to be told what else
    /// it needs to know.
    pub fn builder(server_url: impl Into<String>) -> VerifierBuilder {
        VerifierBuilder::new(server_url.into())
    }

    pub(super) fn new(shared: Arc<Shared>, tasks: JoinSet<()>) -> Self {
        Self { shared, _tasks: Arc::new(tasks) }
    }

    /// The claims of a token that is good now: signed by the server, for this service, within its time, of a session
    /// that has not ended, and of its subject's present epoch.
    ///
    /// Nothing is asked of the server, unless the token names a key that is not known: then the keys are fetched, once
    /// for all who wait and not again within [`refetch_interval`](VerifierBuilder::refetch_interval).
    pub async fn verify(&self, token: &str) -> Result<Claims, VerifyError> {
        let Shared { keys, clock, .. } = &*self.shared;
        match self.shared.judge(token) {
            Err(VerifyError::Refused(Refusal::UnknownKey(id))) if !keys.is_revoked(&id) => {
                if !keys.renew(Urgency::Token, &**clock).await {
                    return Err(VerifyError::KeysUnavailable);
                }
                self.shared.judge(token)
            }
            Err(VerifyError::Refused(Refusal::UnknownKey(_))) => Err(VerifyError::KeyRevoked),
            verdict => verdict,
        }
    }

    /// Whether everything is known that the feed had to tell [`lost_after`](VerifierBuilder::lost_after) ago. With
    /// [`LostFeed::Accept`], it is here that one sees that revoked tokens may pass.
    #[must_use]
    pub fn feed_is_current(&self) -> bool {
        self.shared.feed_is_current()
    }

    /// Where the server is, without a slash at the end.
    #[must_use]
    pub fn server_url(&self) -> &str {
        self.shared.fetcher.server()
    }
}

impl Shared {
    pub(super) fn feed_is_current(&self) -> bool {
        self.freshness.age(self.clock.elapsed()).is_some_and(|age| age <= self.lost_after)
    }

    fn judge(&self, token: &str) -> Result<Claims, VerifyError> {
        if self.lost_feed == LostFeed::Refuse && !self.feed_is_current() {
            return Err(VerifyError::FeedLost);
        }
        let known = self.known(token)?;
        match self.revoked.find(&known.session, &known.subject, known.claims.epoch) {
            None => Ok(known.claims.clone()),
            Some(Dead::Session) => Err(VerifyError::SessionEnded),
            Some(Dead::Epoch) => Err(VerifyError::StaleClaims),
        }
    }

    /// The claims, whatever was revoked. The signature is verified once; whether the keys are still the same and the
    /// token is still in its time, each time.
    fn known(&self, token: &str) -> Result<Arc<Known>, Refusal> {
        if token.len() > jws::Kind::AccessToken.max_len() {
            return Err(Refusal::Malformed);
        }
        let (ring, now) = (self.keys.ring(), self.clock.now());
        let key = Seen::key(token);
        if let Some(known) = self.seen.get(&key, ring.generation) {
            self.expected.check_time(&known.claims, now)?;
            return Ok(known);
        }
        let claims = verify_access_token(token, &ring.set, &self.expected, now)?;
        Ok(self.seen.insert(key, Known::new(claims, ring.generation)))
    }
}
