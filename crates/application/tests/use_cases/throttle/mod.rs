//! How often passwords, sign-ups and mails may be tried.

mod addresses;
mod browsers;
mod passwords;

use std::net::{IpAddr, Ipv4Addr};

use doorward_application::{
    Fault, Settings,
    auth::{LogInCommand, LogInError, Presented, SignedIn},
    settings::ThrottleRules,
    throttle::Throttled,
};
use doorward_domain::{Secret, attempt::Budget, session::Device};

use crate::world::{HOUR, MINUTE, World, laptop, secret};

fn rules() -> ThrottleRules {
    let budget = |attempts, per| Budget { attempts, per, stop_after: None };
    ThrottleRules {
        account: Budget { stop_after: Some(100), ..budget(10, 15 * MINUTE) },
        account_from_address: budget(10, HOUR),
        address: budget(200, 15 * MINUTE),
        sign_ups: budget(20, HOUR),
        mails: budget(5, HOUR),
    }
}

fn throttled(change: impl FnOnce(&mut ThrottleRules)) -> impl FnOnce(&mut Settings) {
    move |settings| {
        let mut rules = rules();
        change(&mut rules);
        settings.throttle = Some(rules);
    }
}

/// A world in which attempts are limited, with Jane in it.
async fn world() -> (World, SignedIn) {
    world_with(|_| {}).await
}

async fn world_with(change: impl FnOnce(&mut ThrottleRules)) -> (World, SignedIn) {
    let world = World::with(|_, settings| throttled(change)(settings));
    let jane = world.sign_up("jane@example.com").await;
    (world, jane)
}

fn from(address: impl Into<IpAddr>) -> Device {
    Device { ip_address: Some(address.into()), ..laptop() }
}

/// The `n`th address of many.
fn nth(n: u32) -> Ipv4Addr {
    Ipv4Addr::from_bits(Ipv4Addr::new(198, 18, 0, 0).to_bits() + n)
}

async fn log_in(
    world: &World,
    identifier: &str,
    password: &str,
    device: Device,
    device_token: Option<&Secret<String>>,
) -> Result<SignedIn, LogInError> {
    let command = LogInCommand {
        identifier: identifier.to_owned(),
        password: password.into(),
        restore: false,
        remembered: true,
        device,
        presented: Presented { device_token: device_token.map(secret), ..Presented::default() },
    };
    world.app.auth.log_in.execute(command).await
}

async fn guess(world: &World, device: Device) -> Result<SignedIn, LogInError> {
    log_in(world, "jane@example.com", "not the password", device, None).await
}

fn refused(outcome: Result<SignedIn, LogInError>) -> Throttled {
    match outcome.map(|_| ()) {
        Err(LogInError::Fault(Fault::Throttled(throttled))) => throttled,
        other => panic!("{other:?}"),
    }
}

/// Guesses until no more is allowed. Says how often it was.
async fn guess_from(world: &World, device: &Device) -> (u32, Throttled) {
    let mut wrong = 0;
    loop {
        match guess(world, device.clone()).await {
            Err(LogInError::InvalidCredentials) => wrong += 1,
            other => return (wrong, refused(other)),
        }
    }
}
