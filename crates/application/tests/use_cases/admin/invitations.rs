//! Invitations, from the side of those who invite.

use doorward_application::{
    admin::{AdminActError, InviteCommand, InviteError},
    page::PageRequest,
    ports::MessageKind,
};
use doorward_domain::{
    Rejection, Role,
    audit::AuditKind,
    invitation::{Invitation, InvitationState},
    token::OneTimeSecret,
};

use super::office::{Office, invitation};
use crate::world::{DAY, PASSWORD, jane};

async fn listed(office: &Office) -> Vec<(Invitation, InvitationState)> {
    office.world.app.admin.list_invitations.execute(&office.root, PageRequest::default()).await.unwrap().items
}

#[tokio::test]
async fn the_mail_holds_the_token_whose_digest_is_stored() {
    let office = Office::new().await;
    let command = InviteCommand {
        company: Some(" Tech Corp ".to_owned()),
        locale: Some("de".to_owned()),
        ..invitation("Guest@Example.com", "employer")
    };
    let invited = office.world.app.admin.invite.execute(&office.root, command).await.unwrap();
    assert_eq!((invited.role, invited.invited_by), (Role::Employer, office.root.user.id));
    assert_eq!(invited.expires_at, invited.created_at + 7 * DAY);
    assert_eq!(listed(&office).await, [(invited.clone(), InvitationState::Open)]);

    let letter = office.world.letter(MessageKind::Invitation);
    assert_eq!((letter.to.typed(), letter.locale.as_str(), letter.user_id), ("Guest@Example.com", "de", None));
    assert_eq!((letter.facts.role, letter.facts.company.as_deref()), (Some(Role::Employer), Some("Tech Corp")));
    assert_eq!(letter.facts.expires_at, Some(invited.expires_at));
    let secret = OneTimeSecret::parse(&office.world.link(MessageKind::Invitation)).unwrap();
    assert!(secret.digest() == invited.digest);
    let entry = office.the_entry(AuditKind::InvitationCreated, None);
    assert_eq!(entry.detail.as_deref(), Some("EMPLOYER"));
}

#[tokio::test]
async fn an_invitation_makes_an_administrator_and_works_once() {
    let office = Office::new().await;
    office.invite("guest@example.com", "ADMIN").await;
    let mut command = jane("guest@example.com");
    command.invitation = Some(office.world.link(MessageKind::Invitation).as_str().into());
    office.world.register(command).await.unwrap();
    let guest = office.world.log_in("guest@example.com", PASSWORD).await.unwrap().user;
    assert_eq!((guest.role, guest.email_verified_at.is_some()), (Role::Admin, true));
    let [(invited, InvitationState::Accepted)] = &listed(&office).await[..] else { panic!("it is not accepted") };
    let withdrawn = office.world.app.admin.withdraw_invitation.execute(&office.root, invited.id).await;
    assert!(matches!(withdrawn, Err(AdminActError::NotFound)));
}

#[tokio::test]
async fn only_the_newest_invitation_of_an_address_works() {
    let office = Office::new().await;
    let other = office.invite("other@example.com", "CANDIDATE").await;
    let first = office.invite("guest@example.com", "CANDIDATE").await;
    let second = office.invite("GUEST@example.com", "EMPLOYER").await;
    let states: Vec<_> = listed(&office).await.iter().map(|(invited, state)| (invited.id, *state)).collect();
    let expected =
        [(second.id, InvitationState::Open), (first.id, InvitationState::Withdrawn), (other.id, InvitationState::Open)];
    assert_eq!(states, expected);
}

#[tokio::test]
async fn every_invitation_is_seen_exactly_once_the_latest_first() {
    let office = Office::new().await;
    let mut invited = Vec::new();
    for n in 0..5 {
        invited.insert(0, office.invite(&format!("guest{n}@example.com"), "CANDIDATE").await.id);
    }
    let (mut seen, mut page) = (Vec::new(), PageRequest { cursor: None, limit: Some(2) });
    loop {
        let found = office.world.app.admin.list_invitations.execute(&office.root, page.clone()).await.unwrap();
        seen.extend(found.items.iter().map(|(invitation, _)| invitation.id));
        page.cursor = found.next;
        if page.cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, invited);
}

#[tokio::test]
async fn an_address_that_has_an_account_is_not_invited() {
    let office = Office::new().await;
    office.candidate("jane@example.com").await;
    let before = office.state();
    let command = invitation("JANE@example.com", "ADMIN");
    let refused = office.world.app.admin.invite.execute(&office.root, command).await;
    assert!(matches!(refused, Err(InviteError::UserAlreadyExists)));
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn a_company_is_named_for_a_role_that_has_one_and_for_no_other() {
    let office = Office::new().await;
    for (role, company, accepted) in [
        ("EMPLOYER", Some("Tech Corp"), true),
        ("EMPLOYER", None, true),
        ("CANDIDATE", None, true),
        ("CANDIDATE", Some(" "), true),
        ("CANDIDATE", Some("Tech Corp"), false),
        ("ADMIN", Some("Tech Corp"), false),
        ("EMPLOYER", Some("a\nb"), false),
    ] {
        let company = company.map(ToOwned::to_owned);
        let command = InviteCommand { company, ..invitation("guest@example.com", role) };
        match office.world.app.admin.invite.execute(&office.root, command).await {
            Ok(_) => assert!(accepted, "{role}"),
            Err(InviteError::Invalid(errors)) => {
                assert!(!accepted, "{role}");
                assert_eq!(errors.0.iter().map(|error| error.field).collect::<Vec<_>>(), ["company"]);
            }
            Err(other) => panic!("{other}"),
        }
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let office = Office::new().await;
    let command = InviteCommand {
        company: Some("a\nb".to_owned()),
        locale: Some("..".to_owned()),
        ..invitation("guest", "CHIEF")
    };
    let Err(InviteError::Invalid(errors)) = office.world.app.admin.invite.execute(&office.root, command).await else {
        panic!("it was not refused")
    };
    let fields: Vec<_> = errors.0.iter().map(|error| error.field).collect();
    assert_eq!(fields, ["email", "role", "company", "locale"]);
    assert_eq!(errors.0[2].rejection, Rejection::ControlCharacter);
    assert!(office.world.store.invitations().is_empty() && office.world.store.messages().is_empty());
}

#[tokio::test]
async fn a_withdrawn_invitation_cannot_be_accepted_nor_withdrawn_again() {
    let office = Office::new().await;
    let invited = office.invite("guest@example.com", "CANDIDATE").await;
    let withdraw = async || office.world.app.admin.withdraw_invitation.execute(&office.root, invited.id).await;
    withdraw().await.unwrap();
    let mut command = jane("guest@example.com");
    command.invitation = Some(office.world.link(MessageKind::Invitation).as_str().into());
    assert!(office.world.register(command).await.is_err());
    assert!(matches!(withdraw().await, Err(AdminActError::NotFound)));
    office.the_entry(AuditKind::InvitationWithdrawn, None);
}

#[tokio::test]
async fn an_invitation_whose_time_is_over_is_not_there_to_withdraw() {
    let office = Office::new().await;
    let invited = office.invite("guest@example.com", "CANDIDATE").await;
    office.world.advance(7 * DAY);
    let root = office.world.log_in("root@example.com", PASSWORD).await.unwrap();
    let root = office.world.actor(&root.tokens).await;
    let admin = &office.world.app.admin;
    let listed = admin.list_invitations.execute(&root, PageRequest::default()).await.unwrap().items;
    assert_eq!(listed[0].1, InvitationState::Expired);
    let withdrawn = admin.withdraw_invitation.execute(&root, invited.id).await;
    assert!(matches!(withdrawn, Err(AdminActError::NotFound)));
}
