//! Users from elsewhere are moved in.

use doorward_application::{
    auth::LogInError,
    operations::{ImportOutcome, ImportRefusal, ImportedUser, RefusedField, UserRecord},
    ports::UnusableHash,
};
use doorward_domain::{
    Rejection, Role,
    audit::AuditKind,
    user::{Password, PasswordHash, Username},
};
use doorward_testkit::{PlainHasher, memory_store::Counts};

use crate::world::{DAY, PASSWORD, World, jane};

/// Jane, with the hash of the password that everyone has, as she had it elsewhere.
pub(crate) fn line(email: &str) -> UserRecord {
    UserRecord {
        email: Some(email.to_owned()),
        password_hash: Some(PlainHasher::older(&Password::parse(PASSWORD).unwrap())),
        first_name: Some("Jane".to_owned()),
        last_name: Some("Doe".to_owned()),
        ..UserRecord::default()
    }
}

fn named(email: &str, username: &str) -> UserRecord {
    UserRecord { username: Some(username.to_owned()), ..line(email) }
}

fn read(world: &World, records: Vec<UserRecord>) -> Vec<ImportedUser> {
    let read = |record| world.app.operations.import_users.read(record, false).unwrap_or_else(|why| panic!("{why:?}"));
    records.into_iter().map(read).collect()
}

pub(crate) async fn import(world: &World, records: Vec<UserRecord>) -> Vec<ImportOutcome> {
    world.app.operations.import_users.execute(read(world, records)).await.unwrap()
}

async fn foresee(world: &World, records: Vec<UserRecord>) -> Vec<ImportOutcome> {
    world.app.operations.import_users.foresee(&read(world, records)).await.unwrap()
}

fn taken(field: &'static str) -> ImportOutcome {
    ImportOutcome::Refused(vec![RefusedField { field, reason: ImportRefusal::Taken }])
}

fn refused(world: &World, record: UserRecord) -> Vec<(&'static str, ImportRefusal)> {
    match world.app.operations.import_users.read(record, false) {
        Ok(_) => Vec::new(),
        Err(refused) => refused.into_iter().map(|refused| (refused.field, refused.reason)).collect(),
    }
}

#[tokio::test]
async fn whoever_was_imported_signs_in_with_the_old_password() {
    let world = World::new();
    assert_eq!(import(&world, vec![line("Jane@example.com")]).await, [ImportOutcome::Imported]);
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_ok());
    assert!(matches!(world.log_in("jane@example.com", "another harbour").await, Err(LogInError::InvalidCredentials)));
}

#[tokio::test]
async fn an_import_is_in_the_log_and_writes_to_nobody() {
    let world = World::new();
    import(&world, vec![line("jane@example.com"), line("john@example.com")]).await;
    let events = world.store.audit_events();
    let told: Vec<_> = events.iter().map(|event| (event.kind, event.user_id, event.detail.as_deref())).collect();
    let imported = |email| (AuditKind::UserCreated, world.user(email).map(|user| user.id), Some("imported"));
    assert_eq!(told, [imported("jane@example.com"), imported("john@example.com")]);
    assert!(world.store.messages().is_empty());
}

#[tokio::test]
async fn what_a_record_says_becomes_the_account_and_the_rest_has_a_default() {
    let world = World::new();
    let full = UserRecord {
        username: Some("Jane".to_owned()),
        role: Some("employer".to_owned()),
        company: Some("Tech Corp".to_owned()),
        locale: Some("de".to_owned()),
        email_verified: Some(true),
        active: Some(false),
        created_at: Some("2020-02-29T13:00:00.1234567+01:00".to_owned()),
        last_login_at: Some("2025-12-31T23:59:60Z".to_owned()),
        ..line("jane@example.com")
    };
    import(&world, vec![full, line("john@example.com")]).await;

    let jane = world.user("jane@example.com").unwrap();
    let created = "2020-02-29T12:00:00.123456Z".parse().unwrap();
    assert_eq!((jane.created_at, jane.email_verified_at), (created, Some(created)));
    assert_eq!(jane.last_login_at, Some("2026-01-01T00:00:00Z".parse().unwrap()), "a leap second is the next one");
    assert_eq!((jane.role, jane.locale.as_str(), jane.status.is_active()), (Role::Employer, "de", false));
    assert_eq!(jane.username.as_ref().map(Username::typed), Some("Jane"));

    let john = world.user("john@example.com").unwrap();
    assert_eq!((john.created_at, john.email_verified_at, john.last_login_at), (world.now(), None, None));
    assert_eq!((john.role, john.locale.as_str(), john.status.is_active()), (Role::Candidate, "en", true));
    world.advance(1_000 * DAY);
    world.app.operations.purge.execute().await.unwrap();
    assert!(world.user("john@example.com").is_some(), "to be imported is no sign-up that must be proven");
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_record_is_told_at_once() {
    let world = World::new();
    let bad = UserRecord {
        id: Some("660f1f45b8a1c4e3e943334d".to_owned()),
        email: Some("jane".to_owned()),
        password_hash: Some(PasswordHash::new("5f4dcc3b5aa765d61d8327deb882cf99".to_owned())),
        role: Some("CLOWN".to_owned()),
        phone_number: Some("call me".to_owned()),
        locale: Some("english".to_owned()),
        username: Some("jane@example.com".to_owned()),
        created_at: Some("2030-01-01T00:00:00Z".to_owned()),
        last_login_at: Some("yesterday".to_owned()),
        ..UserRecord::default()
    };
    let mut fields: Vec<_> = refused(&world, bad).into_iter().map(|(field, _)| field).collect();
    fields.sort_unstable();
    let all = [
        "createdAt",
        "email",
        "firstName",
        "id",
        "lastLoginAt",
        "lastName",
        "locale",
        "passwordHash",
        "phoneNumber",
        "role",
        "username",
    ];
    assert_eq!(fields, all.into_iter().filter(|field| *field != "locale").collect::<Vec<_>>(), "english is a tag");
}

#[tokio::test]
async fn a_hash_that_no_password_could_match_is_refused() {
    let world = World::new();
    for (hash, why) in [("5f4dcc3b", UnusableHash::UnknownKind), ("$older$0$", UnusableHash::Malformed)] {
        let record = UserRecord { password_hash: Some(PasswordHash::new(hash.to_owned())), ..line("jane@example.com") };
        assert_eq!(refused(&world, record), [("passwordHash", ImportRefusal::Unusable(why))]);
    }
}

#[tokio::test]
async fn an_account_without_a_password_is_imported_and_nobody_signs_in_to_it() {
    let world = World::new();
    import(&world, vec![UserRecord { password_hash: None, ..line("jane@example.com") }]).await;
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::InvalidCredentials)));
}

#[tokio::test]
async fn an_administrator_is_imported_only_where_one_is_expected() {
    let world = World::new();
    let root = || UserRecord { role: Some("admin".to_owned()), ..line("root@example.com") };
    assert_eq!(refused(&world, root()), [("role", ImportRefusal::Administrator)]);
    let user = world.app.operations.import_users.read(root(), true).unwrap_or_else(|why| panic!("{why:?}"));
    world.app.operations.import_users.execute(vec![user]).await.unwrap();
    assert_eq!(world.user("root@example.com").unwrap().role, Role::Admin);
}

#[tokio::test]
async fn an_account_that_is_there_stays_as_it_is() {
    let world = World::new();
    world.register(jane("jane@example.com")).await.unwrap();
    let before = (world.store.counts(), world.user("jane@example.com"));
    let again = || UserRecord { first_name: Some("Janet".to_owned()), ..line("JANE@example.com") };
    for outcomes in [foresee(&world, vec![again()]).await, import(&world, vec![again()]).await] {
        assert_eq!(outcomes, [ImportOutcome::AlreadyThere]);
    }
    assert_eq!((world.store.counts(), world.user("jane@example.com")), before);
}

#[tokio::test]
async fn a_username_of_another_account_is_refused_and_the_users_around_are_imported() {
    let world = World::new();
    import(&world, vec![named("jane@example.com", "jane"), line("john@example.com")]).await;
    let some = || {
        vec![
            line("a@example.com"),
            named("janet@example.com", "Jane"),
            named("jane@example.com", "jane"),
            named("john@example.com", "jane"),
            line("b@example.com"),
        ]
    };
    let (made, there) = (ImportOutcome::Imported, ImportOutcome::AlreadyThere);
    let expected = [made.clone(), taken("username"), there, taken("username"), made];
    assert_eq!(foresee(&world, some()).await, expected);
    assert_eq!(import(&world, some()).await, expected);
}

#[tokio::test]
async fn users_of_one_name_in_one_batch_are_taken_one_after_the_other() {
    let world = World::new();
    let outcomes = import(
        &world,
        vec![
            named("jane@example.com", "jane"),
            line("Jane@example.com"),
            named("janet@example.com", "jane"),
            named("janet@example.com", "janet"),
        ],
    );
    let there = ImportOutcome::AlreadyThere;
    assert_eq!(outcomes.await, [ImportOutcome::Imported, there, taken("username"), ImportOutcome::Imported]);
    assert_eq!(world.store.users().len(), 2);
}

#[tokio::test]
async fn an_id_is_kept_if_it_is_of_version_7_and_nobody_elses() {
    let world = World::new();
    let id = "01900000-0000-7000-8000-000000000001";
    let with_id = |email: &str| UserRecord { id: Some(id.to_owned()), ..line(email) };
    for other in ["660f1f45-b8a1-44e3-a943-334d00000000", "1", "01900000-0000-7000-c000-000000000001"] {
        let record = UserRecord { id: Some(other.to_owned()), ..line("jane@example.com") };
        assert!(matches!(refused(&world, record)[..], [("id", ImportRefusal::Rejected(Rejection::Malformed { .. }))]));
    }
    let outcomes = import(&world, vec![with_id("jane@example.com"), with_id("john@example.com")]).await;
    assert_eq!(outcomes, [ImportOutcome::Imported, taken("id")]);
    assert_eq!(world.user("jane@example.com").unwrap().id.to_string(), id);
    let (first, last) = ("first@example.com", "last@example.com");
    let again = || vec![line(first), with_id("jane@example.com"), with_id("john@example.com"), line(last)];
    let expected = [ImportOutcome::Imported, ImportOutcome::AlreadyThere, taken("id"), ImportOutcome::Imported];
    assert_eq!(foresee(&world, again()).await, expected);
    assert_eq!(import(&world, again()).await, expected);
}

#[tokio::test]
async fn to_foresee_writes_nothing() {
    let world = World::new();
    assert_eq!(foresee(&world, vec![named("jane@example.com", "jane")]).await, [ImportOutcome::Imported]);
    assert_eq!(world.store.counts(), Counts::default());
}

#[tokio::test]
async fn a_batch_is_imported_whole_or_not_at_all_and_can_be_imported_again() {
    let records = || vec![named("jane@example.com", "jane"), named("john@example.com", "jane"), line("b@example.com")];
    for fault in 1.. {
        let world = World::new();
        let users = read(&world, records());
        world.store.fail_at(fault);
        let imported = world.app.operations.import_users.execute(users).await;
        if imported.is_ok() {
            // Two groups of users, two audit entries, commit.
            assert_eq!(fault - 1, 5);
            return;
        }
        assert_eq!(world.store.counts(), Counts::default(), "write {fault} failed and something stayed");
        let expected = [ImportOutcome::Imported, taken("username"), ImportOutcome::Imported];
        assert_eq!(import(&world, records()).await, expected);
    }
}
