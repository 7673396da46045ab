//! Accounts that administrators make.

use doorward_application::{
    admin::{CreateUserCommand, CreateUserError},
    auth::LogInError,
    ports::MessageKind,
};
use doorward_domain::{Role, audit::AuditKind, profile::ProfileSeed};

use super::office::{Office, max};
use crate::world::{DAY, PASSWORD, laptop};

#[tokio::test]
async fn the_owner_chooses_the_first_password_and_proves_the_address_by_it() {
    let office = Office::new().await;
    let command = CreateUserCommand { locale: Some("de".to_owned()), ..max("Max@example.com") };
    let (user, profile) = office.world.app.admin.create_user.execute(&office.root, command).await.unwrap();
    assert_eq!((user.role, profile.role()), (Role::Candidate, Role::Candidate));
    assert_eq!((user.email_verified_at, user.proof_due_at, user.last_login_at), (None, None, None));
    let refused = office.world.log_in("max@example.com", PASSWORD).await;
    assert!(matches!(refused, Err(LogInError::InvalidCredentials)));

    let letter = office.world.letter(MessageKind::AccountCreated);
    assert_eq!((letter.to.typed(), letter.locale.as_str()), ("Max@example.com", "de"));
    assert_eq!((letter.user_id, letter.name.as_deref()), (Some(user.id), Some("Max Moritz")));
    assert_eq!(letter.facts.expires_at, Some(letter.created_at + DAY));
    assert_eq!(office.world.letters(MessageKind::VerifyEmail), 0);
    let token = office.world.link(MessageKind::AccountCreated);
    office.world.app.account.reset_password.execute(&token, &PASSWORD.into(), laptop()).await.unwrap();
    let signed_in = office.world.log_in("max@example.com", PASSWORD).await.unwrap();
    assert!(signed_in.user.email_verified_at.is_some());
}

#[tokio::test]
async fn the_log_says_who_made_an_account_of_which_role() {
    let office = Office::new().await;
    let profile = ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: None };
    let command = CreateUserCommand { role: "employer".to_owned(), profile, ..max("max@example.com") };
    let (user, profile) = office.world.app.admin.create_user.execute(&office.root, command).await.unwrap();
    assert_eq!(profile.company().unwrap().as_str(), "Tech Corp");
    let entries = office.entries(AuditKind::UserCreated);
    let [by_command_line, by_root] = entries.as_slice() else { panic!("{entries:?}") };
    assert_eq!(by_command_line.actor_id, None);
    assert_eq!((by_root.actor_id, by_root.user_id), (Some(office.root.user.id), Some(user.id)));
    assert_eq!(by_root.detail.as_deref(), Some("EMPLOYER"));
    assert_eq!(by_root.device, office.root.device);
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let office = Office::new().await;
    let before = office.state();
    let command = CreateUserCommand {
        email: "max".to_owned(),
        first_name: " ".to_owned(),
        last_name: String::new(),
        username: Some("a@b".to_owned()),
        role: "CHIEF".to_owned(),
        profile: ProfileSeed { company: None, phone_number: Some("call me".to_owned()) },
        locale: Some("../en".to_owned()),
    };
    let refused = office.world.app.admin.create_user.execute(&office.root, command).await;
    let Err(CreateUserError::Invalid(errors)) = refused else { panic!("it was not refused") };
    let mut fields: Vec<_> = errors.0.iter().map(|error| error.field).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["email", "firstName", "lastName", "locale", "phoneNumber", "role", "username"]);
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn a_role_that_is_none_makes_no_account_even_if_all_else_is_right() {
    let office = Office::new().await;
    let command = CreateUserCommand { role: String::new(), ..max("max@example.com") };
    let refused = office.world.app.admin.create_user.execute(&office.root, command).await;
    let Err(CreateUserError::Invalid(errors)) = refused else { panic!("it was not refused") };
    assert_eq!(errors.0.iter().map(|error| error.field).collect::<Vec<_>>(), ["role"]);
}

#[tokio::test]
async fn names_of_others_are_taken() {
    let office = Office::new().await;
    let create = |email: &str, username: &str| {
        let command = CreateUserCommand { username: Some(username.to_owned()), ..max(email) };
        office.world.app.admin.create_user.execute(&office.root, command)
    };
    create("max@example.com", "max").await.unwrap();
    let before = office.state();
    assert!(matches!(create("MAX@example.com", "moritz").await, Err(CreateUserError::UserAlreadyExists)));
    assert!(matches!(create("moritz@example.com", "MAX").await, Err(CreateUserError::UsernameTaken)));
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn the_rules_for_those_who_sign_up_by_themselves_do_not_hold() {
    let office = Office::with(|_, settings| {
        settings.registration.enabled = false;
        settings.registration.self_service_roles = Vec::new();
        settings.registration.allowed_domains = vec!["example.org".to_owned()];
        settings.registration.reveal_existing_accounts = false;
    })
    .await;
    for role in Role::ALL {
        let command = CreateUserCommand {
            role: role.as_str().to_owned(),
            username: Some(format!("the-{role}")),
            profile: ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: None },
            ..max(&format!("{role}@example.com"))
        };
        let (user, _) = office.world.app.admin.create_user.execute(&office.root, command).await.unwrap();
        assert_eq!(user.role, role);
    }
}
