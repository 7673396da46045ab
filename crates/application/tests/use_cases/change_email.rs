//! Another address, and the way back.

use doorward_application::{
    account::{ChangeEmailError, ConfirmEmailError},
    auth::{LogInError, SignedIn},
    ports::MessageKind,
};

use crate::world::{DAY, HOUR, PASSWORD, World, laptop};

async fn ask(world: &World, jane: &SignedIn, email: &str) {
    let actor = world.actor(&jane.tokens).await;
    world.app.account.change_email.execute(&actor, email, &PASSWORD.into()).await.unwrap();
}

async fn confirm(world: &World, token: &str) -> Result<(), ConfirmEmailError> {
    world.app.account.confirm_email.execute(token, laptop()).await
}

async fn undo(world: &World, token: &str) -> Result<(), ConfirmEmailError> {
    world.app.account.undo_email_change.execute(token, laptop()).await
}

/// Someone whose proven address was changed to another.
async fn changed(world: &World, to: &str) -> SignedIn {
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    ask(world, &jane, to).await;
    confirm(world, &world.link(MessageKind::ConfirmEmail)).await.unwrap();
    jane
}

#[tokio::test]
async fn the_address_changes_when_the_new_one_is_proven() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    ask(&world, &jane, "janet@example.com").await;
    assert_eq!(world.letter(MessageKind::ConfirmEmail).to.typed(), "janet@example.com");
    world.log_in("jane@example.com", PASSWORD).await.expect("nothing has changed yet");
    confirm(&world, &world.link(MessageKind::ConfirmEmail)).await.unwrap();
    assert!(matches!(world.log_in("jane@example.com", PASSWORD).await, Err(LogInError::InvalidCredentials)));
    world.log_in("janet@example.com", PASSWORD).await.unwrap();
    let told = world.letter(MessageKind::EmailChanged);
    assert_eq!(told.to.typed(), "jane@example.com");
    assert_eq!(told.facts.new_email.as_ref().unwrap().typed(), "janet@example.com");
}

#[tokio::test]
async fn a_taken_address_is_answered_alike_and_its_owner_is_told() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.sign_up("john@example.com").await;
    let before = world.store.messages().len();
    ask(&world, &jane, "John@example.com").await;
    assert_eq!(world.store.messages().len(), before + 1);
    assert_eq!(world.letter(MessageKind::AccountExists).to.canonical(), "john@example.com");
    assert_eq!(world.letters(MessageKind::ConfirmEmail), 0);
}

#[tokio::test]
async fn an_address_that_was_taken_meanwhile_is_not_confirmed() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    ask(&world, &jane, "new@example.com").await;
    let token = world.link(MessageKind::ConfirmEmail);
    world.sign_up("new@example.com").await;
    assert!(matches!(confirm(&world, &token).await, Err(ConfirmEmailError::EmailTaken)));
    assert!(world.user("jane@example.com").is_some());
}

#[tokio::test]
async fn a_wrong_password_asks_for_nothing() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let asked = world.app.account.change_email.execute(&actor, "new@example.com", &"not it at all".into()).await;
    assert!(matches!(asked, Err(ChangeEmailError::WrongPassword)));
    assert_eq!(world.letters(MessageKind::ConfirmEmail), 0);
}

#[tokio::test]
async fn the_domain_must_be_one_that_may_sign_up() {
    let world = World::with(|_, settings| settings.registration.allowed_domains = vec!["example.com".to_owned()]);
    let jane = world.sign_up("jane@example.com").await;
    let actor = world.actor(&jane.tokens).await;
    let asked = world.app.account.change_email.execute(&actor, "jane@elsewhere.example", &PASSWORD.into()).await;
    assert!(matches!(asked, Err(ChangeEmailError::Invalid(_))));
}

#[tokio::test]
async fn an_address_that_was_never_proven_cannot_take_the_account_back() {
    let world = World::new();
    let jane = world.sign_up("mistyped@example.com").await;
    ask(&world, &jane, "jane@example.com").await;
    confirm(&world, &world.link(MessageKind::ConfirmEmail)).await.unwrap();
    assert_eq!(world.letters(MessageKind::EmailChanged), 0);
}

#[tokio::test]
async fn undone_the_account_is_the_old_addresss_and_nobody_is_in_it() {
    let world = World::new();
    let jane = changed(&world, "thief@example.com").await;
    undo(&world, &world.link(MessageKind::EmailChanged)).await.unwrap();
    assert!(world.user("jane@example.com").unwrap().email_verified_at.is_some());
    assert!(!world.is_live(&jane.tokens).await);
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_err(), "the thief knows the password");
    assert_eq!(world.letter(MessageKind::ResetPassword).to.typed(), "jane@example.com");
    let token = world.link(MessageKind::ResetPassword);
    world.app.account.reset_password.execute(&token, &"a new harbour at noon".into(), laptop()).await.unwrap();
    world.log_in("jane@example.com", "a new harbour at noon").await.unwrap();
}

#[tokio::test]
async fn the_way_back_survives_later_changes_and_closes_theirs() {
    let world = World::new();
    let jane = changed(&world, "thief@example.com").await;
    let back_to_jane = world.link(MessageKind::EmailChanged);
    ask(&world, &jane, "thief2@example.com").await;
    confirm(&world, &world.link(MessageKind::ConfirmEmail)).await.unwrap();
    let back_to_thief = world.link(MessageKind::EmailChanged);
    assert_ne!(back_to_jane, back_to_thief);

    world.advance(6 * DAY);
    undo(&world, &back_to_jane).await.unwrap();
    assert!(world.user("jane@example.com").is_some());
    assert!(matches!(undo(&world, &back_to_thief).await, Err(ConfirmEmailError::InvalidToken)));
}

#[tokio::test]
async fn a_thief_who_undoes_a_change_of_theirs_takes_nobody_elses_way_back() {
    let world = World::new();
    let jane = changed(&world, "thief@example.com").await;
    let back_to_jane = world.link(MessageKind::EmailChanged);
    ask(&world, &jane, "thief2@example.com").await;
    confirm(&world, &world.link(MessageKind::ConfirmEmail)).await.unwrap();
    undo(&world, &world.link(MessageKind::EmailChanged)).await.unwrap();
    assert!(world.user("thief@example.com").is_some());
    undo(&world, &back_to_jane).await.unwrap();
    assert!(world.user("jane@example.com").is_some());
}

#[tokio::test]
async fn the_way_back_is_open_for_seven_days_and_undoes_a_deletion_too() {
    let world = World::new();
    let jane = changed(&world, "thief@example.com").await;
    let token = world.link(MessageKind::EmailChanged);
    let actor = world.actor(&jane.tokens).await;
    world.app.account.delete.execute(&actor, &PASSWORD.into()).await.unwrap();
    world.advance(6 * DAY + 23 * HOUR);
    undo(&world, &token).await.unwrap();
    assert_eq!(world.user("jane@example.com").unwrap().deletes_at, None);

    let world = World::new();
    changed(&world, "thief@example.com").await;
    world.advance(7 * DAY);
    assert!(matches!(undo(&world, &world.link(MessageKind::EmailChanged)).await, Err(ConfirmEmailError::InvalidToken)));
}

#[tokio::test]
async fn the_way_back_is_not_closed_by_whoever_takes_the_old_address() {
    let world = World::new();
    changed(&world, "thief@example.com").await;
    let back = world.link(MessageKind::EmailChanged);
    world.sign_up("jane@example.com").await;
    undo(&world, &back).await.unwrap();
    let users = world.store.users();
    assert_eq!(users.len(), 1, "who had the address without proving it is gone");
    assert_eq!(users[0].email.canonical(), "jane@example.com");
}

#[tokio::test]
async fn who_has_proven_the_old_address_keeps_it() {
    let world = World::new();
    changed(&world, "jane2@example.com").await;
    let back = world.link(MessageKind::EmailChanged);
    world.sign_up("jane@example.com").await;
    world.prove().await;
    assert!(matches!(undo(&world, &back).await, Err(ConfirmEmailError::EmailTaken)));
    assert_eq!(world.store.users().len(), 2);
}

#[tokio::test]
async fn a_wish_for_a_taken_address_leaves_no_more_than_one_for_a_free_one() {
    for wanted in ["john@example.com", "nobody@example.com"] {
        let world = World::new();
        let jane = world.sign_up("jane@example.com").await;
        world.sign_up("john@example.com").await;
        ask(&world, &jane, "own@example.com").await;
        let earlier = world.link(MessageKind::ConfirmEmail);
        ask(&world, &jane, wanted).await;
        assert!(matches!(confirm(&world, &earlier).await, Err(ConfirmEmailError::InvalidToken)), "{wanted}");
    }
}
