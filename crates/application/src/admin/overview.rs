//! The last day in numbers.

use std::time::Duration;

use doorward_domain::{Timestamp, audit::AuditKind};
use thiserror::Error;

use crate::{Actor, Fault, Forbidden, Ports, fault::faults_of, ports::Access};

/// Why an administrator got no overview.
#[derive(Debug, Error)]
pub enum OverviewError {
    /// The actor is no administrator.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(OverviewError);

/// What happened over the last day, as the audit log has it.
///
/// The hours are not those of a clock on the wall: the last one ends now and is as long as the others, so that no
/// column of a chart is low only because its hour has just begun, and all of them together are the last 24 hours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Activity {
    /// When the last hour ends.
    pub until: Timestamp,
    /// Passwords that opened a session. Whoever signs up is not among them, though a session may begin with it.
    pub sign_ins: Hourly,
    /// Sign-ins that were refused.
    pub failures: Hourly,
    /// Accounts that were signed up for, made by an administrator, or imported.
    pub new_people: Hourly,
}

/// A number for each hour of a day, the oldest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hourly(pub [u64; Self::HOURS]);

impl Hourly {
    /// How many hours there are.
    pub const HOURS: usize = 24;

    /// The number for the whole day.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.0.iter().sum()
    }
}

/// Shows what happened over the last day. To read it leaves no entry.
pub struct Overview {
    ports: Ports,
}

impl Overview {
    const NEW_PEOPLE: [AuditKind; 2] = [AuditKind::SignedUp, AuditKind::UserCreated];

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone() }
    }

    /// The 24 hours up to now.
    pub async fn execute(&self, actor: &Actor) -> Result<Activity, OverviewError> {
        actor.require_admin()?;
        let until = self.ports.clock.now();
        let hours = (0..=Hourly::HOURS as u64).rev();
        let moments: Vec<_> = hours.map(|ago| until - Duration::from_hours(ago)).collect();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let mut tally = async |kinds: &[AuditKind]| {
            let counts = unit.audit().tally(kinds, &moments).await?;
            let counts = counts.try_into().map_err(|_| Fault::Inconsistent("a tally does not have its intervals"))?;
            Ok::<_, OverviewError>(Hourly(counts))
        };
        Ok(Activity {
            until,
            sign_ins: tally(&[AuditKind::SignedIn]).await?,
            failures: tally(&[AuditKind::SignInFailed]).await?,
            new_people: tally(&Self::NEW_PEOPLE).await?,
        })
    }
}
