//! What users are told of, and "that was not me".

use doorward_application::{
    account::LinkError,
    auth::{LogInCommand, Presented, RefreshError},
    ports::MessageKind,
};

use crate::world::{DAY, PASSWORD, World, device, laptop};

const PHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) \
                     Version/18.0 Mobile/15E148 Safari/604.1";

async fn log_in_on(world: &World, agent: &str) -> doorward_application::auth::SignedIn {
    let command = LogInCommand {
        identifier: "jane@example.com".to_owned(),
        password: PASSWORD.into(),
        restore: false,
        remembered: true,
        device: device(agent),
        presented: Presented::default(),
    };
    world.app.auth.log_in.execute(command).await.unwrap()
}

/// Jane, whose address is proven.
async fn proven(world: &World) -> doorward_application::auth::SignedIn {
    let jane = world.sign_up("jane@example.com").await;
    world.prove().await;
    jane
}

#[tokio::test]
async fn nobody_is_told_at_an_address_that_was_never_proven() {
    let world = World::new();
    let jane = world.sign_up("stranger@example.com").await;
    let before = world.store.messages().len();
    for agent in ["a/1", "b/1", "c/1"] {
        let command = LogInCommand {
            identifier: "stranger@example.com".to_owned(),
            password: PASSWORD.into(),
            restore: false,
            remembered: true,
            device: device(agent),
            presented: Presented::default(),
        };
        world.app.auth.log_in.execute(command).await.unwrap();
    }
    let actor = world.actor(&jane.tokens).await;
    world.app.account.change_password.execute(&actor, &PASSWORD.into(), &"a new harbour".into()).await.unwrap();
    assert_eq!(world.store.messages().len(), before);
}

async fn disown(world: &World, token: &str) -> Result<(), LinkError> {
    world.app.account.disown.execute(token, laptop()).await
}

#[tokio::test]
async fn a_sign_in_on_a_device_that_was_not_used_before_is_told_of() {
    let world = World::new();
    proven(&world).await;
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
    assert_eq!(world.letters(MessageKind::NewDevice), 0, "the device of the sign-up is known");
    log_in_on(&world, PHONE).await;
    let letter = world.letter(MessageKind::NewDevice);
    assert_eq!(letter.facts.device.as_deref(), Some(laptop_or(PHONE).as_str()));
    assert_eq!(letter.facts.ip_address, laptop().ip_address);
    log_in_on(&world, PHONE).await;
    assert_eq!(world.letters(MessageKind::NewDevice), 1);
}

fn laptop_or(agent: &str) -> String {
    device(agent).label()
}

#[tokio::test]
async fn that_was_not_me_ends_every_session_and_the_password() {
    let world = World::new();
    let jane = proven(&world).await;
    let thief = log_in_on(&world, PHONE).await;
    let token = world.link(MessageKind::NewDevice);
    disown(&world, &token).await.unwrap();
    assert!(!world.is_live(&thief.tokens).await && !world.is_live(&jane.tokens).await);
    assert!(world.log_in("jane@example.com", PASSWORD).await.is_err());
    assert_eq!(world.letter(MessageKind::ResetPassword).to.typed(), "jane@example.com");
    assert!(matches!(disown(&world, &token).await, Err(LinkError::InvalidToken)));
}

#[tokio::test]
async fn the_link_works_for_seven_days() {
    let world = World::new();
    proven(&world).await;
    log_in_on(&world, PHONE).await;
    world.advance(7 * DAY);
    assert!(matches!(disown(&world, &world.link(MessageKind::NewDevice)).await, Err(LinkError::InvalidToken)));
}

#[tokio::test]
async fn a_link_to_an_address_that_is_no_longer_the_accounts_ends_nothing() {
    let world = World::new();
    let jane = proven(&world).await;
    log_in_on(&world, PHONE).await;
    let token = world.link(MessageKind::NewDevice);
    let actor = world.actor(&jane.tokens).await;
    world.app.account.change_email.execute(&actor, "new@example.com", &PASSWORD.into()).await.unwrap();
    let confirm = world.link(MessageKind::ConfirmEmail);
    world.app.account.confirm_email.execute(&confirm, laptop()).await.unwrap();
    assert!(matches!(disown(&world, &token).await, Err(LinkError::InvalidToken)));
    assert!(world.is_live(&jane.tokens).await);
}

#[tokio::test]
async fn a_refresh_token_that_was_used_twice_is_told_of_once() {
    let world = World::new();
    let jane = proven(&world).await;
    world.refresh(&jane.tokens).await.unwrap();
    world.advance(DAY);
    for _ in 0..3 {
        let refused = world.refresh(&jane.tokens).await;
        assert!(matches!(refused, Err(RefreshError::Reused(_) | RefreshError::Invalid)));
    }
    assert_eq!(world.letters(MessageKind::RefreshTokenReused), 1);
}
