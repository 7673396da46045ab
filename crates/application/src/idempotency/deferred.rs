//! Commits that wait for the answer.
//!
//! Use cases commit when they have decided. While [`hold`] runs a handler, the last of these commits is held back, so
//! that the answer, which the handler makes afterwards, can be written into the same unit. A use case cannot tell: it
//! does nothing after its commit that others see. If it begins another unit, the one that was held back is committed
//! first.

use std::{
    future::Future,
    mem,
    sync::{Arc, Mutex, PoisonError},
};

use async_trait::async_trait;
use doorward_domain::revocation::Revocation;

use crate::ports::{
    Access, AuditRepository, InvitationRepository, KeptAnswerRepository, OneTimeTokenRepository, OutboxRepository,
    ProfileRepository, RevocationRepository, SessionRepository, SigningKeyRepository, Store, StoreError, UnitOfWork,
    UserRepository,
};

tokio::task_local! {
    static HELD: Mutex<Option<Box<dyn UnitOfWork>>>;
}

/// Runs the handler and returns the unit that it committed last, not committed yet.
pub(super) async fn hold<T>(handler: impl Future<Output = T>) -> (T, Option<Box<dyn UnitOfWork>>) {
    let held = async {
        let answer = handler.await;
        (answer, HELD.with(take))
    };
    HELD.scope(Mutex::default(), held).await
}

fn take(held: &Mutex<Option<Box<dyn UnitOfWork>>>) -> Option<Box<dyn UnitOfWork>> {
    held.lock().unwrap_or_else(PoisonError::into_inner).take()
}

/// A store whose units, where [`hold`] is at work, are not committed at once.
pub(crate) struct Deferrable(pub(crate) Arc<dyn Store>);

struct Deferred(Box<dyn UnitOfWork>);

#[async_trait]
impl Store for Deferrable {
    async fn begin(&self, access: Access) -> Result<Box<dyn UnitOfWork>, StoreError> {
        match HELD.try_with(take) {
            // Nothing is held back here.
            Err(_) => self.0.begin(access).await,
            Ok(held) => {
                if let Some(held) = held {
                    held.commit().await?;
                }
                let unit = self.0.begin(access).await?;
                Ok(if access == Access::Write { Box::new(Deferred(unit)) } else { unit })
            }
        }
    }

    async fn check(&self) -> Result<(), StoreError> {
        self.0.check().await
    }
}

#[async_trait]
impl UnitOfWork for Deferred {
    fn users(&mut self) -> &mut dyn UserRepository {
        self.0.users()
    }

    fn profiles(&mut self) -> &mut dyn ProfileRepository {
        self.0.profiles()
    }

    fn sessions(&mut self) -> &mut dyn SessionRepository {
        self.0.sessions()
    }

    fn one_time_tokens(&mut self) -> &mut dyn OneTimeTokenRepository {
        self.0.one_time_tokens()
    }

    fn outbox(&mut self) -> &mut dyn OutboxRepository {
        self.0.outbox()
    }

    fn invitations(&mut self) -> &mut dyn InvitationRepository {
        self.0.invitations()
    }

    fn audit(&mut self) -> &mut dyn AuditRepository {
        self.0.audit()
    }

    fn kept_answers(&mut self) -> &mut dyn KeptAnswerRepository {
        self.0.kept_answers()
    }

    fn signing_keys(&mut self) -> &mut dyn SigningKeyRepository {
        self.0.signing_keys()
    }

    fn revocations(&mut self) -> &mut dyn RevocationRepository {
        self.0.revocations()
    }

    fn revoked(&self) -> &[Revocation] {
        self.0.revoked()
    }

    async fn commit(self: Box<Self>) -> Result<(), StoreError> {
        let mut unit = Some(self.0);
        let hold_back =
            |held: &Mutex<_>| mem::replace(&mut *held.lock().unwrap_or_else(PoisonError::into_inner), unit.take());
        // Two units at once: the earlier commit is not the last.
        if let Some(earlier) = HELD.try_with(hold_back).ok().flatten() {
            earlier.commit().await?;
        }
        // In a task that the handler has spawned, nobody would take it.
        match unit {
            Some(unit) => unit.commit().await,
            None => Ok(()),
        }
    }
}
