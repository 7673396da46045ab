//! What is counted, and how the deployment stands.

use std::{sync::Arc, time::Duration};

use doorward_application::{
    auth::{LogIn, Refresh, Register},
    ports::Event,
};
use doorward_domain::{key::KeyState, user::UserStatus};
use doorward_testkit::RecordingMeter;

use crate::world::{DAY, HOUR, MINUTE, PASSWORD, World, jane};

fn metered() -> (World, RecordingMeter) {
    let meter = RecordingMeter::default();
    let world = World::with(|ports, _| ports.meter = Arc::new(meter.clone()));
    (world, meter)
}

#[tokio::test]
async fn a_sign_in_is_counted_once_under_what_came_of_it() {
    let (world, meter) = metered();
    let jane = world.sign_up("jane@example.com").await.user;
    drop(meter.take());
    world.log_in("jane@example.com", PASSWORD).await.unwrap();
    world.log_in("jane@example.com", "wrong horse battery").await.err().unwrap();
    world.log_in("nobody@example.com", PASSWORD).await.err().unwrap();
    world.log_in("", PASSWORD).await.err().unwrap();
    world.edit(&jane, |jane| jane.status = UserStatus::Deactivated).await;
    world.log_in("jane@example.com", PASSWORD).await.err().unwrap();
    let words = ["signed_in", "invalid_credentials", "invalid_credentials", "invalid", "account_deactivated"];
    assert_eq!(meter.take(), words.map(Event::SignIn));
    assert!(words.iter().all(|word| LogIn::OUTCOMES.contains(word)));
}

#[tokio::test]
async fn a_sign_up_is_counted_once_under_what_came_of_it() {
    let (world, meter) = metered();
    world.register(jane("jane@example.com")).await.unwrap();
    world.register(jane("jane@example.com")).await.err().unwrap();
    world.register(jane("not an address")).await.err().unwrap();
    let words = ["signed_in", "user_already_exists", "invalid"];
    assert_eq!(meter.take(), words.map(Event::SignUp));
    assert!(words.iter().all(|word| Register::OUTCOMES.contains(word)));
}

#[tokio::test]
async fn a_refresh_is_counted_as_rotated_repeated_reused_or_invalid() {
    let (world, meter) = metered();
    let jane = world.sign_up("jane@example.com").await;
    drop(meter.take());
    world.refresh(&jane.tokens).await.unwrap();
    world.refresh(&jane.tokens).await.unwrap();
    world.advance(Duration::from_secs(11));
    world.refresh(&jane.tokens).await.err().unwrap();
    world.refresh(&jane.tokens).await.err().unwrap();
    let words = ["rotated", "repeated", "reused", "invalid"];
    assert_eq!(meter.take(), words.map(Event::Refresh));
    assert!(words.iter().all(|word| Refresh::OUTCOMES.contains(word)));
}

#[tokio::test]
async fn whom_the_gate_knows_is_a_hit_and_who_is_looked_up_a_miss() {
    let (world, meter) = metered();
    let jane = world.sign_up("jane@example.com").await;
    drop(meter.take());
    assert_eq!(world.app.operations.measure.gate_staleness(), None, "the log was never read");
    assert!(world.is_live(&jane.tokens).await);
    world.app.revocations.follow.execute().await.unwrap();
    assert!(world.app.operations.measure.gate_staleness().is_some());
    for _ in 0..3 {
        assert!(world.is_live(&jane.tokens).await);
    }
    let counted = meter.take();
    let misses = counted.iter().take_while(|event| **event == Event::GateMiss).count();
    assert!(misses >= 1, "{counted:?}");
    assert!(counted.len() == 4 && counted[misses..].iter().all(|event| *event == Event::GateHit), "{counted:?}");
    assert!(misses < 4, "{counted:?}");
}

#[tokio::test]
async fn the_figures_tell_how_long_mails_wait_and_when_a_key_is_due() {
    let world = World::new();
    world.app.operations.tend_keys.execute().await.unwrap();
    let began = world.now();
    world.sign_up("jane@example.com").await;
    world.advance(HOUR);
    let figures = world.app.operations.measure.execute().await.unwrap();
    assert_eq!((figures.at, figures.outbox.waiting), (began + HOUR, 1));
    assert_eq!(figures.outbox.oldest_waiting, Some(began));
    assert_eq!(figures.signing_since, Some(began));
    // Published so much before it signs that everyone has it by then.
    assert_eq!(figures.next_key_step, Some(began + 90 * DAY - 5 * MINUTE - MINUTE / 2));
    let signing = figures.keys.iter().find(|(state, _)| *state == KeyState::Signing).unwrap();
    assert_eq!(signing.1, 1);
    assert_eq!(figures.keys.iter().map(|(_, count)| count).sum::<u64>(), 1);
}
