//! Users where they are really kept: what is beneath the contract of every store.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{sync::Arc, time::Duration};

use doorward_application::ports::{Access, Claim, KnownDevice, Message, Store as _};
use doorward_domain::{
    Role, Secret, UserId,
    session::{EndReason, SessionEnd},
    user::{EmailAddress, PersonName, User},
};
use doorward_infrastructure::{
    Sealer,
    store::{DatabaseOptions, SeaStore, scratch::ScratchDatabase},
};
use doorward_testkit::builders::{claim, line, message, noon, one_time_token, password_hash, profile, session, user};
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, DbBackend, QueryResult, Statement, prelude::Uuid};

async fn connect(database: &ScratchDatabase) -> (SeaStore, DatabaseConnection) {
    let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 2 };
    let sealer = Sealer::new(&Secret::new(vec![7; Sealer::MIN_MASTER_LEN]), &[]).unwrap();
    let store = SeaStore::connect(&options, Arc::new(sealer)).await.unwrap();
    store.migrate_up().await.unwrap();
    (store, Database::connect(database.url()).await.unwrap())
}

async fn ask(raw: &DatabaseConnection, question: &str) -> Vec<QueryResult> {
    raw.query_all_raw(Statement::from_string(raw.get_database_backend(), question)).await.unwrap()
}

macro_rules! on_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            use super::*;

            $(#[tokio::test] async fn $test() { super::$test(ScratchDatabase::sqlite()).await; })*
        }

        mod postgres {
            use super::*;

            $(#[tokio::test] async fn $test() { super::$test(ScratchDatabase::postgres().await).await; })*
        }
    };
}

on_both_databases! {
    a_deleted_user_leaves_no_row_in_any_table_that_refers_to_users
    users_of_before_are_found_like_those_who_come_later
    sessions_of_before_there_were_labels_say_nothing_of_devices
}

/// The tables whose rows belong to users, and in which column they say so.
async fn tables_of_users(raw: &DatabaseConnection) -> Vec<(String, String)> {
    let question = match raw.get_database_backend() {
        DbBackend::Postgres => {
            "SELECT c.conrelid::regclass::text, a.attname::text FROM pg_constraint c \
             JOIN pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = c.conkey[1] \
             WHERE c.contype = 'f' AND c.confrelid = 'users'::regclass"
        }
        _ => {
            "SELECT t.name, f.\"from\" FROM sqlite_master t, pragma_foreign_key_list(t.name) f \
             WHERE t.type = 'table' AND f.\"table\" = 'users'"
        }
    };
    let rows = ask(raw, question).await;
    rows.iter().map(|row| (row.try_get_by(0).unwrap(), row.try_get_by(1).unwrap())).collect()
}

async fn rows_of(raw: &DatabaseConnection, table: &str, column: &str, id: UserId) -> usize {
    let rows = ask(raw, &format!("SELECT {column} FROM {table}")).await;
    rows.iter().filter(|row| row.try_get_by::<Option<Uuid>, _>(0).unwrap() == Some(id.uuid())).count()
}

async fn a_deleted_user_leaves_no_row_in_any_table_that_refers_to_users(database: ScratchDatabase) {
    let (store, raw) = connect(&database).await;
    let (gone, stays) = (user(1), user(2));
    let mut unit = store.begin(Access::Write).await.unwrap();
    for (n, user) in (1..).zip([&gone, &stays]) {
        unit.users().insert(user, Some(&password_hash(1))).await.unwrap();
        for role in Role::ALL {
            unit.profiles().insert(user.id, &profile(role)).await.unwrap();
        }
        unit.sessions().insert(&session(user, n)).await.unwrap();
        unit.one_time_tokens().insert(&one_time_token(user, n)).await.unwrap();
        unit.outbox().push(&Message { user_id: Some(user.id), ..message(user, n) }).await.unwrap();
        unit.kept_answers().claim(&Claim { user_id: Some(user.id), ..claim(n) }, noon()).await.unwrap();
    }
    unit.commit().await.unwrap();
    let tables = tables_of_users(&raw).await;
    assert!(tables.len() >= 9, "{tables:?}");
    for (table, column) in &tables {
        assert!(rows_of(&raw, table, column, gone.id).await > 0, "this test writes nothing into {table}");
    }

    let mut unit = store.begin(Access::Write).await.unwrap();
    unit.users().lock(gone.id).await.unwrap();
    unit.users().delete(gone.id).await.unwrap();
    unit.commit().await.unwrap();
    for (table, column) in &tables {
        assert_eq!(rows_of(&raw, table, column, gone.id).await, 0, "{table}");
        assert!(rows_of(&raw, table, column, stays.id).await > 0, "{table}");
    }
}

async fn terms(raw: &DatabaseConnection) -> Vec<(Vec<u8>, Uuid)> {
    let rows = ask(raw, "SELECT term, user_id FROM user_search_terms ORDER BY term, user_id").await;
    rows.iter().map(|row| (row.try_get_by(0).unwrap(), row.try_get_by(1).unwrap())).collect()
}

async fn users_of_before_are_found_like_those_who_come_later(database: ScratchDatabase) {
    let (store, raw) = connect(&database).await;
    let mut unit = store.begin(Access::Write).await.unwrap();
    for (n, (first, last)) in (1_000..).zip([("Straße", "Ὀδυσσεύς"), ("J\u{30c}ane", "O'Hara Smith"), ("Doe", "Doe")])
    {
        let email = EmailAddress::parse(&format!("Zoe.{n}@BÜCHER.example")).unwrap();
        let name = PersonName::new(line(first), line(last));
        unit.users().insert(&User { email, name, ..user(n) }, None).await.unwrap();
    }
    // More than one page of the migration.
    for n in 0..600 {
        unit.users().insert(&User { username: None, ..user(n) }, None).await.unwrap();
    }
    unit.commit().await.unwrap();
    let written = terms(&raw).await;

    let status = store.migration_status().await.unwrap();
    let of_terms = status.iter().position(|migration| migration.name.ends_with("_user_search_terms")).unwrap();
    store.migrate_down(u32::try_from(status.len() - of_terms).unwrap()).await.unwrap();
    store.migrate_up().await.unwrap();
    assert_eq!(terms(&raw).await, written);
}

async fn sessions_of_before_there_were_labels_say_nothing_of_devices(database: ScratchDatabase) {
    let (store, raw) = connect(&database).await;
    let (user, label) = (user(1), session(&user(1), 1).device.label());
    let knows = async || {
        let mut unit = store.begin(Access::Read).await.unwrap();
        unit.sessions().knows_device(user.id, &label).await.unwrap()
    };
    let add = async |n| {
        let mut unit = store.begin(Access::Write).await.unwrap();
        unit.sessions().insert(&session(&user, n)).await.unwrap();
        unit.commit().await.unwrap();
    };
    let mut unit = store.begin(Access::Write).await.unwrap();
    unit.users().insert(&user, None).await.unwrap();
    unit.commit().await.unwrap();
    add(1).await;
    raw.execute_unprepared("UPDATE sessions SET device_label = ''").await.unwrap();
    assert_eq!(knows().await, KnownDevice::First);
    add(2).await;
    assert_eq!(knows().await, KnownDevice::Known);
}

#[tokio::test]
async fn postgresql_sessions_that_someone_writes_to_are_not_waited_for_to_be_forgotten() {
    let database = ScratchDatabase::postgres().await;
    let (store, _) = connect(&database).await;
    let user = user(1);
    let mut unit = store.begin(Access::Write).await.unwrap();
    unit.users().insert(&user, None).await.unwrap();
    for n in 1..=3 {
        unit.sessions().insert(&session(&user, n)).await.unwrap();
    }
    unit.commit().await.unwrap();

    let over = session(&user, 1).absolute_expires_at + Duration::from_secs(1);
    let mut ending = store.begin(Access::Write).await.unwrap();
    let end = SessionEnd { at: noon(), reason: EndReason::Revoked };
    assert!(ending.sessions().end(session(&user, 2).id, end).await.unwrap());
    let mut purging = store.begin(Access::Write).await.unwrap();
    assert_eq!(purging.sessions().purge(over, 10).await.unwrap(), 2);
    purging.commit().await.unwrap();
    ending.commit().await.unwrap();
    let mut purging = store.begin(Access::Write).await.unwrap();
    assert_eq!(purging.sessions().purge(over, 10).await.unwrap(), 1);
}
