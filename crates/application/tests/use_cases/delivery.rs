//! The mail worker.

use doorward_application::{
    mail::Delivered,
    ports::{MessageKind, SendError},
};

use crate::world::{DAY, MINUTE, World, laptop};

const DONE: Option<Delivered> = Some(Delivered::Done);
const PUT_OFF: Option<Delivered> = Some(Delivered::PutOff);
const PARKED: Option<Delivered> = Some(Delivered::Parked);

async fn deliver(world: &World) -> Option<Delivered> {
    world.app.mail.deliver.execute().await.unwrap()
}

fn temporary() -> SendError {
    SendError::Temporary("421".to_owned())
}

#[tokio::test]
async fn a_message_is_sent_once() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    assert_eq!(deliver(&world).await, DONE);
    assert_eq!(deliver(&world).await, None);
    let sent = world.mailer.sent();
    assert_eq!((sent.len(), sent[0].kind, sent[0].to.typed()), (1, MessageKind::VerifyEmail, "jane@example.com"));
}

#[tokio::test]
async fn what_is_not_taken_is_tried_again_later_and_later() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.mailer.fail_with(temporary(), u32::MAX);
    let mut waits = Vec::new();
    for _ in 0..8 {
        assert_eq!(deliver(&world).await, PUT_OFF);
        let mut waited = 0;
        while world.app.mail.outbox.list(1).await.unwrap()[0].due_at.is_none_or(|due| due > world.now()) {
            world.advance(std::time::Duration::from_secs(1));
            waited += 1;
        }
        waits.push(waited);
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 25, 25, 25]);
    let queued = &world.app.mail.outbox.list(1).await.unwrap()[0];
    assert_eq!((queued.attempts, queued.last_error.as_deref()), (8, Some("not sent: 421")));
}

#[tokio::test]
async fn everything_that_waits_is_sent_within_a_minute_of_the_repair() {
    let world = World::new();
    for n in 0..30 {
        world.sign_up(&format!("user{n}@example.com")).await;
    }
    world.mailer.fail_with(temporary(), u32::MAX);
    for _ in 0..120 {
        world.deliver().await;
        world.advance(MINUTE / 2);
    }
    world.mailer.fail_with(temporary(), 0);
    world.advance(MINUTE);
    world.deliver().await;
    assert_eq!(world.mailer.sent().len(), 30);
}

#[tokio::test]
async fn what_is_refused_is_parked_until_an_operator_decides() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.mailer.fail_with(SendError::Permanent("550".to_owned()), 1);
    assert_eq!(deliver(&world).await, PARKED);
    world.advance(MINUTE);
    assert_eq!(deliver(&world).await, None);
    assert_eq!(world.app.mail.outbox.depth().await.unwrap().parked, 1);
    assert_eq!(world.app.mail.outbox.retry(None).await.unwrap(), 1);
    assert_eq!(deliver(&world).await, DONE);
}

#[tokio::test]
async fn a_link_that_has_expired_is_not_sent() {
    let world = World::new();
    world.sign_up("jane@example.com").await;
    world.advance(DAY);
    assert_eq!(deliver(&world).await, PARKED);
    assert!(world.mailer.sent().is_empty());
    assert_eq!(world.app.mail.outbox.drop_parked(None).await.unwrap(), 1);
    assert!(world.store.messages().is_empty());
}

#[tokio::test]
async fn a_message_is_given_up_after_its_time() {
    let world = World::with(|_, settings| settings.keeping.mail_tried_for = MINUTE);
    world.sign_up("jane@example.com").await;
    world.mailer.fail_with(temporary(), u32::MAX);
    assert_eq!(deliver(&world).await, PUT_OFF);
    world.advance(MINUTE);
    assert_eq!(deliver(&world).await, PARKED);
}

#[tokio::test]
async fn what_a_dead_worker_had_is_sent_when_its_lease_is_over() {
    use doorward_application::ports::{Access, Lease, Store as _};
    let world = World::new();
    world.sign_up("jane@example.com").await;
    let mut unit = world.store.begin(Access::Write).await.unwrap();
    let lease = Lease { id: uuid::Uuid::from_u128(7), until: world.now() + MINUTE };
    assert_eq!(unit.outbox().lease(lease, world.now(), 8).await.unwrap().len(), 1);
    unit.commit().await.unwrap();
    assert_eq!(deliver(&world).await, None);
    world.advance(MINUTE);
    assert_eq!(deliver(&world).await, DONE);
}

#[tokio::test]
async fn a_wish_is_granted_once_however_often_the_worker_fails() {
    for fault in 1.. {
        let world = World::new();
        world.sign_up("jane@example.com").await;
        world.prove().await;
        world.deliver().await;
        world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
        world.store.fail_at(fault);
        let went_well = world.app.mail.deliver.execute().await.is_ok();
        world.store.fail_at(0);
        world.advance(MINUTE);
        world.deliver().await;
        let resets = world.mailer.sent().iter().filter(|sent| sent.kind == MessageKind::ResetPassword).count();
        assert_eq!(resets, 1, "write {fault}");
        if went_well {
            break;
        }
    }
}

#[tokio::test]
async fn a_deactivated_user_gets_no_link_and_nobody_learns_it() {
    let world = World::new();
    let jane = world.sign_up("jane@example.com").await;
    world.deliver().await;
    world.edit(&jane.user, |user| user.status = doorward_domain::user::UserStatus::Deactivated).await;
    let sent = world.mailer.sent().len();
    world.app.account.request_reset.execute("jane@example.com", &laptop()).await.unwrap();
    world.app.account.request_verification.execute("jane@example.com", &laptop()).await.unwrap();
    world.deliver().await;
    assert_eq!(world.mailer.sent().len(), sent);
}
