//! What comes from one address, and goes to one mailbox.

use std::net::Ipv6Addr;

use doorward_application::{
    Fault,
    account::RequestLinkError,
    auth::{LogInError, RegisterError},
    ports::MessageKind,
    throttle::{Limit, Throttled},
};

use super::{from, guess, guess_from, log_in, nth, refused, throttled, world, world_with};
use crate::world::{HOUR, MINUTE, PASSWORD, World, jane, laptop};

#[tokio::test]
async fn one_address_uses_up_no_more_than_its_share_of_what_comes_back() {
    let (world, _) = world().await;
    let (wrong, throttled) = guess_from(&world, &from(nth(1))).await;
    assert_eq!((wrong, throttled.limit, throttled.wait), (10, Limit::AccountFromAddress, Some(6 * MINUTE)));
    world.advance(90 * MINUTE / 60);
    assert!(log_in(&world, "jane@example.com", PASSWORD, from(nth(2)), None).await.is_ok());
}

#[tokio::test]
async fn the_right_password_begins_the_accounts_budget_anew_and_not_the_addresss() {
    let (world, _) = world_with(|rules| rules.address.attempts = 15).await;
    for _ in 0..9 {
        assert!(matches!(guess(&world, from(nth(1))).await, Err(LogInError::InvalidCredentials)));
    }
    log_in(&world, "jane@example.com", PASSWORD, from(nth(1)), None).await.map(|_| ()).unwrap();
    let (wrong, throttled) = guess_from(&world, &from(nth(1))).await;
    assert_eq!((wrong, throttled.limit), (6, Limit::Address));
}

#[tokio::test]
async fn an_address_that_guesses_at_many_accounts_is_stopped() {
    let (world, _) = world_with(|rules| rules.address.attempts = 30).await;
    let mut wrong = 0;
    let throttled = loop {
        let name = format!("someone{wrong}@example.com");
        match log_in(&world, &name, PASSWORD, from(nth(1)), None).await {
            Err(LogInError::InvalidCredentials) => wrong += 1,
            other => break refused(other),
        }
    };
    assert_eq!((wrong, throttled.limit), (30, Limit::Address));
}

#[tokio::test]
async fn all_addresses_of_one_network_of_ipv6_are_one() {
    let (world, _) = world().await;
    let of = |network: u64, host: u64| from(Ipv6Addr::from_bits(u128::from(network) << 64 | u128::from(host)));
    let network = 0x2001_0db8_0000_0001;
    for host in 0..10 {
        assert!(guess(&world, of(network, host)).await.is_err());
    }
    assert_eq!(refused(guess(&world, of(network, 99)).await).limit, Limit::AccountFromAddress);
    world.advance(2 * MINUTE);
    assert!(matches!(guess(&world, of(network + 1, 1)).await, Err(LogInError::InvalidCredentials)));
}

#[tokio::test]
async fn sign_ups_from_one_address_are_limited() {
    let world = World::with(|_, settings| throttled(|_| {})(settings));
    for n in 0..20 {
        world.sign_up(&format!("jane{n}@example.com")).await;
    }
    let refused = world.register(jane("one.more@example.com")).await.map(|_| ());
    let Err(RegisterError::Fault(Fault::Throttled(throttled))) = refused else { panic!("{refused:?}") };
    assert_eq!(throttled.limit, Limit::SignUps);
}

#[tokio::test]
async fn a_mailbox_is_not_filled_and_nobody_is_told() {
    let (world, _) = world().await;
    for n in 0..20 {
        let device = from(nth(n));
        world.app.account.request_reset.execute("jane@example.com", &device).await.unwrap();
        world.app.account.request_reset.execute("nobody@example.com", &device).await.unwrap();
    }
    assert_eq!(world.letters(MessageKind::ResetRequested), 4 + 5, "the sign-up was one of Jane's");
    world.advance(HOUR);
    world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
    assert_eq!(world.letters(MessageKind::ResetRequested), 4 + 5 + 1);
}

#[tokio::test]
async fn an_address_that_asks_for_mails_to_many_is_stopped() {
    let (world, _) = world_with(|rules| rules.address.attempts = 30).await;
    for n in 0..30 {
        world.app.account.request_reset.execute(&format!("someone{n}@example.com"), &from(nth(1))).await.unwrap();
    }
    let refused = world.app.account.request_reset.execute("one.more@example.com", &from(nth(1))).await;
    assert!(matches!(refused, Err(RequestLinkError::Fault(Fault::Throttled(Throttled { limit: Limit::Address, .. })))));
}
