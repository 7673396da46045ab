//! Messages that are not as this version and this deployment would write them.

use std::time::Duration;

use doorward_application::ports::{Lease, QueuedMessage};
use doorward_domain::{MessageId, user::Locale};
use doorward_infrastructure::store::{SeaStore, scratch::ScratchDatabase};
use doorward_testkit::builders::{message, noon, user};
use sea_orm::{ConnectionTrait as _, Statement, Value};
use uuid::Uuid;

use crate::{connect, on_both_databases, push, raw, sealer, two_processes, write};

on_both_databases! {
    what_nobody_here_can_read_is_put_off_for_good_and_keeps_nothing_back
    what_a_later_version_wrote_is_left_to_it
    what_was_written_before_there_were_leases_is_still_sent
}

/// The messages that are due a minute after noon.
async fn lease(store: &SeaStore, limit: u32) -> Vec<MessageId> {
    let now = noon() + Duration::from_mins(1);
    let mut unit = write(store).await;
    let lease = Lease { id: Uuid::from_u128(1), until: now + Duration::from_mins(1) };
    let leased = unit.outbox().lease(lease, now, limit).await.unwrap();
    unit.commit().await.unwrap();
    leased.iter().map(|leased| leased.message.id).collect()
}

async fn list(store: &SeaStore) -> Vec<QueuedMessage> {
    write(store).await.outbox().list(u32::MAX).await.unwrap()
}

async fn what_nobody_here_can_read_is_put_off_for_good_and_keeps_nothing_back(database: ScratchDatabase) {
    let [store, _] = two_processes(&database).await;
    push(&store, 2).await;
    let of_another_secret = connect(&database, 2).await;
    let mut unit = write(&of_another_secret).await;
    unit.outbox().push(&message(&user(1), 2)).await.unwrap();
    unit.commit().await.unwrap();
    let raw = raw(&database).await;
    raw.execute_unprepared("UPDATE outbox SET payload = '' WHERE id = (SELECT id FROM outbox ORDER BY id LIMIT 1)")
        .await
        .unwrap();

    assert_eq!(lease(&store, 9).await, [message(&user(1), 1).id]);
    let listed = list(&store).await;
    for n in [0, 2] {
        assert_eq!((listed[n].due_at, listed[n].attempts), (None, 0));
        assert_eq!(
            listed[n].last_error.as_deref(),
            Some("sealed under neither secrets.master nor any of secrets.previous, or damaged")
        );
    }
    assert_eq!(listed[1].last_error, None);

    let mut unit = write(&of_another_secret).await;
    assert_eq!(unit.outbox().retry(Some(message(&user(1), 2).id), noon()).await.unwrap(), 1);
    unit.commit().await.unwrap();
    assert_eq!(lease(&of_another_secret, 9).await, [message(&user(1), 2).id]);
}

async fn what_a_later_version_wrote_is_left_to_it(database: ScratchDatabase) {
    let [store, _] = two_processes(&database).await;
    push(&store, 2).await;
    let raw = raw(&database).await;
    raw.execute_unprepared("UPDATE outbox SET kind = 'farewell'").await.unwrap();
    assert!(!write(&store).await.outbox().is_due(noon()).await.unwrap());
    assert!(lease(&store, 9).await.is_empty());
    let depth = write(&store).await.outbox().depth().await.unwrap();
    assert_eq!((depth.waiting, depth.parked), (2, 0));
    let error = write(&store).await.outbox().list(9).await.unwrap_err().to_string();
    assert!(error.contains(&format!("table outbox, column kind, row {}", message(&user(1), 0).id)), "{error}");
}

async fn what_was_written_before_there_were_leases_is_still_sent(database: ScratchDatabase) {
    let [store, _] = two_processes(&database).await;
    let applied = store.migration_status().await.unwrap();
    let since = applied.iter().rev().position(|migration| migration.name.ends_with("_outbox_leases")).unwrap();
    store.migrate_down(u32::try_from(since).unwrap() + 1).await.unwrap();

    let id = message(&user(1), 1).id;
    let payload = br#"{"to":"Jane@example.com","name":"Jane Doe","expires_at":"2026-01-02T12:00:00.000000Z"}"#;
    let sealed = sealer(1, &[]).seal(&format!("outbox/{id}"), payload).unwrap();
    let raw = raw(&database).await;
    let sql = "INSERT INTO outbox (id, kind, payload, created_at) VALUES ($1, 'account_exists', $2, $3)";
    let values = [Value::from(id.uuid()), Value::from(sealed), Value::from(noon())];
    let insert = Statement::from_sql_and_values(raw.get_database_backend(), sql, values);
    raw.execute_raw(insert).await.unwrap();
    store.migrate_up().await.unwrap();

    let mut unit = write(&store).await;
    let lease = Lease { id: Uuid::from_u128(1), until: noon() + Duration::from_mins(1) };
    let leased = unit.outbox().lease(lease, noon(), 9).await.unwrap();
    assert_eq!(leased.len(), 1);
    let message = &leased[0].message;
    assert_eq!((message.id, message.user_id, leased[0].attempts), (id, None, 1));
    assert_eq!((message.to.typed(), message.name.as_deref()), ("Jane@example.com", Some("Jane Doe")));
    assert_eq!((message.created_at, &message.locale), (noon(), &Locale::default()));
    assert!(message.facts.expires_at.is_some() && message.token.is_none());
}
