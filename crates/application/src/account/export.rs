//! All that is stored of a user.

use doorward_domain::{
    Timestamp,
    audit::{AuditEvent, AuditKind},
    invitation::Invitation,
    profile::Profile,
    session::{Device, Session},
    user::User,
};

use crate::{
    Actor, Fault, Ports,
    ports::{Access, AuditFilter, UnitOfWork},
    trail::{Entry, Trail},
};

/// All that is stored of a user, but for secrets: what stands for a password or a token says nothing to anyone.
pub struct AccountExport {
    /// When it was taken.
    pub at: Timestamp,
    /// The account.
    pub user: User,
    /// The profile, and those of earlier roles with the time since when they are archived.
    pub profiles: Vec<(Profile, Option<Timestamp>)>,
    /// All sessions that are remembered, the ended ones too.
    pub sessions: Vec<Session>,
    /// Invitations of the account's address.
    pub invitations: Vec<Invitation>,
    /// What the audit log has about or by the user.
    pub audit_events: Vec<AuditEvent>,
}

/// Hands over all that is stored of the signed-in user (GDPR articles 15 and 20).
pub struct ExportAccount {
    ports: Ports,
    trail: Trail,
}

impl ExportAccount {
    /// How many entries of the audit log are read at a time.
    const PAGE: u32 = 1_000;
    /// How many of them are handed over at the most, the latest ones.
    const MOST_EVENTS: usize = 10_000;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), trail: Trail::new(ports) }
    }

    /// Reads everything. That it was read stands in the log, and so in the next export.
    pub async fn execute(&self, actor: &Actor) -> Result<AccountExport, Fault> {
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Write).await?;
        self.trail.record(unit.as_mut(), Entry::by(AuditKind::DataExported, actor), now).await?;
        unit.commit().await?;
        let id = actor.user.id;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let user = unit.users().find(id).await?.ok_or(Fault::Inconsistent("a user is gone"))?;
        Ok(AccountExport {
            at: now,
            profiles: unit.profiles().list(id).await?,
            sessions: unit.sessions().list_all(id).await?,
            // Whoever never proved the address learns nothing of what was sent there.
            invitations: match user.email_verified_at {
                Some(_) => unit.invitations().list_of(&user.email).await?,
                None => Vec::new(),
            },
            audit_events: Self::audit_events(unit.as_mut(), &user).await?,
            user,
        })
    }

    async fn audit_events(unit: &mut dyn UnitOfWork, user: &User) -> Result<Vec<AuditEvent>, Fault> {
        let filter = AuditFilter { user_id: Some(user.id), kind: None };
        let mut events: Vec<AuditEvent> = Vec::new();
        loop {
            let page = unit.audit().list(filter, events.last().map(|last| last.id), Self::PAGE).await?;
            let full = page.len() == Self::PAGE as usize;
            events.extend(page.into_iter().map(|event| without_others(event, user)));
            if !full || events.len() >= Self::MOST_EVENTS {
                return Ok(events);
            }
        }
    }
}

/// What is the user's of an entry: who an administrator is, and from where they act, is the administrator's own.
fn without_others(event: AuditEvent, user: &User) -> AuditEvent {
    if event.actor_id.is_none_or(|actor| actor == user.id) {
        return event;
    }
    AuditEvent { actor_id: None, session_id: None, device: Device::default(), ..event }
}
