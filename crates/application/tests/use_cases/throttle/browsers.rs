//! Browsers that are known.

use doorward_application::{
    auth::LogInError,
    throttle::{DeviceTokens, Limit},
};
use doorward_domain::Secret;

use super::{from, guess, guess_from, log_in, nth, refused, world};
use crate::world::{PASSWORD, laptop};

#[tokio::test]
async fn the_owner_signs_in_at_once_where_she_did_before_while_others_guess() {
    let (world, jane) = world().await;
    for n in 0..10_000 {
        let outcome = guess(&world, from(nth(n % 1_000))).await;
        assert!(outcome.is_err());
    }
    refused(log_in(&world, "jane@example.com", PASSWORD, laptop(), None).await);
    let again = log_in(&world, "jane@example.com", PASSWORD, laptop(), jane.device_token.as_ref()).await.unwrap();
    let once_more = log_in(&world, "jane@example.com", PASSWORD, laptop(), again.device_token.as_ref()).await;
    assert!(once_more.is_ok());
}

#[tokio::test]
async fn a_browser_that_is_known_has_a_budget_of_its_own_and_no_other() {
    let (world, jane) = world().await;
    let guess = || log_in(&world, "jane@example.com", "not the password", laptop(), jane.device_token.as_ref());
    for _ in 0..10 {
        assert!(matches!(guess().await, Err(LogInError::InvalidCredentials)));
    }
    assert_eq!(refused(guess().await).limit, Limit::Browser);
    assert!(log_in(&world, "jane@example.com", PASSWORD, from(nth(1)), None).await.is_ok());
    assert_eq!(refused(guess().await).limit, Limit::Browser);
}

#[tokio::test]
async fn a_browser_is_known_to_the_account_of_its_token_alone() {
    let (world, _) = world().await;
    let john = world.sign_up("john@example.com").await;
    guess_from(&world, &from(nth(1))).await;
    for n in 0..10 {
        let _ = guess(&world, from(nth(n))).await;
    }
    let throttled = refused(log_in(&world, "jane@example.com", PASSWORD, laptop(), john.device_token.as_ref()).await);
    assert_eq!(throttled.limit, Limit::Account);
}

#[tokio::test]
async fn no_forged_cut_or_old_device_token_makes_a_browser_known() {
    let (world, jane) = world().await;
    guess_from(&world, &from(nth(1))).await;
    let token = jane.device_token.as_ref().unwrap().expose();
    let mut forgeries: Vec<String> = (0..token.len()).map(|cut| token[..cut].to_owned()).collect();
    for place in 0..token.len() {
        let other = if token.as_bytes()[place] == b'A' { "B" } else { "A" };
        forgeries.push(format!("{}{other}{}", &token[..place], &token[place + 1..]));
    }
    forgeries.push(format!("{token}A"));
    for forged in forgeries {
        let outcome = log_in(&world, "jane@example.com", PASSWORD, from(nth(1)), Some(&Secret::new(forged))).await;
        refused(outcome);
    }
    world.advance(DeviceTokens::LIFE);
    guess_from(&world, &from(nth(1))).await;
    refused(log_in(&world, "jane@example.com", PASSWORD, from(nth(1)), jane.device_token.as_ref()).await);
}
