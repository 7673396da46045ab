//! Who asks.

use std::time::Duration;

use doorward_application::auth::AuthenticateError;
use doorward_domain::{session::Device, user::UserStatus};

use crate::world::World;

async fn refusal(world: &World, token: &str) -> AuthenticateError {
    world.app.auth.authenticate.execute(token, Device::default()).await.expect_err("it was accepted")
}

#[tokio::test]
async fn a_token_of_an_older_epoch_is_stale_until_the_refresh() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.edit(&jane.user, |user| user.epoch += 1).await;
    assert!(matches!(refusal(&world, jane.tokens.access.expose()).await, AuthenticateError::StaleClaims));
    let tokens = world.refresh(&jane.tokens).await.unwrap();
    assert_eq!(world.actor(&tokens).await.user.epoch, jane.user.epoch + 1);
}

#[tokio::test]
async fn a_session_that_has_run_out_is_over_even_if_the_token_has_not() {
    let world = World::with(|_, settings| settings.tokens.session.idle = Duration::from_mins(1));
    let jane = world.sign_up("jane@example.com").await;
    world.advance(Duration::from_mins(1));
    assert!(matches!(refusal(&world, jane.tokens.access.expose()).await, AuthenticateError::SessionEnded));
}

#[tokio::test]
async fn a_deactivated_user_is_nobody() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.edit(&jane.user, |user| user.status = UserStatus::Deactivated).await;
    assert!(matches!(refusal(&world, jane.tokens.access.expose()).await, AuthenticateError::SessionEnded));
}

#[tokio::test]
async fn expired_is_told_from_invalid() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    assert!(matches!(refusal(&world, "nonsense").await, AuthenticateError::InvalidToken));
    world.advance(Duration::from_mins(10));
    assert!(matches!(refusal(&world, jane.tokens.access.expose()).await, AuthenticateError::Expired));
}
