//! What administrators and operators do.

mod activate_user;
mod authority;
mod create_admin;
mod create_user;
mod deactivate_user;
mod delete_user;
mod export_audit;
mod find_user;
mod invite;
mod list_audit_events;
mod list_invitations;
mod list_keys;
mod list_users;
mod overview;
mod revoke_key;
mod rotate_keys;
mod start_reset;
mod update_user;
mod user_changes;
mod user_sessions;
mod withdraw_invitation;

use std::sync::Arc;

pub use activate_user::ActivateUser;
use authority::{AuthorityError, authority_of};
pub use create_admin::{CreateAdmin, CreateAdminCommand, CreateAdminError};
pub use create_user::{CreateUser, CreateUserCommand, CreateUserError};
pub use deactivate_user::{DeactivateUser, DeactivateUserError};
pub use delete_user::{DeleteUser, DeleteUserError};
pub use export_audit::ExportAudit;
pub use find_user::FindUser;
pub use invite::{Invite, InviteCommand, InviteError};
pub use list_audit_events::{AuditQuery, ListAuditEvents};
pub use list_invitations::ListInvitations;
pub use list_keys::{ListKeys, ListedKey};
pub use list_users::{ListUsers, UserQuery};
pub use overview::{Activity, Hourly, Overview, OverviewError};
pub use revoke_key::RevokeKey;
pub use rotate_keys::{NextKey, RotateKeys, RotateKeysError};
pub use start_reset::StartReset;
use thiserror::Error;
pub use update_user::{NewRole, UpdateUser, UpdateUserCommand, UpdateUserError};
pub use user_sessions::UserSessions;
pub use withdraw_invitation::WithdrawInvitation;

use crate::{Fault, FieldErrors, Forbidden, Ports, Settings, fault::faults_of, operations::TendKeys};

/// Why an administrator got no list.
#[derive(Debug, Error)]
pub enum AdminListError {
    /// The actor is no administrator.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// Filters, limit or cursor were refused.
    #[error(transparent)]
    Invalid(FieldErrors),
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

/// Why an administrator's act upon one user or one invitation was not done.
#[derive(Debug, Error)]
pub enum AdminActError {
    /// The actor is no administrator, or no longer.
    #[error(transparent)]
    Forbidden(#[from] Forbidden),
    /// The session ended while the request was on its way.
    #[error("the session has ended")]
    SessionEnded,
    /// There is no such user; no such invitation, or it is no longer open; no such key, or it is gone.
    #[error("not found")]
    NotFound,
    /// A port failed.
    #[error(transparent)]
    Fault(Fault),
}

faults_of!(AdminListError, AdminActError);
authority_of!(AdminActError);

/// The use cases of administration.
pub struct Admin {
    /// Makes an administrator, from the command line.
    pub create_admin: CreateAdmin,
    /// Lists users.
    pub list_users: ListUsers,
    /// Shows a user.
    pub find_user: FindUser,
    /// Makes an account for someone.
    pub create_user: CreateUser,
    /// Changes a user's names, profile or role.
    pub update_user: UpdateUser,
    /// Keeps a user from signing in.
    pub deactivate_user: DeactivateUser,
    /// Lets a user sign in again.
    pub activate_user: ActivateUser,
    /// Ends an account.
    pub delete_user: DeleteUser,
    /// Sends a user the link to a new password.
    pub start_reset: StartReset,
    /// Shows and ends a user's sessions.
    pub user_sessions: UserSessions,
    /// Lets someone sign up for a role.
    pub invite: Invite,
    /// Lists invitations.
    pub list_invitations: ListInvitations,
    /// Takes an invitation back.
    pub withdraw_invitation: WithdrawInvitation,
    /// Lists the signing keys.
    pub list_keys: ListKeys,
    /// Publishes the next signing key.
    pub rotate_keys: RotateKeys,
    /// Revokes a signing key.
    pub revoke_key: RevokeKey,
    /// Shows what happened over the last day.
    pub overview: Overview,
    /// Shows the audit log.
    pub list_audit_events: ListAuditEvents,
    /// Hands the audit log over, from the command line.
    pub export_audit: ExportAudit,
}

impl Admin {
    pub(crate) fn new(ports: &Ports, settings: &Settings, keys: &Arc<TendKeys>) -> Self {
        Self {
            create_admin: CreateAdmin::new(ports, settings),
            list_users: ListUsers::new(ports),
            find_user: FindUser::new(ports),
            create_user: CreateUser::new(ports, settings),
            update_user: UpdateUser::new(ports),
            deactivate_user: DeactivateUser::new(ports),
            activate_user: ActivateUser::new(ports),
            delete_user: DeleteUser::new(ports),
            start_reset: StartReset::new(ports),
            user_sessions: UserSessions::new(ports),
            invite: Invite::new(ports, settings),
            list_invitations: ListInvitations::new(ports),
            withdraw_invitation: WithdrawInvitation::new(ports),
            list_keys: ListKeys::new(ports, settings),
            rotate_keys: RotateKeys::new(ports, settings, keys),
            revoke_key: RevokeKey::new(ports, settings, keys),
            overview: Overview::new(ports),
            list_audit_events: ListAuditEvents::new(ports),
            export_audit: ExportAudit::new(ports),
        }
    }
}
