//! A change of the master secret, seen by nodes that change it one after the other.

use std::time::Duration;

use doorward_application::ports::{Claim, Claimed, Lease, StoredSigningKey};
use doorward_domain::{
    Secret,
    key::{KeyMoments, SigningKey},
};
use doorward_infrastructure::store::{
    SeaStore,
    reseal::{Resealed, SealedTable},
    scratch::ScratchDatabase,
};
use doorward_testkit::builders::{claim, message, noon, user};
use sea_orm::{ConnectionTrait as _, Statement, Value};
use uuid::Uuid;

use crate::{connect, connect_with, on_both_databases, push, raw, sealer, two_processes, waits::begun_to_wait, write};

on_both_databases! {
    after_a_reseal_the_new_secret_opens_everything_and_the_old_one_nothing
    what_does_not_open_is_named_and_left_and_does_not_keep_the_rest_from_being_sealed_anew
    a_signing_key_is_sealed_anew_and_one_that_is_gone_stays_gone
    two_that_reseal_at_once_seal_each_row_once
    nodes_that_change_the_secret_one_by_one_read_each_other_all_the_way
    a_node_with_the_old_secret_alone_loses_nothing_of_the_new_one
}

/// Adds a message.
async fn write_to(store: &SeaStore, n: u32) {
    let mut unit = write(store).await;
    unit.outbox().push(&message(&user(1), n)).await.unwrap();
    unit.commit().await.unwrap();
}

/// How many of the messages that are due can be read, which are due again at once. The others are parked.
async fn readable(store: &SeaStore) -> usize {
    let mut unit = write(store).await;
    let leased = unit.outbox().lease(Lease { id: Uuid::from_u128(1), until: noon() }, noon(), 1_000).await.unwrap();
    unit.commit().await.unwrap();
    leased.len()
}

/// Makes all messages due.
async fn retry(store: &SeaStore) -> u64 {
    let mut unit = write(store).await;
    let retried = unit.outbox().retry(None, noon()).await.unwrap();
    unit.commit().await.unwrap();
    retried
}

async fn keep(store: &SeaStore, n: u32) {
    let claim = claim(n);
    let mut unit = write(store).await;
    assert!(matches!(unit.kept_answers().claim(&claim, noon()).await.unwrap(), Claimed::Ours));
    assert!(unit.kept_answers().keep(&claim.key, claim.holder, &Secret::new(vec![7])).await.unwrap());
    unit.commit().await.unwrap();
}

/// Whether the answer is known.
async fn is_kept(store: &SeaStore, n: u32) -> bool {
    let claimed = write(store).await.kept_answers().claim(&claim(n), noon()).await;
    matches!(claimed, Ok(Claimed::Answered { answer, .. }) if *answer.expose() == [7])
}

/// Reseals a table, and gathers the rows that do not open.
async fn reseal(store: &SeaStore, table: SealedTable) -> (Resealed, Vec<String>) {
    let mut unopened = Vec::new();
    let became = store.reseal(table, |id| unopened.push(id.to_owned())).await.unwrap();
    (became, unopened)
}

fn all(resealed: u64, current: u64) -> (Resealed, Vec<String>) {
    (Resealed { resealed, current, unopened: 0 }, Vec::new())
}

async fn after_a_reseal_the_new_secret_opens_everything_and_the_old_one_nothing(database: ScratchDatabase) {
    let [old, _] = two_processes(&database).await;
    // More than are read at once.
    push(&old, 250).await;
    keep(&old, 1).await;
    // There is no answer yet.
    let mut unit = write(&old).await;
    assert!(matches!(unit.kept_answers().claim(&claim(2), noon()).await.unwrap(), Claimed::Ours));
    unit.commit().await.unwrap();

    let both = connect_with(&database, 2, &[1]).await;
    write_to(&both, 250).await;
    assert_eq!(reseal(&both, SealedTable::Outbox).await, all(250, 1));
    assert_eq!(reseal(&both, SealedTable::KeptAnswers).await, all(1, 0));
    for table in SealedTable::ALL {
        assert_eq!(reseal(&both, table).await.0.resealed, 0, "again, {table:?}");
    }
    let new = connect(&database, 2).await;
    assert_eq!((readable(&new).await, is_kept(&new, 1).await), (251, true));
    assert_eq!((readable(&old).await, is_kept(&old, 1).await), (0, false));
    assert!(matches!(
        write(&new).await.kept_answers().claim(&claim(2), noon()).await.unwrap(),
        Claimed::Held { same_request: true }
    ));
}

async fn what_does_not_open_is_named_and_left_and_does_not_keep_the_rest_from_being_sealed_anew(
    database: ScratchDatabase,
) {
    let [old, _] = two_processes(&database).await;
    push(&old, 2).await;
    keep(&old, 1).await;
    let third = connect(&database, 3).await;
    write_to(&third, 2).await;
    keep(&third, 2).await;

    let both = connect_with(&database, 2, &[1]).await;
    let lost = message(&user(1), 2).id.to_string();
    let (became, unopened) = reseal(&both, SealedTable::Outbox).await;
    assert_eq!((became, unopened), (Resealed { resealed: 2, current: 0, unopened: 1 }, vec![lost]));
    let lost = claim(2).key.as_bytes().iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"));
    let (became, unopened) = reseal(&both, SealedTable::KeptAnswers).await;
    assert_eq!((became, unopened), (Resealed { resealed: 1, current: 0, unopened: 1 }, vec![lost]));

    assert_eq!((readable(&third).await, is_kept(&third, 2).await), (1, true));
    let every = connect_with(&database, 2, &[3]).await;
    assert_eq!((reseal(&every, SealedTable::Outbox).await, retry(&every).await), (all(1, 2), 3));
    assert_eq!(readable(&connect(&database, 2).await).await, 3);
}

async fn a_signing_key_is_sealed_anew_and_one_that_is_gone_stays_gone(database: ScratchDatabase) {
    let [store, _] = two_processes(&database).await;
    let stored = |id: &str, retired_at| {
        let moments = KeyMoments { published_at: noon(), signs_from: noon(), revoked_at: None, retired_at };
        let key = SigningKey::stored(id.to_owned(), "ES256".to_owned(), moments).unwrap();
        let sealed = retired_at.is_none().then(|| sealer(1, &[]).seal(&format!("keys/{id}"), b"key").unwrap());
        StoredSigningKey { key, sealed }
    };
    let (key, gone) = (stored("a", None), stored("b", Some(noon())));
    let mut unit = write(&store).await;
    unit.signing_keys().insert(&key).await.unwrap();
    unit.signing_keys().insert(&gone).await.unwrap();
    unit.commit().await.unwrap();

    let both = connect_with(&database, 2, &[1]).await;
    assert_eq!(reseal(&both, SealedTable::SigningKeys).await, all(1, 0));
    let [resealed, still_gone] = write(&both).await.signing_keys().list().await.unwrap().try_into().unwrap();
    let opened = sealer(2, &[]).open("keys/a", resealed.sealed.as_deref().unwrap()).unwrap();
    assert_eq!((opened.expose().as_slice(), resealed.key, still_gone), (b"key".as_slice(), key.key, gone));
}

async fn two_that_reseal_at_once_seal_each_row_once(database: ScratchDatabase) {
    let [old, _] = two_processes(&database).await;
    push(&old, 350).await;
    let (one, other) = (connect_with(&database, 2, &[1]).await, connect_with(&database, 2, &[1]).await);
    let (one, other) = tokio::join!(reseal(&one, SealedTable::Outbox), reseal(&other, SealedTable::Outbox));
    assert_eq!((one.0.resealed + other.0.resealed, one.1.len() + other.1.len()), (350, 0));
    assert_eq!(readable(&connect(&database, 2).await).await, 350);
}

async fn nodes_that_change_the_secret_one_by_one_read_each_other_all_the_way(database: ScratchDatabase) {
    let [old, _] = two_processes(&database).await;
    push(&old, 0).await;
    let stages: [(u8, &[u8]); 4] = [(1, &[]), (1, &[2]), (2, &[1]), (2, &[])];
    let mut written = 0;
    for pair in stages.windows(2) {
        let nodes =
            [connect_with(&database, pair[0].0, pair[0].1).await, connect_with(&database, pair[1].0, pair[1].1).await];
        if pair[1].1.is_empty() {
            // The last step: nothing may need the old secret any more.
            for table in SealedTable::ALL {
                reseal(&nodes[0], table).await;
            }
        }
        for node in &nodes {
            write_to(node, written).await;
            keep(node, written).await;
            written += 1;
            for reader in &nodes {
                assert_eq!(readable(reader).await, written as usize, "{pair:?}");
                assert!(is_kept(reader, written - 1).await, "{pair:?}");
            }
        }
    }
}

async fn a_node_with_the_old_secret_alone_loses_nothing_of_the_new_one(database: ScratchDatabase) {
    let [old, _] = two_processes(&database).await;
    push(&old, 1).await;
    let new = connect_with(&database, 2, &[1]).await;
    write_to(&new, 1).await;
    keep(&new, 1).await;

    // It sends its own, puts the other off, and says why.
    assert_eq!(readable(&old).await, 1);
    let listed = write(&old).await.outbox().list(9).await.unwrap();
    assert_eq!((listed[1].id, listed[1].due_at), (message(&user(1), 1).id, None));
    let error = listed[1].last_error.as_deref().unwrap();
    assert_eq!(error, "sealed under neither secrets.master nor any of secrets.previous, or damaged");
    // Nor does it do a request again whose answer it cannot read.
    let error = write(&old).await.kept_answers().claim(&claim(1), noon()).await.err().unwrap().to_string();
    assert!(error.contains("secrets.previous"), "{error}");

    assert_eq!(retry(&new).await, 2);
    assert_eq!((readable(&new).await, is_kept(&new, 1).await), (2, true));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_row_that_is_written_meanwhile_keeps_what_was_written() {
    let database = ScratchDatabase::postgres().await;
    let [old, _] = two_processes(&database).await;
    for n in 1..=3 {
        keep(&old, n).await;
    }
    // Its time is over, and somebody else has taken the key, whose answer is not known yet.
    let new = connect_with(&database, 2, &[1]).await;
    let day = Duration::from_hours(24);
    let again = Claim { holder: Uuid::from_u128(2), kept_until: noon() + 2 * day, ..claim(2) };
    let mut unit = write(&new).await;
    assert!(matches!(unit.kept_answers().claim(&again, noon() + day).await.unwrap(), Claimed::Ours));
    let resealing = new.clone();
    let resealing = async move { resealing.reseal(SealedTable::KeptAnswers, |id| panic!("{id} does not open")).await };
    let waiting = begun_to_wait(&database, resealing).await;
    // The others are not kept waiting with it.
    let alone = connect(&database, 2).await;
    assert!(is_kept(&alone, 1).await && is_kept(&alone, 3).await);
    unit.commit().await.unwrap();
    assert_eq!(waiting.await.unwrap().unwrap(), Resealed { resealed: 2, current: 0, unopened: 0 });

    let mut unit = write(&new).await;
    assert!(unit.kept_answers().keep(&again.key, again.holder, &Secret::new(vec![7])).await.unwrap());
    unit.commit().await.unwrap();
    assert!(is_kept(&alone, 2).await);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_sealed_at_all_does_not_open() {
    let database = ScratchDatabase::sqlite();
    let [store, _] = two_processes(&database).await;
    push(&store, 2).await;
    let raw = raw(&database).await;
    let sql = "UPDATE outbox SET payload = $1 WHERE id = $2";
    let id = message(&user(1), 0).id;
    let values = [Value::from(Vec::<u8>::new()), Value::from(id.uuid())];
    raw.execute_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await.unwrap();
    let (became, unopened) = reseal(&connect_with(&database, 2, &[1]).await, SealedTable::Outbox).await;
    assert_eq!((became, unopened), (Resealed { resealed: 1, current: 0, unopened: 1 }, vec![id.to_string()]));
}
