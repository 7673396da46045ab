//! The audit log in the store.

use async_trait::async_trait;
use doorward_domain::{
    AuditEventId, Timestamp, UserId,
    audit::{AuditEvent, AuditKind},
};

use super::StoreError;

/// The audit log, written in the same unit as what it tells of.
///
/// - An entry MUST never change, but for its device, which [`forget_devices`](Self::forget_devices) takes away.
/// - An entry MUST outlive the users whom it names.
/// - What is read MUST equal what was written.
/// - A tally MUST go by when an entry says that it happened, to the microsecond, whatever its id.
#[async_trait]
pub trait AuditRepository: Send {
    /// Adds an entry.
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError>;

    /// A page of the entries that match, the latest first.
    async fn list(
        &mut self,
        filter: AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError>;

    /// A page of all entries, the oldest first.
    async fn export(&mut self, after: Option<AuditEventId>, limit: u32) -> Result<Vec<AuditEvent>, StoreError>;

    /// How many entries of these kinds there are in each interval from one of the moments to the next. What happened at
    /// the moment between two intervals belongs to the one that ends with it. The moments come in their order,
    /// and a hundred of them at the most.
    async fn tally(&mut self, kinds: &[AuditKind], moments: &[Timestamp]) -> Result<Vec<u64>, StoreError>;

    /// Takes the devices out of all entries about or by this user.
    async fn forget_devices(&mut self, user_id: UserId) -> Result<(), StoreError>;

    /// Forgets at most `limit` entries from before this moment. Says how many.
    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError>;
}

/// Which entries to list. Every filter narrows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AuditFilter {
    /// Those about or by this user.
    pub user_id: Option<UserId>,
    /// Those of this kind.
    pub kind: Option<AuditKind>,
}
