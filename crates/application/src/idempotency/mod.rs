//! Requests that are done once, however often they are sent.
//!
//! A client that got no answer cannot know whether its request was done. With an `Idempotency-Key`
//! (draft-ietf-httpapi-idempotency-key-header) it asks again and gets the first answer once more. That holds only if the
//! answer is stored in the very unit that did it: a crash in between would leave what was done without its answer. So
//! the last commit of a use case is held back here until the answer is known (`deferred.rs`).

pub(crate) mod deferred;

use std::{future::Future, time::Duration};

use doorward_domain::{Digest, Secret, UserId};
use thiserror::Error;
use uuid::Uuid;

use crate::{
    Fault, Ports,
    fault::faults_of,
    ports::{Access, Claim, Claimed, DigestUse, UnitOfWork},
};

/// A request with an `Idempotency-Key`.
#[derive(Clone, Copy, Debug)]
pub struct KeyedRequest<'a> {
    /// The key, as the client chose it: 1 to 255 visible ASCII characters.
    pub key: &'a str,
    /// Who is signed in. Where nobody is, a key is known again only with the same request.
    pub principal: Option<UserId>,
    /// Method and target.
    pub target: &'a str,
    /// The body.
    pub body: &'a [u8],
}

/// What a handler did.
pub struct Acted<R> {
    /// Its answer.
    pub response: R,
    /// The answer as it is to be kept, if it is a good one: what was refused is decided anew.
    pub kept: Option<Secret<Vec<u8>>>,
    /// Whether something broke: then nothing stays of what it did.
    pub broke: bool,
}

/// What a keyed request is answered with.
pub enum Once<R> {
    /// It was done now.
    Now(R),
    /// It had been done; the answer was kept.
    Before(Secret<Vec<u8>>),
}

/// Why a keyed request is not answered.
#[derive(Debug, Error)]
pub enum IdempotencyError {
    /// The key cannot be one.
    #[error("not an idempotency key")]
    InvalidKey,
    /// The key was used for another request.
    #[error("the idempotency key was used for another request")]
    AnotherRequest,
    /// The same request is still being done.
    #[error("the same request is still being done")]
    InProgress,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(IdempotencyError);

/// Does requests once.
pub struct Idempotency {
    ports: Ports,
}

impl Idempotency {
    /// How long nobody else may do what one request has begun.
    const HELD_FOR: Duration = Duration::from_secs(30);
    /// How long an answer is kept.
    const KEPT_FOR: Duration = Duration::from_hours(24);
    /// How long a request waits for another that does the same, and how long it does between two looks.
    const WAITS_FOR: Duration = Duration::from_secs(25);
    const FIRST_PAUSE: Duration = Duration::from_millis(20);
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);

    /// `ports.store` commits when it is told to.
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// Runs the handler, unless the request has been done before.
    pub async fn execute<R>(
        &self,
        request: KeyedRequest<'_>,
        handler: impl Future<Output = Acted<R>>,
    ) -> Result<Once<R>, IdempotencyError> {
        let visible = request.key.bytes().all(|b| b.is_ascii_graphic());
        if !(1..=255).contains(&request.key.len()) || !visible {
            return Err(IdempotencyError::InvalidKey);
        }
        let (key, digest) = self.digests(request);
        let holder = match self.claim(key, digest, request.principal).await? {
            Ok(holder) => holder,
            Err(answer) => return Ok(Once::Before(answer)),
        };
        let (Acted { response, kept, broke }, pending) = deferred::hold(handler).await;
        match kept {
            _ if broke => drop(pending),
            None => {
                if let Some(pending) = pending {
                    pending.commit().await?;
                }
            }
            Some(answer) => {
                let mut unit = match pending {
                    Some(pending) => pending,
                    None => self.ports.store.begin(Access::Write).await?,
                };
                let kept = unit.kept_answers().keep(&key, holder, &answer).await?;
                // Whoever took so long that another took over has done nothing; but a user who is gone asks no more.
                if !kept && !self.is_gone(unit.as_mut(), request.principal).await? {
                    return Err(IdempotencyError::InProgress);
                }
                unit.commit().await?;
                return Ok(Once::Now(response));
            }
        }
        let mut unit = self.ports.store.begin(Access::Write).await?;
        unit.kept_answers().release(&key, holder).await?;
        unit.commit().await?;
        Ok(Once::Now(response))
    }

    /// Takes the key, or finds the answer that it was given. Waits for another request that does the same.
    async fn claim(
        &self,
        key: Digest,
        request: Digest,
        user_id: Option<UserId>,
    ) -> Result<Result<Uuid, Secret<Vec<u8>>>, IdempotencyError> {
        let (mut waited, mut pause) = (Duration::ZERO, Self::FIRST_PAUSE);
        loop {
            let now = self.ports.clock.now();
            let holder = self.ports.ids.next(now);
            let (held_until, kept_until) = (now + Self::HELD_FOR, now + Self::KEPT_FOR);
            let claim = Claim { key, request, user_id, holder, held_until, kept_until };
            let mut unit = self.ports.store.begin(Access::Write).await?;
            let claimed = unit.kept_answers().claim(&claim, now).await?;
            unit.commit().await?;
            match claimed {
                Claimed::Ours => return Ok(Ok(holder)),
                Claimed::Answered { same_request: true, answer } => return Ok(Err(answer)),
                Claimed::Held { same_request: true } if waited < Self::WAITS_FOR => {
                    tokio::time::sleep(pause).await;
                    waited += pause;
                    pause = (pause * 2).min(Self::LONGEST_PAUSE);
                }
                Claimed::Held { same_request: true } => return Err(IdempotencyError::InProgress),
                Claimed::Held { same_request: false } | Claimed::Answered { same_request: false, .. } => {
                    return Err(IdempotencyError::AnotherRequest);
                }
            }
        }
    }

    /// Under what the key is stored, and the request. A request may hold a password, so it is a keyed hash: nobody who
    /// reads the store can try passwords against it.
    fn digests(&self, request: KeyedRequest<'_>) -> (Digest, Digest) {
        let digest = |parts: &[&[u8]]| {
            // Each part with its length: no two lists of parts are the same bytes.
            let bytes = parts.iter().flat_map(|part| part.len().to_be_bytes().into_iter().chain(part.iter().copied()));
            let bytes = Secret::new(bytes.collect::<Vec<u8>>());
            self.ports.digests.digest(DigestUse::Request, bytes.expose())
        };
        let asked = digest(&[request.target.as_bytes(), request.body]);
        let key = request.key.as_bytes();
        let owned = match request.principal {
            Some(user_id) => digest(&[b"of a user", user_id.uuid().as_bytes(), key]),
            None => digest(&[b"of a request", asked.as_bytes(), key]),
        };
        (owned, asked)
    }

    async fn is_gone(&self, unit: &mut dyn UnitOfWork, principal: Option<UserId>) -> Result<bool, Fault> {
        match principal {
            Some(id) => Ok(unit.users().find(id).await?.is_none()),
            None => Ok(false),
        }
    }
}
