//! The store, and the unit of work in which it is used.

use std::error::Error;

use async_trait::async_trait;
use doorward_domain::revocation::Revocation;
use thiserror::Error;

use super::{
    AuditRepository, InvitationRepository, KeptAnswerRepository, OneTimeTokenRepository, OutboxRepository,
    ProfileRepository, RevocationRepository, SessionRepository, SigningKeyRepository, UserRepository,
};

/// What a unit of work is going to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    /// Read only.
    Read,
    /// Read, and write what it decides.
    Write,
}

/// Where users, profiles, sessions and messages are kept.
///
/// - A unit of work MUST be atomic: what it wrote is there after [`UnitOfWork::commit`] returned `Ok`, survives the
///   end of the process and of the machine's power, and is not there at all if the unit was dropped.
/// - No unit MUST see what another has not committed.
/// - Two writing units that lock the same user (see [`UserRepository::lock`]) MUST run one after the other.
/// - A unit that cannot begin because the store is gone or full MUST fail within a few seconds, never wait for good.
///
/// To add a store: `docs/development/add-a-store.md`.
#[async_trait]
pub trait Store: Send + Sync {
    /// Begins a unit of work.
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError>;

    /// Fails unless the store answers now and has the tables this version needs.
    async fn check(&self) -> Result<(), StoreError>;
}

/// A transaction, and the repositories that work inside it. Dropped without [`commit`](Self::commit), it is undone.
#[async_trait]
pub trait UnitOfWork: Send {
    /// Users and what they sign in with.
    fn users(&mut self) -> &mut dyn UserRepository;
    /// The profiles of the roles.
    fn profiles(&mut self) -> &mut dyn ProfileRepository;
    /// Sessions.
    fn sessions(&mut self) -> &mut dyn SessionRepository;
    /// Tokens that were sent by mail.
    fn one_time_tokens(&mut self) -> &mut dyn OneTimeTokenRepository;
    /// Messages that are to be sent.
    fn outbox(&mut self) -> &mut dyn OutboxRepository;
    /// Invitations.
    fn invitations(&mut self) -> &mut dyn InvitationRepository;
    /// What happened.
    fn audit(&mut self) -> &mut dyn AuditRepository;
    /// Answers that are given once more.
    fn kept_answers(&mut self) -> &mut dyn KeptAnswerRepository;
    /// The keys that access tokens are signed with.
    fn signing_keys(&mut self) -> &mut dyn SigningKeyRepository;
    /// The log of what has become untrue.
    fn revocations(&mut self) -> &mut dyn RevocationRepository;

    /// What this unit has made untrue so far, or found untrue, of what others may have seen, each once.
    ///
    /// Every end of a session, every change of a user or a profile that was there before, and every change of the
    /// signing keys MUST be in it; and so must a session that was to be ended and had been, and every user that was
    /// locked, because whoever waited for a lock may have waited for another's change.
    fn revoked(&self) -> &[Revocation];

    /// Makes what was written last.
    async fn commit(self: Box<Self>) -> Result<(), StoreError>;
}

/// The store did not do what it was asked, and the caller can do nothing about it but try again later. What it can
/// act on is an error of the method's own.
#[derive(Debug, Error)]
#[error("the store failed: {0}")]
pub struct StoreError(#[source] Box<dyn Error + Send + Sync>);

impl StoreError {
    /// Wraps whatever the adapter met.
    pub fn new(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self(cause.into())
    }
}
