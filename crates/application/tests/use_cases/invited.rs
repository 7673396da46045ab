//! Sign-up with an invitation.

use doorward_application::{
    Actor,
    admin::{CreateAdminCommand, InviteCommand},
    auth::{RegisterCommand, RegisterError, Registered, SignedIn},
    ports::MessageKind,
};
use doorward_domain::Role;

use crate::world::{DAY, MINUTE, PASSWORD, World, jane};

async fn admin(world: &World) -> Actor {
    let command = CreateAdminCommand {
        email: "root@example.com".to_owned(),
        password: PASSWORD.into(),
        first_name: "Root".to_owned(),
        last_name: "Admin".to_owned(),
    };
    world.app.admin.create_admin.execute(command).await.unwrap();
    root(world).await
}

async fn invite(world: &World, role: &str) -> String {
    let actor = admin(world).await;
    let command = InviteCommand {
        email: "Jane@Example.com".to_owned(),
        role: role.to_owned(),
        company: (role == "EMPLOYER").then(|| "Tech Corp".to_owned()),
        locale: None,
    };
    world.app.admin.invite.execute(&actor, command).await.unwrap();
    world.link(MessageKind::Invitation)
}

fn accept(token: &str) -> RegisterCommand {
    RegisterCommand { invitation: Some(token.into()), ..jane("jane@example.com") }
}

async fn signed_up(world: &World, command: RegisterCommand) -> SignedIn {
    match world.register(command).await.unwrap() {
        Registered::SignedIn(signed_in) => *signed_in,
        _ => panic!("nobody is signed in"),
    }
}

#[tokio::test]
async fn an_invitation_gives_its_role_and_proves_the_address_once() {
    let world = World::new();
    let token = invite(&world, "ADMIN").await;
    let before = world.letters(MessageKind::VerifyEmail);
    let user = signed_up(&world, accept(&token)).await.user;
    assert_eq!((user.role, user.email_verified_at.is_some()), (Role::Admin, true));
    assert_eq!(world.letters(MessageKind::VerifyEmail), before, "there is nothing to prove");
    let again = RegisterCommand { email: "jane@example.com".to_owned(), ..accept(&token) };
    assert!(matches!(world.register(again).await, Err(RegisterError::InvalidInvitation)));
}

#[tokio::test]
async fn the_company_is_the_inviters_unless_another_is_named() {
    let world = World::new();
    let token = invite(&world, "EMPLOYER").await;
    let profile = signed_up(&world, accept(&token)).await.profile;
    assert_eq!(profile.company().unwrap().as_str(), "Tech Corp");
}

#[tokio::test]
async fn an_invitation_is_good_where_sign_up_is_closed_and_its_domain_is_not_listed() {
    let world = World::new();
    let token = invite(&world, "CANDIDATE").await;
    // The identifiers of the second begin again, at another time.
    world.advance(MINUTE);
    let closed = world.again_with(|settings| {
        settings.registration.enabled = false;
        settings.registration.allowed_domains = vec!["elsewhere.example".to_owned()];
        settings.registration.require_verified_email = true;
        settings.registration.reveal_existing_accounts = false;
    });
    assert!(matches!(closed.register(jane("john@elsewhere.example")).await, Err(RegisterError::Closed)));
    signed_up(&closed, accept(&token)).await;
}

#[tokio::test]
async fn another_role_or_address_than_the_invited_one_is_refused() {
    let world = World::new();
    let token = invite(&world, "CANDIDATE").await;
    let role = RegisterCommand { role: Some("ADMIN".to_owned()), ..accept(&token) };
    assert!(matches!(world.register(role).await, Err(RegisterError::RoleNotAllowed)));
    let address = RegisterCommand { email: "john@example.com".to_owned(), ..accept(&token) };
    assert!(matches!(world.register(address).await, Err(RegisterError::InvalidInvitation)));
    signed_up(&world, accept(&token)).await;
}

#[tokio::test]
async fn what_is_withdrawn_replaced_or_expired_is_no_invitation() {
    let world = World::new();
    let token = invite(&world, "CANDIDATE").await;
    let actor = root(&world).await;
    let id = world.store.invitations()[0].id;
    world.app.admin.withdraw_invitation.execute(&actor, id).await.unwrap();
    assert!(matches!(world.register(accept(&token)).await, Err(RegisterError::InvalidInvitation)));

    let world = World::new();
    let token = invite(&world, "CANDIDATE").await;
    world.advance(7 * DAY);
    assert!(matches!(world.register(accept(&token)).await, Err(RegisterError::InvalidInvitation)));
    assert!(matches!(world.register(accept("nonsense")).await, Err(RegisterError::InvalidInvitation)));
}

async fn root(world: &World) -> Actor {
    world.actor(&world.log_in("root@example.com", PASSWORD).await.unwrap().tokens).await
}

#[tokio::test]
async fn a_sign_up_by_invitation_is_written_whole_or_not_at_all() {
    for fault in 1.. {
        let world = World::new();
        let token = invite(&world, "EMPLOYER").await;
        world.store.fail_at(fault);
        if world.register(accept(&token)).await.is_ok() {
            assert!(fault > 5);
            break;
        }
        assert!(world.user("jane@example.com").is_none(), "write {fault}");
        signed_up(&world, accept(&token)).await;
    }
}

#[tokio::test]
async fn an_invitation_is_not_taken_away_by_whoever_signs_up_with_its_address() {
    let world = World::new();
    let token = invite(&world, "CANDIDATE").await;
    let squatter = world.sign_up("jane@example.com").await;
    let actor = world.actor(&squatter.tokens).await;
    assert!(world.app.account.export.execute(&actor).await.unwrap().invitations.is_empty());
    let invited = signed_up(&world, accept(&token)).await;
    assert!(!world.is_live(&squatter.tokens).await);
    assert_ne!(invited.user.id, squatter.user.id);
}

#[tokio::test]
async fn nobody_makes_administrators_who_is_none_any_more() {
    let world = World::new();
    let token = invite(&world, "ADMIN").await;
    let inviter = world.user("root@example.com").unwrap();
    world.edit(&inviter, |user| user.role = Role::Candidate).await;
    assert!(matches!(world.register(accept(&token)).await, Err(RegisterError::InvalidInvitation)));
}
