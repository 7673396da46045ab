//! A deployment with an administrator, and everything that one can do in it.

use doorward_application::{
    Actor, Ports, Settings,
    admin::{AuditQuery, CreateAdminCommand, CreateUserCommand, InviteCommand, NewRole, UpdateUserCommand, UserQuery},
    page::PageRequest,
    ports::{Access, Store as _, StoredSigningKey},
};
use doorward_domain::{
    InvitationId, Role, Timestamp, UserId,
    audit::{AuditEvent, AuditKind},
    invitation::Invitation,
    profile::{Profile, ProfileSeed},
    session::Session,
    user::User,
};
use doorward_testkit::memory_store::Counts;

use crate::world::{PASSWORD, World};

/// The key that signs in a new office.
pub(crate) const FIRST_KEY: &str = "key-1";

/// A world, and the administrator who is signed in to it.
pub(crate) struct Office {
    /// Boxed: it has every use case in it, and tests await many things that hold it.
    pub(crate) world: Box<World>,
    pub(crate) root: Actor,
}

impl Office {
    pub(crate) async fn new() -> Self {
        Self::with(|_, _| {}).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Ports, &mut Settings)) -> Self {
        let world = Box::new(World::with(change));
        world.app.operations.tend_keys.execute().await.unwrap();
        let root = Box::pin(another_admin(&world, "root@example.com")).await;
        Self { world, root }
    }

    /// Another administrator, who is signed in too.
    pub(crate) async fn admin(&self, email: &str) -> Actor {
        Box::pin(another_admin(&self.world, email)).await
    }

    /// A candidate, who is signed in.
    pub(crate) async fn candidate(&self, email: &str) -> Actor {
        let signed_in = Box::pin(self.world.sign_up(email)).await;
        self.world.actor(&signed_in.tokens).await
    }

    pub(crate) async fn invite(&self, email: &str, role: &str) -> Invitation {
        Box::pin(self.world.app.admin.invite.execute(&self.root, invitation(email, role))).await.unwrap()
    }

    /// The user as stored.
    pub(crate) fn user(&self, id: UserId) -> User {
        self.world.store.users().into_iter().find(|user| user.id == id).unwrap()
    }

    /// Every profile of the user, and since when it is archived, if it is.
    pub(crate) async fn profiles(&self, id: UserId) -> Vec<(Profile, Option<Timestamp>)> {
        self.world.store.begin(Access::Read).await.unwrap().profiles().list(id).await.unwrap()
    }

    /// The entries of this kind in the audit log.
    pub(crate) fn entries(&self, kind: AuditKind) -> Vec<AuditEvent> {
        self.world.store.audit_events().into_iter().filter(|event| event.kind == kind).collect()
    }

    /// The one entry of this kind, which must say that the administrator did it to this user.
    #[track_caller]
    pub(crate) fn the_entry(&self, kind: AuditKind, user_id: impl Into<Option<UserId>>) -> AuditEvent {
        let mut entries = self.entries(kind);
        assert_eq!(entries.len(), 1, "{entries:?}");
        let entry = entries.remove(0);
        assert_eq!((entry.actor_id, entry.user_id), (Some(self.root.user.id), user_id.into()));
        assert_eq!((entry.session_id, &entry.device), (Some(self.root.session.id), &self.root.device));
        entry
    }

    /// All that an act could have changed.
    pub(crate) fn state(&self) -> State {
        let store = &self.world.store;
        State {
            counts: store.counts(),
            users: store.users(),
            sessions: store.sessions(),
            invitations: store.invitations(),
            signing_keys: store.signing_keys(),
            audit_events: store.audit_events(),
        }
    }
}

#[derive(Debug, PartialEq)]
pub(crate) struct State {
    counts: Counts,
    users: Vec<User>,
    sessions: Vec<Session>,
    invitations: Vec<Invitation>,
    signing_keys: Vec<StoredSigningKey>,
    audit_events: Vec<AuditEvent>,
}

async fn another_admin(world: &World, email: &str) -> Actor {
    let command = CreateAdminCommand {
        email: email.to_owned(),
        password: PASSWORD.into(),
        first_name: "Root".to_owned(),
        last_name: "Admin".to_owned(),
    };
    world.app.admin.create_admin.execute(command).await.unwrap();
    let signed_in = world.log_in(email, PASSWORD).await.unwrap();
    world.actor(&signed_in.tokens).await
}

pub(crate) fn max(email: &str) -> CreateUserCommand {
    CreateUserCommand {
        email: email.to_owned(),
        first_name: "Max".to_owned(),
        last_name: "Moritz".to_owned(),
        username: None,
        role: "CANDIDATE".to_owned(),
        profile: ProfileSeed::default(),
        locale: None,
    }
}

pub(crate) fn invitation(email: &str, role: &str) -> InviteCommand {
    InviteCommand { email: email.to_owned(), role: role.to_owned(), company: None, locale: None }
}

/// The command that gives a user another role, and a company in case the role has one.
pub(crate) fn to_role(role: Role) -> UpdateUserCommand {
    let profile = ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: None };
    let role = Some(NewRole { name: role.as_str().to_owned(), profile });
    UpdateUserCommand { role, ..UpdateUserCommand::default() }
}

/// Everything that administrators can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    ListUsers,
    FindUser,
    CreateUser,
    RenameUser,
    Demote,
    Deactivate,
    Activate,
    Delete,
    StartReset,
    ListSessions,
    EndSessions,
    Invite,
    ListInvitations,
    WithdrawInvitation,
    ListAuditEvents,
    Overview,
    ListKeys,
    RotateKeys,
    RevokeKey,
}

impl Act {
    /// Those that change nothing.
    pub(crate) const READING: [Self; 7] = [
        Self::ListUsers,
        Self::FindUser,
        Self::ListSessions,
        Self::ListInvitations,
        Self::ListAuditEvents,
        Self::Overview,
        Self::ListKeys,
    ];
    /// Those that do.
    pub(crate) const WRITING: [Self; 12] = [
        Self::CreateUser,
        Self::RenameUser,
        Self::Demote,
        Self::Deactivate,
        Self::Activate,
        Self::Delete,
        Self::StartReset,
        Self::EndSessions,
        Self::Invite,
        Self::WithdrawInvitation,
        Self::RotateKeys,
        Self::RevokeKey,
    ];
    /// Those that can take an administrator away.
    pub(crate) const TAKING: [Self; 3] = [Self::Demote, Self::Deactivate, Self::Delete];
    /// Those upon one user.
    pub(crate) const UPON_A_USER: [Self; 9] = [
        Self::FindUser,
        Self::RenameUser,
        Self::Demote,
        Self::Deactivate,
        Self::Activate,
        Self::Delete,
        Self::StartReset,
        Self::ListSessions,
        Self::EndSessions,
    ];

    /// Does it, upon this user or this invitation; says why if not.
    pub(crate) async fn attempt(
        self,
        world: &World,
        actor: &Actor,
        user: UserId,
        invited: InvitationId,
    ) -> Result<(), String> {
        let admin = &world.app.admin;
        match self {
            Self::ListUsers => said(admin.list_users.execute(actor, UserQuery::default()).await),
            Self::FindUser => said(admin.find_user.execute(actor, user).await),
            Self::CreateUser => said(admin.create_user.execute(actor, max("max@example.com")).await),
            Self::RenameUser => {
                let first_name = Some("Renamed".to_owned());
                let command = UpdateUserCommand { first_name, ..UpdateUserCommand::default() };
                said(admin.update_user.execute(actor, user, command).await)
            }
            Self::Demote => said(admin.update_user.execute(actor, user, to_role(Role::Employer)).await),
            Self::Deactivate => said(admin.deactivate_user.execute(actor, user).await),
            Self::Activate => said(admin.activate_user.execute(actor, user).await),
            Self::Delete => said(admin.delete_user.execute(actor, user).await),
            Self::StartReset => said(admin.start_reset.execute(actor, user).await),
            Self::ListSessions => said(admin.user_sessions.list(actor, user).await),
            Self::EndSessions => said(admin.user_sessions.end_all(actor, user).await),
            Self::Invite => said(admin.invite.execute(actor, invitation("new@example.com", "ADMIN")).await),
            Self::ListInvitations => said(admin.list_invitations.execute(actor, PageRequest::default()).await),
            Self::WithdrawInvitation => said(admin.withdraw_invitation.execute(actor, invited).await),
            Self::Overview => said(admin.overview.execute(actor).await),
            Self::ListKeys => said(admin.list_keys.execute(actor).await),
            Self::RotateKeys => said(admin.rotate_keys.execute(actor).await),
            Self::RevokeKey => said(admin.revoke_key.execute(actor, FIRST_KEY).await),
            Self::ListAuditEvents => said(admin.list_audit_events.execute(actor, AuditQuery::default()).await),
        }
    }
}

/// What an act said about itself, whatever it returned.
pub(crate) fn said<T, E: ToString>(result: Result<T, E>) -> Result<(), String> {
    result.map(drop).map_err(|why| why.to_string())
}
