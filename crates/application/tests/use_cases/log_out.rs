//! Sign-out.

use doorward_application::{
    Fault,
    auth::{LogOutError, Presented},
};
use doorward_domain::session::Device;

use crate::world::{World, secret};

#[tokio::test]
async fn a_store_that_fails_is_never_a_success() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.store.fail_at(1);
    let presented = Presented { access_token: Some(secret(&jane.tokens.access)), ..Presented::default() };
    let refused = world.app.auth.log_out.execute(presented, Device::default()).await;
    assert!(matches!(refused, Err(LogOutError::Fault(Fault::Store(_)))));
    assert!(world.is_live(&jane.tokens).await);
}

#[tokio::test]
async fn the_refresh_token_counts_where_the_access_token_has_expired() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.advance(std::time::Duration::from_hours(1));
    let presented = Presented {
        access_token: Some(secret(&jane.tokens.access)),
        refresh_token: Some(secret(&jane.tokens.refresh)),
        device_token: None,
    };
    world.app.auth.log_out.execute(presented, Device::default()).await.unwrap();
    assert!(world.store.sessions()[0].ended.is_some());
}

#[tokio::test]
async fn nothing_presented_signs_nobody_out() {
    let world = World::new();
    let refused = world.app.auth.log_out.execute(Presented::default(), Device::default()).await;
    assert!(matches!(refused, Err(LogOutError::Unauthenticated)));
}

#[tokio::test]
async fn to_sign_out_twice_is_no_error() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    for _ in 0..2 {
        let presented = Presented { access_token: Some(secret(&jane.tokens.access)), ..Presented::default() };
        world.app.auth.log_out.execute(presented, Device::default()).await.unwrap();
    }
}
