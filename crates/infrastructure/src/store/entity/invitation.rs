//! Rows of `invitations`.

use doorward_application::ports::StoreError;
use doorward_domain::{
    InvitationId, Role, UserId,
    invitation::{Invitation, InvitationEnd},
    text::Line,
    user::EmailAddress,
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::Row;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invitations")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub email: String,
    pub email_canonical: String,
    pub role: String,
    pub company: Option<String>,
    pub invited_by: Uuid,
    pub digest: Vec<u8>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub accepted_at: Option<DateTimeUtc>,
    pub accepted_by: Option<Uuid>,
    pub withdrawn_at: Option<DateTimeUtc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TryFrom<Model> for Invitation {
    type Error = StoreError;

    fn try_from(model: Model) -> Result<Self, StoreError> {
        let row = Row { table: "invitations", id: &model.id };
        let closed = match (model.accepted_at, model.accepted_by, model.withdrawn_at) {
            (None, None, None) => None,
            (Some(at), Some(by), None) => Some(InvitationEnd::Accepted { at, by: UserId::new(by) }),
            (None, None, Some(at)) => Some(InvitationEnd::Withdrawn { at }),
            _ => return row.read("accepted_at", Err("accepted by someone at a moment, or withdrawn, or neither")),
        };
        Ok(Self {
            id: InvitationId::new(model.id),
            email: row.read("email", EmailAddress::parse(&model.email))?,
            role: row.read_name("role", &model.role, Role::ALL, Role::as_str)?,
            company: row.read_optional("company", model.company.as_deref(), Line::parse)?,
            invited_by: UserId::new(model.invited_by),
            digest: row.read_digest("digest", &model.digest)?,
            created_at: model.created_at,
            expires_at: model.expires_at,
            closed,
        })
    }
}

impl From<&Invitation> for ActiveModel {
    fn from(invitation: &Invitation) -> Self {
        let (accepted, withdrawn_at) = match invitation.closed {
            None => (None, None),
            Some(InvitationEnd::Accepted { at, by }) => (Some((at, by)), None),
            Some(InvitationEnd::Withdrawn { at }) => (None, Some(at)),
        };
        Self {
            id: Set(invitation.id.uuid()),
            email: Set(invitation.email.typed().to_owned()),
            email_canonical: Set(invitation.email.canonical().to_owned()),
            role: Set(invitation.role.as_str().to_owned()),
            company: Set(invitation.company.as_ref().map(|company| company.as_str().to_owned())),
            invited_by: Set(invitation.invited_by.uuid()),
            digest: Set(invitation.digest.as_bytes().to_vec()),
            created_at: Set(invitation.created_at),
            expires_at: Set(invitation.expires_at),
            accepted_at: Set(accepted.map(|(at, _)| at)),
            accepted_by: Set(accepted.map(|(_, by)| by.uuid())),
            withdrawn_at: Set(withdrawn_at),
        }
    }
}

#[cfg(test)]
mod tests {
    use doorward_domain::invitation::Invitation;
    use doorward_testkit::builders::{invitation, noon};
    use sea_orm::TryIntoModel as _;

    use super::{ActiveModel, Model, Uuid};

    #[test]
    fn an_invitation_is_closed_in_one_way_or_none() {
        let open: Model = ActiveModel::from(&invitation(1)).try_into_model().unwrap();
        assert_eq!(Invitation::try_from(open.clone()).unwrap(), invitation(1));
        let accepted = Model { accepted_at: Some(noon()), accepted_by: Some(Uuid::nil()), ..open.clone() };
        assert!(Invitation::try_from(accepted.clone()).is_ok());
        for broken in [
            Model { accepted_at: Some(noon()), ..open.clone() },
            Model { accepted_by: Some(Uuid::nil()), ..open },
            Model { withdrawn_at: Some(noon()), ..accepted },
        ] {
            let error = Invitation::try_from(broken).unwrap_err().to_string();
            assert!(error.contains("table invitations, column accepted_at"), "{error}");
        }
    }
}
