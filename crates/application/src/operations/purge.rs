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

/// Forgets what is over: accounts that were to go, sessions, one-time tokens, invitations, kept answers, entries of the
/// revocation log that no longer matter to anyone, counters of attempts, and entries of the audit log that are older than they are to be kept.
/// Any number of nodes may do it at once.
pub struct Purge {
    ports: Ports,
    removal: Removal,
    keeping: KeepingRules,
    revocation_retention: Duration,
}

/// How many rows were forgotten.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Accounts.
    pub accounts: u64,
    /// Rows of everything else.
    pub rows: u64,
    /// For how long rows were forgotten without a pause at the most: where one unit writes at a time, others who want to
    /// waited for it.
    pub longest: Duration,
}

impl Purge {
    /// How often it is to be done.
    pub const INTERVAL: Duration = Duration::from_mins(10);

    /// How many accounts are looked up at a time.
    const ACCOUNTS: u32 = 200;

    /// How long sessions and invitations are remembered after their end: for the list of devices that a user knows,
    /// for exports, and for whoever looks into what happened.
    const REMEMBERED: Duration = Duration::from_hours(90 * 24);

    pub(super) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self {
            ports: ports.clone(),
            removal: Removal::new(ports),
            keeping: settings.keeping,
            // Of all alike: that of keys, which is never shorter, is seldom longer.
            revocation_retention: settings.key_revocation_retention(),
        }
    }

    /// Forgets everything that is over now. Fails on a node that is not ready: by a wrong clock, things are over too soon.
    pub async fn execute(&self) -> Result<Purged, Fault> {
        self.ports.store.check().await?;
        let now = self.ports.clock.now();
        let mut purged = Purged::default();
        let remembered = now - Self::REMEMBERED;
        let kept = self.keeping.audit_retention.map(|retention| (Rows::Of(Table::AuditEvents), now - retention));
        let rows = [
            (Rows::Of(Table::OneTimeTokens), now),
            (Rows::Of(Table::KeptAnswers), now),
            (Rows::Of(Table::Sessions), remembered),
            (Rows::Of(Table::Invitations), remembered),
            (Rows::Of(Table::Revocations), now - self.revocation_retention),
            (Rows::Attempts, now),
        ];
        for (rows, before) in rows.into_iter().chain(kept) {
            self.rows(rows, before, &mut purged).await?;
        }
        // Last, because one account that cannot be removed holds up those after it.
        purged.accounts = self.accounts(now).await?;
        Ok(purged)
    }

    /// Removes the accounts that are to go, each in a unit of its own.
    async fn accounts(&self, now: Timestamp) -> Result<u64, Fault> {
        let mut gone = 0;
        loop {
            let due = self.ports.store.begin(Access::Read).await?.users().due_to_go(now, Self::ACCOUNTS).await?;
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

    fn since(&self, begun: Timestamp) -> Duration {
        (self.ports.clock.now() - begun).to_std().unwrap_or_default()
    }

    /// Forgets rows that were over at this moment, a batch a unit, until none is left.
    async fn rows(&self, rows: Rows, before: Timestamp, purged: &mut Purged) -> Result<(), Fault> {
        let mut batch = Batch::FIRST;
        loop {
            let (count, took) = match rows {
                Rows::Attempts => {
                    let begun = self.ports.clock.now();
                    (self.ports.attempts.purge(before, batch.rows).await?, self.since(begun))
                }
                Rows::Of(table) => {
                    let mut unit = self.ports.store.begin(Access::Write).await?;
                    let begun = self.ports.clock.now();
                    let count = table.purge(unit.as_mut(), before, batch.rows).await?;
                    unit.commit().await?;
                    (count, self.since(begun))
                }
            };
            purged.rows += count;
            purged.longest = purged.longest.max(took);
            if count < u64::from(batch.rows) {
                return Ok(());
            }
            tokio::time::sleep(Batch::pause_after(took)).await;
            batch = batch.after(took);
        }
    }
}

/// How many rows a unit forgets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Batch {
    rows: u32,
}

impl Batch {
    /// The first one, on a machine of which nothing is known yet.
    const FIRST: Self = Self { rows: 50 };
    const FEWEST: u32 = 10;
    const MOST: u32 = 1_000;

    /// How long a unit is to take. Some take several times as long, because what they have written is just then moved
    /// from the log into the file; nobody is to wait for longer than 50 ms.
    const AIM: Duration = Duration::from_millis(8);

    /// The longest pause, should the clock be set forward meanwhile.
    const LONGEST_PAUSE: Duration = Duration::from_secs(1);

    /// For how long nothing is forgotten after a unit that took so long. Another process cannot queue for SQLite, it
    /// tries again after a while: so most of the time must be its.
    fn pause_after(took: Duration) -> Duration {
        (took * 2).min(Self::LONGEST_PAUSE)
    }

    /// The next one, after one that took so long.
    fn after(self, took: Duration) -> Self {
        let rows = u128::from(self.rows);
        let fitting = rows * Self::AIM.as_micros() / took.as_micros().max(1);
        // By steps: one that took long says little of the next.
        let rows = u32::try_from(fitting.clamp(rows / 2, rows * 2)).unwrap_or(Self::MOST);
        Self { rows: rows.clamp(Self::FEWEST, Self::MOST) }
    }
}

/// What is over by itself.
#[derive(Clone, Copy)]
enum Rows {
    /// Rows of the store.
    Of(Table),
    /// Counters of attempts.
    Attempts,
}

#[derive(Clone, Copy)]
enum Table {
    OneTimeTokens,
    KeptAnswers,
    Sessions,
    Invitations,
    Revocations,
    AuditEvents,
}

impl Table {
    async fn purge(self, unit: &mut dyn UnitOfWork, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        match self {
            Self::OneTimeTokens => unit.one_time_tokens().purge(before, limit).await,
            Self::KeptAnswers => unit.kept_answers().purge(before, limit).await,
            Self::Sessions => unit.sessions().purge(before, limit).await,
            Self::Invitations => unit.invitations().purge(before, limit).await,
            Self::Revocations => unit.revocations().purge(before, limit).await,
            Self::AuditEvents => unit.audit().purge(before, limit).await,
        }
    }
}

fn is_due(user: &User, now: Timestamp) -> bool {
    [user.proof_due_at, user.deletes_at].into_iter().flatten().any(|due| due <= now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::Batch;

    fn after_units_of(each: Duration, count: usize) -> Batch {
        (0..count).fold(Batch::FIRST, |batch, _| batch.after(each))
    }

    #[test]
    fn a_batch_shrinks_where_rows_are_slow_and_grows_where_they_are_fast() {
        assert_eq!(after_units_of(Duration::from_secs(1), 9).rows, Batch::FEWEST);
        assert_eq!(after_units_of(Duration::ZERO, 9).rows, Batch::MOST);
    }

    #[test]
    fn batches_come_to_take_as_long_as_they_are_to() {
        for micros_a_row in [20, 50, 200, 700] {
            let takes = |batch: Batch| Duration::from_micros(micros_a_row) * batch.rows;
            let batch = (0..9).fold(Batch::FIRST, |batch, _| batch.after(takes(batch)));
            assert!(takes(batch) <= Batch::AIM && takes(batch) * 10 >= Batch::AIM * 9, "{batch:?}");
        }
    }

    #[test]
    fn one_slow_unit_does_not_make_the_next_ones_tiny() {
        assert_eq!(Batch { rows: 400 }.after(Duration::from_secs(1)).rows, 200);
    }

    #[test]
    fn others_have_twice_as_long_unless_the_clock_was_set() {
        let pause = |millis| Batch::pause_after(Duration::from_millis(millis));
        assert_eq!(pause(8), Duration::from_millis(16));
        assert_eq!(pause(3_600_000), Batch::LONGEST_PAUSE);
    }
}
