//! Changes that administrators make to users.

use doorward_application::{
    admin::{NewRole, UpdateUserCommand, UpdateUserError},
    auth::AuthenticateError,
};
use doorward_domain::{
    Role,
    audit::AuditKind,
    profile::{AdminProfileChange, CandidateProfileChange, EmployerProfileChange, Profile, ProfileChange, ProfileSeed},
};
use doorward_testkit::builders::line;

use super::office::{Office, to_role};
use crate::world::laptop;

fn title(text: &str) -> ProfileChange {
    let title = Some(Some(line(text)));
    ProfileChange::Candidate(CandidateProfileChange { title, ..CandidateProfileChange::default() })
}

#[tokio::test]
async fn names_language_and_profile_are_changed_without_a_change_of_epoch() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let command = UpdateUserCommand {
        first_name: Some("Janet".to_owned()),
        last_name: Some("Roe".to_owned()),
        username: Some(Some("janet".to_owned())),
        locale: Some("DE".to_owned()),
        role: None,
        profile: Some(title("Engineer")),
    };
    let update = &office.world.app.admin.update_user;
    let (user, profile) = update.execute(&office.root, jane.id, command).await.unwrap();
    assert_eq!((user.name.full().as_str(), user.locale.as_str(), user.epoch), ("Janet Roe", "de", 0));
    assert_eq!(user.username.as_ref().unwrap().typed(), "janet");
    assert_eq!(office.user(jane.id), user);
    assert_eq!(office.profiles(jane.id).await, [(profile.clone(), None)]);
    let Profile::Candidate(profile) = profile else { panic!("{profile:?}") };
    assert_eq!(profile.title, Some(line("Engineer")));
    assert_eq!(office.the_entry(AuditKind::UserUpdated, jane.id).detail, None);
    assert!(office.entries(AuditKind::RoleChanged).is_empty());

    let command = UpdateUserCommand { username: Some(None), ..UpdateUserCommand::default() };
    assert_eq!(update.execute(&office.root, jane.id, command).await.unwrap().0.username, None);
}

#[tokio::test]
async fn a_change_of_anything_but_the_role_stands_in_the_log_as_such() {
    let text = |text: &str| Some(text.to_owned());
    for command in [
        UpdateUserCommand { first_name: text("Janet"), ..to_role(Role::Employer) },
        UpdateUserCommand { last_name: text("Roe"), ..UpdateUserCommand::default() },
        UpdateUserCommand { username: Some(text("janet")), ..UpdateUserCommand::default() },
        UpdateUserCommand { locale: text("de"), ..UpdateUserCommand::default() },
        UpdateUserCommand { profile: Some(title("Engineer")), ..UpdateUserCommand::default() },
    ] {
        let office = Office::new().await;
        let jane = office.candidate("jane@example.com").await.user;
        office.world.app.admin.update_user.execute(&office.root, jane.id, command).await.unwrap();
        office.the_entry(AuditKind::UserUpdated, jane.id);
    }
}

#[tokio::test]
async fn another_role_puts_the_profile_away_and_makes_old_tokens_stale() {
    let office = Office::new().await;
    let jane = office.world.sign_up("jane@example.com").await;
    let update = &office.world.app.admin.update_user;
    let (user, profile) = update.execute(&office.root, jane.user.id, to_role(Role::Employer)).await.unwrap();
    assert_eq!((user.role, user.epoch, profile.company()), (Role::Employer, 1, Some(&line("Tech Corp"))));
    let profiles = office.profiles(user.id).await;
    let archived = profiles.iter().find(|(profile, _)| profile.role() == Role::Candidate).unwrap();
    assert!(archived.1.is_some() && profiles.len() == 2);
    assert!(profiles.contains(&(profile, None)));
    let stale = office.world.app.auth.authenticate.execute(jane.tokens.access.expose(), laptop()).await;
    assert!(matches!(stale, Err(AuthenticateError::StaleClaims)));
    let mended = office.world.refresh(&jane.tokens).await.unwrap();
    assert_eq!(office.world.actor(&mended).await.user.role, Role::Employer);
    assert_eq!(office.the_entry(AuditKind::RoleChanged, user.id).detail.as_deref(), Some("EMPLOYER"));
    assert!(office.entries(AuditKind::UserUpdated).is_empty());
}

#[tokio::test]
async fn whoever_gets_an_earlier_role_back_finds_the_profile_as_it_was() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let update = &office.world.app.admin.update_user;
    let command = UpdateUserCommand { profile: Some(title("Engineer")), ..UpdateUserCommand::default() };
    let (_, before) = update.execute(&office.root, jane.id, command).await.unwrap();
    update.execute(&office.root, jane.id, to_role(Role::Employer)).await.unwrap();
    let (user, after) = update.execute(&office.root, jane.id, to_role(Role::Candidate)).await.unwrap();
    assert_eq!((user.role, user.epoch), (Role::Candidate, 2));
    assert_eq!(after, before);

    // No company is asked for, because there is one already; what is said of the profile is changed in the same act.
    let industry = Some(Some(line("Software")));
    let change = ProfileChange::Employer(EmployerProfileChange { industry, ..EmployerProfileChange::default() });
    let role = NewRole { name: "employer".to_owned(), profile: ProfileSeed::default() };
    let command = UpdateUserCommand { role: Some(role), profile: Some(change), ..UpdateUserCommand::default() };
    let (_, profile) = update.execute(&office.root, jane.id, command).await.unwrap();
    let Profile::Employer(profile) = profile else { panic!("{profile:?}") };
    assert_eq!((profile.company_name, profile.industry), (line("Tech Corp"), Some(line("Software"))));
}

#[tokio::test]
async fn a_role_whose_profile_cannot_begin_is_refused() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let before = office.state();
    let profile = ProfileSeed { company: None, phone_number: Some("call me".to_owned()) };
    let role = Some(NewRole { name: "EMPLOYER".to_owned(), profile });
    let command = UpdateUserCommand { role, ..UpdateUserCommand::default() };
    let refused = office.world.app.admin.update_user.execute(&office.root, jane.id, command).await;
    let Err(UpdateUserError::Invalid(errors)) = refused else { panic!("it was not refused") };
    assert_eq!(errors.0.iter().map(|error| error.field).collect::<Vec<_>>(), ["company", "phoneNumber"]);
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn a_change_of_another_roles_profile_changes_nothing() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let before = office.state();
    let of_admin = || Some(ProfileChange::Admin(AdminProfileChange::default()));
    let janet = || Some("Janet".to_owned());
    let same_role = UpdateUserCommand { first_name: janet(), profile: of_admin(), ..UpdateUserCommand::default() };
    let new_role =
        UpdateUserCommand { first_name: janet(), profile: Some(title("Engineer")), ..to_role(Role::Employer) };
    for command in [same_role, new_role] {
        let refused = office.world.app.admin.update_user.execute(&office.root, jane.id, command).await;
        assert!(matches!(refused, Err(UpdateUserError::AnotherRole)));
        assert_eq!(office.state(), before);
    }
}

#[tokio::test]
async fn everything_that_is_wrong_is_told_at_once() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let command = UpdateUserCommand {
        first_name: Some(String::new()),
        last_name: Some("a\nb".to_owned()),
        username: Some(Some("a@b".to_owned())),
        locale: Some("english please".to_owned()),
        role: Some(NewRole { name: "CHIEF".to_owned(), profile: ProfileSeed::default() }),
        profile: None,
    };
    let refused = office.world.app.admin.update_user.execute(&office.root, jane.id, command).await;
    let Err(UpdateUserError::Invalid(errors)) = refused else { panic!("it was not refused") };
    let fields: Vec<_> = errors.0.iter().map(|error| error.field).collect();
    assert_eq!(fields, ["firstName", "lastName", "username", "locale", "role"]);
}

#[tokio::test]
async fn the_username_of_another_is_taken() {
    let office = Office::new().await;
    let [jane, john] = [office.candidate("jane@example.com").await, office.candidate("john@example.com").await];
    let named = || UpdateUserCommand { username: Some(Some("double".to_owned())), ..UpdateUserCommand::default() };
    let update = &office.world.app.admin.update_user;
    update.execute(&office.root, jane.user.id, named()).await.unwrap();
    update.execute(&office.root, jane.user.id, named()).await.unwrap();
    let before = office.state();
    let refused = update.execute(&office.root, john.user.id, named()).await;
    assert!(matches!(refused, Err(UpdateUserError::UsernameTaken)));
    assert_eq!(office.state(), before);
}

#[tokio::test]
async fn the_same_role_once_more_is_no_change() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let update = &office.world.app.admin.update_user;
    let (user, _) = update.execute(&office.root, jane.id, to_role(Role::Candidate)).await.unwrap();
    assert_eq!(user, *jane);
    assert!(office.entries(AuditKind::RoleChanged).is_empty());
}

#[tokio::test]
async fn whoever_becomes_an_administrator_does_not_go_for_want_of_proof() {
    let office = Office::new().await;
    let [jane, john] = [office.candidate("jane@example.com").await, office.candidate("john@example.com").await];
    assert!(jane.user.proof_due_at.is_some());
    let update = &office.world.app.admin.update_user;
    let (jane, _) = update.execute(&office.root, jane.user.id, to_role(Role::Admin)).await.unwrap();
    let (john, _) = update.execute(&office.root, john.user.id, to_role(Role::Employer)).await.unwrap();
    assert_eq!((jane.proof_due_at, jane.email_verified_at), (None, None));
    assert!(john.proof_due_at.is_some());
}
