//! What is over is forgotten.

use std::time::Duration;

use doorward_domain::{Timestamp, UserId, audit::AuditKind, user::User};

use crate::{
    Fault, Ports, Settings,
    account::Removal,
    ports::{Access, StoreError, UnitOfWork},
    settings::KeepingRules,
    trail::Entry,
};

/// Forgets what is over: accounts that were to go, sessions, one-time tokens, invitations, kept answers, and entries of
/// the audit log that are older than they are to be kept. Any number of nodes may do it at once.
pub struct Purge {
    ports: Ports,
    removal: Removal,
    keeping: KeepingRules,
}

/// How many rows were forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Accounts.
    pub accounts: u64,
    /// Rows of everything else.
    pub rows: u64,
}

impl Purge {
    /// How often it is to be done.
    pub const INTERVAL: Duration = Duration::from_mins(10);

    /// How many rows one unit forgets, so that it never holds up the other writers.
    const BATCH: u32 = 200;

    /// How long sessions and invitations are remembered after their end: for the list of devices that a user knows,
    /// for exports, and for whoever looks into what happened.
    const REMEMBERED: Duration = Duration::from_hours(90 * 24);

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { ports: ports.clone(), removal: Removal::new(ports), keeping: settings.keeping }
    }

    /// Forgets everything that is over now.
    pub async fn execute(&self) -> Result<Purged, Fault> {
        let now = self.ports.clock.now();
        let mut purged = Purged::default();
        let remembered = now - Self::REMEMBERED;
        let kept = self.keeping.audit_retention.map(|retention| (Rows::AuditEvents, now - retention));
        let rows = [
            (Rows::OneTimeTokens, now),
            (Rows::KeptAnswers, now),
            (Rows::Sessions, remembered),
            (Rows::Invitations, remembered),
        ];
        for (rows, before) in rows.into_iter().chain(kept) {
            purged.rows += self.rows(rows, before).await?;
        }
        // Last, because one account that cannot be removed holds up those after it.
        purged.accounts = self.accounts(now).await?;
        Ok(purged)
    }

    /// Removes the accounts that are to go, each in a unit of its own.
    async fn accounts(&self, now: Timestamp) -> Result<u64, Fault> {
        let mut gone = 0;
        loop {
            let due = self.ports.store.begin(Access::Read).await?.users().due_to_go(now, Self::BATCH).await?;
            if due.is_empty() {
                return Ok(gone);
            }
            for id in due {
                gone += u64::from(self.remove(id, now).await?);
            }
        }
    }

    /// Removes an account, unless it was proven or kept since it was found.
    async fn remove(&self, id: UserId, now: Timestamp) -> Result<bool, Fault> {
        let mut unit = self.ports.store.begin(Access::Write).await?;
        let Some(user) = unit.users().lock(id).await?.filter(|user| is_due(user, now)) else { return Ok(false) };
        let reason = if user.deletes_at.is_some() { "asked_for" } else { "never_proven" };
        let entry = Entry::alone(AuditKind::AccountDeleted, id).detail(reason);
        self.removal.remove(unit.as_mut(), &user, entry, now).await?;
        unit.commit().await?;
        Ok(true)
    }

    /// Forgets rows that were over at this moment, a batch a unit, until none is left.
    async fn rows(&self, rows: Rows, before: Timestamp) -> Result<u64, Fault> {
        let mut total = 0;
        loop {
            let mut unit = self.ports.store.begin(Access::Write).await?;
            let count = rows.purge(unit.as_mut(), before, Self::BATCH).await?;
            unit.commit().await?;
            total += count;
            if count < u64::from(Self::BATCH) {
                return Ok(total);
            }
        }
    }
}

/// What is over by itself.
#[derive(Clone, Copy)]
enum Rows {
    OneTimeTokens,
    KeptAnswers,
    Sessions,
    Invitations,
    AuditEvents,
}

impl Rows {
    async fn purge(self, unit: &mut dyn UnitOfWork, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        match self {
            Self::OneTimeTokens => unit.one_time_tokens().purge(before, limit).await,
            Self::KeptAnswers => unit.kept_answers().purge(before, limit).await,
            Self::Sessions => unit.sessions().purge(before, limit).await,
            Self::Invitations => unit.invitations().purge(before, limit).await,
            Self::AuditEvents => unit.audit().purge(before, limit).await,
        }
    }
}

fn is_due(user: &User, now: Timestamp) -> bool {
    [user.proof_due_at, user.deletes_at].into_iter().flatten().any(|due| due <= now)
}
