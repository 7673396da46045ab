//! What administrators do: users, invitations, signing keys, the audit log.

pub(crate) mod audit_events;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod users;

use doorward_application::admin::{AdminActError, AdminListError};

use crate::problem::{Code, Problem};

impl From<AdminListError> for Problem {
    fn from(error: AdminListError) -> Self {
        match error {
            AdminListError::Forbidden(_) => Code::Forbidden.into(),
            AdminListError::Invalid(errors) => errors.into(),
            AdminListError::Fault(fault) => fault.into(),
        }
    }
}

impl From<AdminActError> for Problem {
    fn from(error: AdminActError) -> Self {
        match error {
            AdminActError::Forbidden(_) => Code::Forbidden.into(),
            AdminActError::SessionEnded => Code::SessionEnded.into(),
            AdminActError::NotFound => Code::NotFound.into(),
            AdminActError::Fault(fault) => fault.into(),
        }
    }
}
