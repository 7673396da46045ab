//! The audit log.

use async_trait::async_trait;
use doorward_application::ports::{AuditFilter, AuditRepository, StoreError};
use doorward_domain::{
    AuditEventId, Timestamp, UserId,
    audit::{AuditEvent, AuditKind},
    session::Device,
};

use super::{count, unit_of_work::MemoryUnitOfWork};

/// Whether it is about the user, or by the user.
fn names(event: &AuditEvent, user_id: UserId) -> bool {
    [event.user_id, event.actor_id].contains(&Some(user_id))
}

#[async_trait]
impl AuditRepository for MemoryUnitOfWork {
    async fn record(&mut self, event: &AuditEvent) -> Result<(), StoreError> {
        match self.write()?.audit_events.insert(event.id, event.clone()) {
            Some(_) => Err(StoreError::new("the entry's id is taken")),
            None => Ok(()),
        }
    }

    async fn list(
        &mut self,
        filter: AuditFilter,
        after: Option<AuditEventId>,
        limit: u32,
    ) -> Result<Vec<AuditEvent>, StoreError> {
        let matches = |event: &&AuditEvent| {
            after.is_none_or(|after| event.id < after)
                && filter.user_id.is_none_or(|user_id| names(event, user_id))
                && filter.kind.is_none_or(|kind| event.kind == kind)
        };
        let page = self.read().audit_events.values().rev().filter(matches);
        Ok(page.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn export(&mut self, after: Option<AuditEventId>, limit: u32) -> Result<Vec<AuditEvent>, StoreError> {
        let page = self.read().audit_events.values().filter(|event| after.is_none_or(|after| event.id > after));
        Ok(page.take(usize::try_from(limit).unwrap_or(usize::MAX)).cloned().collect())
    }

    async fn tally(&mut self, kinds: &[AuditKind], moments: &[Timestamp]) -> Result<Vec<u64>, StoreError> {
        let intervals = moments.iter().zip(moments.iter().skip(1));
        let within = |from, to| {
            let is = |event: &&AuditEvent| kinds.contains(&event.kind) && event.at > from && event.at <= to;
            count(self.read().audit_events.values().filter(is))
        };
        Ok(intervals.map(|(&from, &to)| within(from, to)).collect())
    }

    async fn forget_devices(&mut self, user_id: UserId) -> Result<(), StoreError> {
        for event in self.write()?.audit_events.values_mut().filter(|event| names(event, user_id)) {
            event.device = Device::default();
        }
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let old = self.write()?.audit_events.extract_if(.., |_, event| event.at < before);
        Ok(count(old.take(usize::try_from(limit).unwrap_or(usize::MAX))))
    }
}
