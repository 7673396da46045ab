//! The audit log, as use cases write it.

use std::sync::Arc;

use doorward_domain::{
    SessionId, Timestamp, UserId,
    audit::{AuditEvent, AuditKind},
    session::Device,
};

use crate::{
    Actor, Ports,
    ports::{DigestUse, IdGenerator, KeyedDigest, StoreError, UnitOfWork},
};

/// Writes what happened, in the unit in which it happens.
#[derive(Clone)]
pub(crate) struct Trail {
    ids: Arc<dyn IdGenerator>,
    digests: Arc<dyn KeyedDigest>,
}

/// What happened. Begun by who did it, completed by whom it was done to.
pub(crate) struct Entry<'a> {
    kind: AuditKind,
    actor_id: Option<UserId>,
    user_id: Option<UserId>,
    session_id: Option<SessionId>,
    identifier: Option<&'a str>,
    device: Device,
    detail: Option<String>,
}

impl<'a> Entry<'a> {
    /// A signed-in user does something, to themselves unless [`to`](Self::to) says otherwise.
    pub(crate) fn by(kind: AuditKind, actor: &Actor) -> Self {
        Self { session_id: Some(actor.session.id), ..Self::of(kind, actor.user.id, actor.device.clone()) }
    }

    /// A user does something without being signed in.
    pub(crate) const fn of(kind: AuditKind, user_id: UserId, device: Device) -> Self {
        Self {
            kind,
            actor_id: Some(user_id),
            user_id: Some(user_id),
            session_id: None,
            identifier: None,
            device,
            detail: None,
        }
    }

    /// Nobody knows who does something: someone who typed this.
    pub(crate) const fn typed(kind: AuditKind, identifier: &'a str, device: Device) -> Self {
        Self {
            kind,
            actor_id: None,
            user_id: None,
            session_id: None,
            identifier: Some(identifier),
            device,
            detail: None,
        }
    }

    /// doorward does something by itself to a user.
    pub(crate) fn alone(kind: AuditKind, user_id: UserId) -> Self {
        Self::of(kind, user_id, Device::default()).by_nobody()
    }

    /// An administrator does something to nobody, or an operator does at the command line.
    pub(crate) fn by_operator(kind: AuditKind, actor: Option<&Actor>) -> Self {
        actor.map_or_else(|| Self::of_nobody(kind), |actor| Self::by(kind, actor).to(None::<UserId>))
    }

    /// doorward does something by itself to nobody.
    pub(crate) fn of_nobody(kind: AuditKind) -> Self {
        Self {
            kind,
            actor_id: None,
            user_id: None,
            session_id: None,
            identifier: None,
            device: Device::default(),
            detail: None,
        }
    }

    /// It is not known who does it.
    pub(crate) fn by_nobody(self) -> Self {
        Self { actor_id: None, ..self }
    }

    /// It is done to this user, or to nobody who has an account.
    pub(crate) fn to(self, user_id: impl Into<Option<UserId>>) -> Self {
        Self { user_id: user_id.into(), ..self }
    }

    /// It is about this session.
    pub(crate) fn in_session(self, session_id: SessionId) -> Self {
        Self { session_id: Some(session_id), ..self }
    }

    /// Whether this user does it.
    pub(crate) fn is_by(&self, user_id: UserId) -> bool {
        self.actor_id == Some(user_id)
    }

    /// From what and where is not told.
    pub(crate) fn without_device(self) -> Self {
        Self { device: Device::default(), ..self }
    }

    /// A word more, from a fixed set, or the id of a key.
    pub(crate) fn detail(self, detail: &str) -> Self {
        Self { detail: Some(detail.to_owned()), ..self }
    }
}

impl Trail {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { ids: Arc::clone(&ports.ids), digests: Arc::clone(&ports.digests) }
    }

    /// Writes an entry.
    pub(crate) async fn record(
        &self,
        unit: &mut dyn UnitOfWork,
        entry: Entry<'_>,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let event = AuditEvent {
            id: self.ids.audit_event_id(now),
            at: now,
            kind: entry.kind,
            actor_id: entry.actor_id,
            user_id: entry.user_id,
            session_id: entry.session_id,
            identifier: entry
                .identifier
                .map(|typed| self.digests.digest(DigestUse::Identifier, typed.trim().to_lowercase().as_bytes())),
            device: entry.device,
            detail: entry.detail,
        };
        unit.audit().record(&event).await
    }
}
