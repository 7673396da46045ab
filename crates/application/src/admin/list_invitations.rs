//! The list of invitations.

use doorward_domain::{
    InvitationId,
    invitation::{Invitation, InvitationState},
};

use super::AdminListError;
use crate::{
    Actor, Ports,
    page::{Cursors, Page, PageRequest},
    ports::Access,
};

/// Lists invitations, the latest first, those too of which something has become.
pub struct ListInvitations {
    ports: Ports,
    cursors: Cursors,
}

impl ListInvitations {
    const LIST: &str = "invitations";

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), cursors: Cursors::new(ports) }
    }

    /// A page of them, each with what it is now.
    pub async fn execute(
        &self,
        actor: &Actor,
        page: PageRequest,
    ) -> Result<Page<(Invitation, InvitationState)>, AdminListError> {
        actor.require_admin()?;
        let place = self.cursors.read(&page, Self::LIST).map_err(AdminListError::Invalid)?;
        let now = self.ports.clock.now();
        let mut unit = self.ports.store.begin(Access::Read).await?;
        let invitations = unit.invitations().list(place.after.map(InvitationId::new), place.limit + 1).await?;
        let invitations = invitations.into_iter().map(|invitation| {
            let state = invitation.state(now);
            (invitation, state)
        });
        Ok(self.cursors.page(invitations.collect(), place, Self::LIST, |(invitation, _)| invitation.id.uuid()))
    }
}
