//! The audit log, as administrators read it.

use doorward_domain::{
    AuditEventId, Rejection, UserId,
    audit::{AuditEvent, AuditKind},
};

use super::AdminListError;
use crate::{
    Actor, FieldErrors, Ports,
    page::{Cursors, Page, PageRequest, Place},
    ports::{Access, AuditFilter},
};

/// Which entries are wanted. Every filter narrows; what is absent filters nothing.
#[derive(Clone, Debug, Default)]
pub struct AuditQuery {
    /// Those about or by this user, who need not be there any more.
    pub user: Option<UserId>,
    /// Those of this kind, by name.
    pub kind: Option<String>,
    /// The page.
    pub page: PageRequest,
}

/// Shows the audit log, the latest entry first. To read it leaves no entry.
pub struct ListAuditEvents {
    ports: Ports,
    cursors: Cursors,
}

impl ListAuditEvents {
    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), cursors: Cursors::new(ports) }
    }

    /// A page of the entries that match.
    pub async fn execute(&self, actor: &Actor, query: AuditQuery) -> Result<Page<AuditEvent>, AdminListError> {
        actor.require_admin()?;
        let (filter, list, place) = self.read(&query).map_err(AdminListError::Invalid)?;
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let events = unit.audit().list(filter, place.after.map(AuditEventId::new), place.limit + 1).await?;
        Ok(self.cursors.page(events, place, &list, |event| event.id.uuid()))
    }

    /// The filter, the name of the list that it makes, and the place in it.
    fn read(&self, query: &AuditQuery) -> Result<(AuditFilter, String, Place), FieldErrors> {
        const EXPECTED: Rejection = Rejection::Malformed { expected: "a type of entry, such as signed_in" };
        let mut errors = FieldErrors::default();
        let kind = errors.keep_optional("type", query.kind.as_deref(), |name| {
            AuditKind::ALL.into_iter().find(|kind| kind.as_str() == name).ok_or(EXPECTED)
        });
        let filter = AuditFilter { user_id: query.user, kind: kind.flatten() };
        // Every filter stands in it, one that is added later too.
        let list = format!("audit events {filter:?}");
        let place = self.cursors.read(&query.page, &list).map_err(|refused| errors.0.extend(refused.0)).ok();
        place.filter(|_| errors.is_empty()).map(|place| (filter, list, place)).ok_or(errors)
    }
}
