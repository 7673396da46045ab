//! Requests that are done once, however often they are sent.

use doorward_application::{
    idempotency::{Acted, IdempotencyError, KeyedRequest, Once},
    ports::MessageKind,
};
use doorward_domain::{Secret, UserId};

use crate::world::{MINUTE, World, jane};

const SIGN_UP: KeyedRequest<'static> =
    KeyedRequest { key: "k1", principal: None, target: "POST /auth/register", body: b"jane" };

/// A handler that signs Jane up and answers with her id.
async fn sign_up(world: &World, email: &str) -> Acted<String> {
    match Box::pin(world.register(jane(email))).await {
        Ok(_) => {
            let answer = email.to_owned();
            Acted { kept: Some(Secret::new(answer.clone().into_bytes())), response: answer, broke: false }
        }
        Err(refused) => Acted { response: refused.to_string(), kept: None, broke: false },
    }
}

fn text(once: Once<String>) -> String {
    match once {
        Once::Now(text) => format!("now {text}"),
        Once::Before(kept) => format!("before {}", String::from_utf8_lossy(kept.expose())),
    }
}

async fn send(world: &World, request: KeyedRequest<'_>, email: &str) -> Result<String, IdempotencyError> {
    world.app.idempotency.execute(request, sign_up(world, email)).await.map(text)
}

#[tokio::test]
async fn the_same_request_is_answered_once_more_and_done_once() {
    let world = World::new();
    assert_eq!(send(&world, SIGN_UP, "jane@example.com").await.unwrap(), "now jane@example.com");
    assert_eq!(send(&world, SIGN_UP, "jane@example.com").await.unwrap(), "before jane@example.com");
    assert_eq!((world.store.users().len(), world.letters(MessageKind::VerifyEmail)), (1, 1));
}

#[tokio::test]
async fn effect_and_answer_are_written_together_or_neither_is() {
    for fault in 1.. {
        let world = World::new();
        world.store.fail_at(fault);
        let first = send(&world, SIGN_UP, "jane@example.com").await;
        world.store.fail_at(0);
        world.advance(MINUTE);
        let done = world.store.users().len();
        let again = send(&world, SIGN_UP, "jane@example.com").await.unwrap();
        let expected = if done == 1 { "before" } else { "now" };
        assert_eq!(again, format!("{expected} jane@example.com"), "write {fault}");
        if first.is_ok() && done == 1 {
            break;
        }
    }
}

#[tokio::test]
async fn what_broke_leaves_nothing_and_can_be_tried_again() {
    let world = World::new();
    let breaking = async {
        let acted = sign_up(&world, "jane@example.com").await;
        Acted { broke: true, kept: None, ..acted }
    };
    world.app.idempotency.execute(SIGN_UP, breaking).await.map(text).unwrap();
    assert_eq!(world.store.users().len(), 0);
    assert_eq!(send(&world, SIGN_UP, "jane@example.com").await.unwrap(), "now jane@example.com");
}

#[tokio::test]
async fn a_refusal_is_decided_anew() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    for _ in 0..2 {
        assert_eq!(send(&world, SIGN_UP, "jane@example.com").await.unwrap(), "now the address is taken");
    }
}

#[tokio::test]
async fn a_refusal_that_writes_stays_written() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let handler = async {
        let refused = Box::pin(world.log_in("jane@example.com", "not it at all")).await.err().unwrap();
        Acted { response: refused.to_string(), kept: None, broke: false }
    };
    world.app.idempotency.execute(SIGN_UP, handler).await.map(text).unwrap();
    assert_eq!(world.trail().len(), 2);
}

#[tokio::test]
async fn another_request_under_a_users_key_is_refused_and_another_users_is_not() {
    let world = World::new();
    let jane = world.sign_up("a@example.com").await.user.id;
    let john = world.sign_up("b@example.com").await.user.id;
    let of = |id: UserId, body: &'static [u8]| KeyedRequest { principal: Some(id), body, ..SIGN_UP };
    send(&world, of(jane, b"1"), "c@example.com").await.unwrap();
    assert!(matches!(send(&world, of(jane, b"2"), "d@example.com").await, Err(IdempotencyError::AnotherRequest)));
    let elsewhere = KeyedRequest { target: "POST /elsewhere", ..of(jane, b"1") };
    assert!(matches!(send(&world, elsewhere, "d@example.com").await, Err(IdempotencyError::AnotherRequest)));
    assert_eq!(send(&world, of(john, b"2"), "d@example.com").await.unwrap(), "now d@example.com");
    assert_eq!(
        send(&world, KeyedRequest { body: b"2", ..SIGN_UP }, "e@example.com").await.unwrap(),
        "now e@example.com"
    );
}

#[tokio::test]
async fn what_cannot_be_a_key_is_refused() {
    let world = World::new();
    for key in ["", "a b", "\u{e9}", "a\n", &"k".repeat(256)] {
        let refused = send(&world, KeyedRequest { key, ..SIGN_UP }, "jane@example.com").await;
        assert!(matches!(refused, Err(IdempotencyError::InvalidKey)), "{key:?}");
    }
}

#[tokio::test]
async fn requests_that_run_at_once_wait_for_the_one_that_does_it() {
    let world = World::new();
    let (a, b, c) = tokio::join!(
        send(&world, SIGN_UP, "jane@example.com"),
        send(&world, SIGN_UP, "jane@example.com"),
        send(&world, SIGN_UP, "jane@example.com"),
    );
    let mut answers = [a.unwrap(), b.unwrap(), c.unwrap()];
    answers.sort();
    assert_eq!(answers, ["before jane@example.com", "before jane@example.com", "now jane@example.com"]);
    assert_eq!(world.store.users().len(), 1);
}

#[tokio::test]
async fn an_answer_is_kept_for_a_day() {
    let world = World::new();
    send(&world, SIGN_UP, "jane@example.com").await.unwrap();
    world.advance(crate::world::DAY);
    world.app.operations.purge.execute().await.unwrap();
    assert_eq!(send(&world, SIGN_UP, "jane@example.com").await.unwrap(), "now the address is taken");
}
