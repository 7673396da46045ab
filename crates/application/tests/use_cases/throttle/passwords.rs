//! Guesses at passwords.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use async_trait::async_trait;
use doorward_application::{
    Fault,
    account::ChangePasswordError,
    auth::LogInError,
    ports::{HashError, MessageKind, PasswordHasher, UnusableHash, Verdict, password_hasher::MockPasswordHasher},
    throttle::Limit,
};
use doorward_domain::{
    Secret,
    user::{Password, PasswordHash},
};
use doorward_testkit::PlainHasher;
use futures_util::future::join_all;

use super::{from, guess, guess_from, log_in, nth, refused, throttled, world};
use crate::world::{DAY, HOUR, PASSWORD, World, jane, laptop};

/// Counts what is hashed.
#[derive(Default)]
struct Counting(AtomicU32);

#[async_trait]
impl PasswordHasher for Counting {
    async fn hash(&self, password: &Password) -> Result<PasswordHash, HashError> {
        PlainHasher::default().hash(password).await
    }

    async fn verify(&self, password: &Password, stored: &PasswordHash) -> Result<Verdict, HashError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        PlainHasher::default().verify(password, stored).await
    }

    async fn verify_nobody(&self, password: &Password) -> Result<(), HashError> {
        self.0.fetch_add(1, Ordering::SeqCst);
        tokio::task::yield_now().await;
        PlainHasher::default().verify_nobody(password).await
    }

    fn recognise(&self, stored: &PasswordHash) -> Result<(), UnusableHash> {
        PlainHasher::default().recognise(stored)
    }

    async fn wrap(&self, stored: &PasswordHash) -> Result<Option<PasswordHash>, HashError> {
        PlainHasher::default().wrap(stored).await
    }
}

#[tokio::test]
async fn of_a_hundred_guesses_at_once_ten_are_hashed() {
    for name in ["jane@example.com", "nobody@example.com", "nobody", "no name@"] {
        let hasher = Arc::new(Counting::default());
        let counted = Arc::clone(&hasher);
        let world = World::with(|ports, settings| {
            ports.hasher = hasher;
            throttled(|_| {})(settings);
        });
        world.sign_up("jane@example.com").await;
        let guesses = (0..100).map(|n| log_in(&world, name, "not the password", from(nth(n)), None));
        let outcomes = join_all(guesses).await;
        assert_eq!(counted.0.load(Ordering::SeqCst), 10, "{name}");
        let throttled = outcomes.into_iter().filter(|outcome| matches!(outcome, Err(LogInError::Fault(_))));
        assert_eq!(throttled.count(), 90, "{name}");
    }
}

#[tokio::test]
async fn a_name_that_is_nobodys_is_refused_like_one_that_is_somebodys() {
    let (world, _) = world().await;
    let all = async |name: &str| {
        let mut seen = Vec::new();
        for n in 0..12 {
            let outcome = log_in(&world, name, "not the password", from(nth(n)), None).await;
            seen.push(outcome.map(|_| ()).unwrap_err().to_string());
        }
        seen
    };
    assert_eq!(all("jane@example.com").await, all("nobody@example.com").await);
}

#[tokio::test]
async fn an_account_has_one_budget_under_all_of_its_names() {
    let world = World::with(|_, settings| throttled(|_| {})(settings));
    let mut command = jane("jane@example.com");
    command.username = Some("Jane".to_owned());
    world.register(command).await.map(|_| ()).unwrap();
    let names = ["jane@example.com", "JANE@EXAMPLE.COM", "jane", "JANE", " jane@example.com "];
    for n in 0..10 {
        let name = names[n as usize % names.len()];
        let wrong = log_in(&world, name, "not the password", from(nth(n)), None).await;
        assert!(matches!(wrong, Err(LogInError::InvalidCredentials)), "{name}");
    }
    for name in names {
        let throttled = refused(log_in(&world, name, PASSWORD, from(nth(99)), None).await);
        assert_eq!(throttled.limit, Limit::Account, "{name}");
    }
}

#[tokio::test]
async fn whoever_goes_on_waits_longer_and_longer() {
    let (world, _) = world().await;
    let mut waits = Vec::new();
    for n in 0..12 {
        let mut again = 0;
        while guess(&world, from(nth(n * 100 + again))).await.is_err_and(|error| !matches!(error, LogInError::Fault(_)))
        {
            again += 1;
        }
        let wait = refused(guess(&world, from(nth(n * 100 + 99))).await).wait.unwrap();
        waits.push(wait.as_secs());
        world.advance(wait);
    }
    assert_eq!(waits, [90, 180, 180, 180, 180, 180, 180, 180, 180, 180, 180, 360]);
}

#[tokio::test]
async fn a_hundred_failures_in_a_row_stop_the_password_until_a_new_one_is_chosen_by_mail() {
    let (world, jane) = world().await;
    world.prove().await;
    for n in 0..100 {
        let wrong = guess(&world, from(nth(n))).await;
        assert!(matches!(wrong, Err(LogInError::InvalidCredentials)), "{n}");
        world.advance(HOUR);
    }
    world.advance(20 * DAY);
    let throttled = refused(log_in(&world, "jane@example.com", PASSWORD, from(nth(200)), None).await);
    assert_eq!((throttled.limit, throttled.wait), (Limit::Account, None));
    let known = log_in(&world, "jane@example.com", PASSWORD, laptop(), jane.device_token.as_ref()).await;
    assert!(known.is_ok(), "the owner's browser has a count of its own");
    refused(log_in(&world, "jane@example.com", PASSWORD, from(nth(200)), None).await);

    world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
    world.deliver().await;
    let sent = world.mailer.sent();
    let letter = sent.iter().rfind(|message| message.kind == MessageKind::ResetPassword).unwrap();
    let token = letter.token.as_ref().unwrap().text().expose().clone();
    let new = "another quiet harbour";
    world.app.account.reset_password.execute(&token, &new.into(), laptop()).await.unwrap();
    assert!(log_in(&world, "jane@example.com", new, from(nth(200)), None).await.is_ok());
}

#[tokio::test]
async fn what_is_not_compared_is_not_counted() {
    let world = World::with(|ports, settings| {
        let mut hasher = MockPasswordHasher::new();
        hasher.expect_verify_nobody().returning(|_| Err(HashError::Overloaded));
        ports.hasher = Arc::new(hasher);
        throttled(|_| {})(settings);
    });
    for _ in 0..50 {
        let busy = log_in(&world, "nobody@example.com", PASSWORD, laptop(), None).await;
        assert!(matches!(busy, Err(LogInError::Fault(Fault::Hash(HashError::Overloaded)))));
    }
}

#[tokio::test]
async fn what_is_counted_survives_a_restart_and_is_seen_by_every_node() {
    let (world, _) = world().await;
    guess_from(&world, &from(nth(1))).await;
    let node = world.again_with(throttled(|_| {}));
    assert_eq!(refused(guess(&node, from(nth(1))).await).limit, Limit::AccountFromAddress);
}

#[tokio::test]
async fn counters_that_fail_let_nobody_in() {
    let (world, _) = world().await;
    world.store.fail_at(1);
    let outcome = log_in(&world, "jane@example.com", PASSWORD, laptop(), None).await;
    assert!(matches!(outcome, Err(LogInError::Fault(Fault::Store(_)))));
}

#[tokio::test]
async fn who_is_signed_in_cannot_guess_the_password_either() {
    let (world, jane) = world().await;
    let actor = world.actor(&jane.tokens).await;
    let (wrong, new) = (Secret::from("not the password"), Secret::from("another quiet harbour"));
    for _ in 0..10 {
        let refused = world.app.account.change_password.execute(&actor, &wrong, &new).await;
        assert!(matches!(refused, Err(ChangePasswordError::WrongPassword)));
    }
    let refused = world.app.account.change_password.execute(&actor, &PASSWORD.into(), &new).await;
    let Err(ChangePasswordError::Fault(Fault::Throttled(throttled))) = refused else { panic!("{refused:?}") };
    assert_eq!(throttled.limit, Limit::Session);
    assert!(log_in(&world, "jane@example.com", PASSWORD, laptop(), None).await.is_ok());
}

#[tokio::test]
async fn counters_that_matter_no_more_are_forgotten() {
    let world = World::with(|_, settings| throttled(|_| {})(settings));
    for _ in 0..3 {
        let wrong = log_in(&world, "nobody@example.com", PASSWORD, from(nth(1)), None).await;
        assert!(matches!(wrong, Err(LogInError::InvalidCredentials)));
    }
    let purged = async || world.app.operations.purge.execute().await.unwrap().rows;
    assert_eq!(purged().await, 0);
    world.advance(HOUR);
    // The address, and the account from it; failures in a row are remembered for longer.
    assert_eq!(purged().await, 2);
    world.advance(31 * DAY);
    assert_eq!((purged().await, purged().await), (1, 0));
}
