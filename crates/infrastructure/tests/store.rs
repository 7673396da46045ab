//! The store over SQLite and PostgreSQL: the contract of every store, and what these two promise beside it.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{collections::HashSet, sync::Arc, time::Duration};

use doorward_application::ports::{Access, Store as _, StoreError};
use doorward_domain::{
    Secret,
    revocation::Revocation,
    session::{EndReason, Session, SessionEnd},
};
use doorward_infrastructure::{
    Sealer,
    store::{
        DatabaseOptions, MigrationStatus, SeaStore,
        keys::{KeyPurpose, StoredKey},
        scratch::ScratchDatabase,
    },
};
use doorward_testkit::{
    builders::{noon, password_hash, session, user},
    contract::{revocation_bus, store::Subject},
    revocation_bus_contract, store_contract,
};
use sea_orm::{ConnectionTrait as _, Database, QueryResult, Statement};
use tokio::task::JoinSet;

async fn connect(url: &str) -> Result<SeaStore, StoreError> {
    let sealer = Sealer::new(&Secret::new(vec![7; Sealer::MIN_MASTER_LEN]), &[]).unwrap();
    let options = DatabaseOptions { url: url.to_owned(), max_connections: 8 };
    SeaStore::connect(&options, Arc::new(sealer)).await
}

fn texts_and_bytes(row: &QueryResult) -> Vec<u8> {
    let column = |name: String| {
        let text = row.try_get_by::<Option<String>, _>(name.as_str()).map(|text| text.map(String::into_bytes));
        text.or_else(|_| row.try_get_by(name.as_str())).ok().flatten().unwrap_or_default()
    };
    row.column_names().into_iter().flat_map(column).collect()
}

async fn subject(database: ScratchDatabase) -> Subject {
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let elsewhere = connect(database.url()).await.unwrap();
    let database = Arc::new(database);
    let at_rest = move |table| {
        let database = Arc::clone(&database);
        async move {
            let raw = Database::connect(database.url()).await.unwrap();
            let all = Statement::from_string(raw.get_database_backend(), format!("SELECT * FROM {table}"));
            let rows = raw.query_all_raw(all).await.unwrap();
            raw.close().await.unwrap();
            rows.iter().map(texts_and_bytes).collect()
        }
    };
    Subject {
        store: Arc::new(store),
        elsewhere: Arc::new(elsewhere),
        at_rest: Box::new(move |table| Box::pin(at_rest(table))),
    }
}

async fn bus(database: &ScratchDatabase) -> revocation_bus::Subject {
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    revocation_bus::Subject { bus: store.revocation_bus(), store: Arc::new(store) }
}

/// Makes a test of each of these on both databases.
macro_rules! on_both_databases {
    ($($test:ident)*) => {
        mod sqlite {
            use super::*;

            store_contract!(subject(ScratchDatabase::sqlite()).await);
            revocation_bus_contract!(bus(&ScratchDatabase::sqlite()).await);
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() { super::$test(ScratchDatabase::sqlite()).await; })*
        }

        mod postgres {
            use super::*;

            store_contract!(subject(ScratchDatabase::postgres().await).await);
            revocation_bus_contract!(bus(&ScratchDatabase::postgres().await).await);
            $(#[tokio::test(flavor = "multi_thread")] async fn $test() { super::$test(ScratchDatabase::postgres().await).await; })*
        }
    };
}

on_both_databases! {
    processes_that_start_at_once_migrate_once
    migrations_go_down_and_up_again
    a_store_without_its_tables_fails_its_check
    a_database_of_a_later_version_is_left_as_it_is
    keys_are_found_by_purpose_the_oldest_first
    one_of_many_nodes_makes_the_key
    aborted_units_leave_the_store_usable
}

async fn processes_that_start_at_once_migrate_once(database: ScratchDatabase) {
    let mut starting = JoinSet::new();
    for _ in 0..8 {
        let url = database.url().to_owned();
        starting.spawn(async move { connect(&url).await?.migrate_up().await });
    }
    let applied: Vec<_> = starting.join_all().await.into_iter().flat_map(Result::unwrap).collect();
    let status = connect(database.url()).await.unwrap().migration_status().await.unwrap();
    let all: Vec<_> = status.iter().map(|migration| migration.name.clone()).collect();
    assert!(status.iter().all(|migration| migration.applied));
    assert_eq!(applied, all, "one process applied all of them, in order");
}

async fn migrations_go_down_and_up_again(database: ScratchDatabase) {
    let store = connect(database.url()).await.unwrap();
    assert!(store.migration_status().await.unwrap().iter().all(|migration| !migration.applied));
    let all = store.migrate_up().await.unwrap();
    assert_eq!(store.migrate_up().await.unwrap(), [""; 0]);

    let last: Vec<_> = all.iter().rev().take(2).cloned().collect();
    assert_eq!(store.migrate_down(2).await.unwrap(), last);
    let applied = |status: Vec<MigrationStatus>| status.into_iter().filter(|migration| migration.applied).count();
    assert_eq!(applied(store.migration_status().await.unwrap()), all.len() - 2);
    assert_eq!(store.migrate_up().await.unwrap(), all[all.len() - 2..]);

    assert_eq!(store.migrate_down(u32::MAX).await.unwrap().len(), all.len());
    assert_eq!(applied(store.migration_status().await.unwrap()), 0);
    assert_eq!(store.migrate_up().await.unwrap(), all);
    store.check().await.unwrap();
}

async fn a_store_without_its_tables_fails_its_check(database: ScratchDatabase) {
    let store = connect(database.url()).await.unwrap();
    let all = store.migration_status().await.unwrap();
    assert!(store.check().await.unwrap_err().to_string().contains(&all[0].name));
    store.migrate_up().await.unwrap();
    store.migrate_down(1).await.unwrap();
    let last = &all[all.len() - 1].name;
    assert!(store.check().await.unwrap_err().to_string().contains(last));
}

async fn a_database_of_a_later_version_is_left_as_it_is(database: ScratchDatabase) {
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let raw = Database::connect(database.url()).await.unwrap();
    let later = "INSERT INTO seaql_migrations (version, applied_at) VALUES ('m99991231_000001_later', 0)";
    raw.execute_unprepared(later).await.unwrap();
    raw.close().await.unwrap();
    assert_eq!(store.migrate_up().await.unwrap(), [""; 0]);
    store.check().await.unwrap();
}

fn key(id: &str, purpose: KeyPurpose, position: i32) -> StoredKey {
    let algorithm = "ES256".to_owned();
    StoredKey { id: id.to_owned(), purpose, algorithm, position, sealed: vec![0, 1, 0xff], created_at: noon() }
}

async fn keys_are_found_by_purpose_the_oldest_first(database: ScratchDatabase) {
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let later = StoredKey { created_at: noon() + Duration::from_micros(1), ..key("a", KeyPurpose::Digest, 1) };
    let first = key("b", KeyPurpose::Digest, 0);
    let other = key("c", KeyPurpose::RefreshToken, 0);
    let another_algorithm = StoredKey {
        algorithm: "RS256".to_owned(),
        created_at: noon() - Duration::from_micros(1),
        ..key("d", KeyPurpose::Digest, 0)
    };
    for key in [&later, &first, &other, &another_algorithm] {
        assert!(store.insert_key(key).await.unwrap());
    }
    assert!(!store.insert_key(&key("e", KeyPurpose::Digest, 0)).await.unwrap());
    assert_eq!(store.find_keys(KeyPurpose::Digest).await.unwrap(), [another_algorithm, first, later]);
    assert_eq!(store.find_keys(KeyPurpose::RefreshToken).await.unwrap(), [other]);
}

async fn one_of_many_nodes_makes_the_key(database: ScratchDatabase) {
    connect(database.url()).await.unwrap().migrate_up().await.unwrap();
    let mut nodes = JoinSet::new();
    for node in 0..8 {
        let url = database.url().to_owned();
        nodes.spawn(async move {
            let store = connect(&url).await?;
            let made = store.insert_key(&key(&node.to_string(), KeyPurpose::RefreshToken, 0)).await?;
            Ok::<_, StoreError>((made, store.find_keys(KeyPurpose::RefreshToken).await?))
        });
    }
    let nodes: Vec<_> = nodes.join_all().await.into_iter().map(Result::unwrap).collect();
    assert_eq!(nodes.iter().filter(|(made, _)| *made).count(), 1);
    let used: HashSet<_> = nodes.iter().map(|(_, keys)| keys.iter().map(|key| &key.id).collect::<Vec<_>>()).collect();
    assert_eq!(used.len(), 1, "every node uses the same key");
}

/// Aborts writers wherever they happen to be: waiting, beginning, writing or committing.
async fn aborted_units_leave_the_store_usable(database: ScratchDatabase) {
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let add = |store: SeaStore, n| async move {
        let mut unit = store.begin(Access::Write).await?;
        unit.users().insert(&user(n), Some(&password_hash(n))).await.map_err(StoreError::new)?;
        unit.commit().await
    };
    for round in 0..20 {
        let running: Vec<_> = (0..16).map(|n| tokio::spawn(add(store.clone(), 1_000 + round * 16 + n))).collect();
        add(store.clone(), round).await.unwrap();
        for writer in running {
            writer.abort();
        }
        add(store.clone(), 100 + round).await.unwrap();
    }
}

#[tokio::test]
async fn sqlite_units_that_wait_to_write_keep_no_reader_out() {
    let database = ScratchDatabase::sqlite();
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let first = store.begin(Access::Write).await.unwrap();
    let mut others = JoinSet::new();
    for _ in 0..32 {
        let store = store.clone();
        others.spawn(async move { store.begin(Access::Write).await?.commit().await });
    }
    tokio::task::yield_now().await;
    let mut reading = store.begin(Access::Read).await.unwrap();
    assert_eq!(reading.users().find(user(1).id).await.unwrap(), None);
    first.commit().await.unwrap();
    others.join_all().await.into_iter().for_each(Result::unwrap);
}

#[tokio::test]
async fn postgresql_sessions_that_someone_writes_to_are_not_waited_for_to_note_their_use() {
    let database = ScratchDatabase::postgres().await;
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let user = user(1);
    let (busy, idle) = (session(&user, 1), session(&user, 2));
    let mut unit = store.begin(Access::Write).await.unwrap();
    unit.users().insert(&user, Some(&password_hash(1))).await.unwrap();
    unit.sessions().insert(&busy).await.unwrap();
    unit.sessions().insert(&idle).await.unwrap();
    unit.commit().await.unwrap();

    let later = noon() + Duration::from_secs(1);
    let mut ending = store.begin(Access::Write).await.unwrap();
    let end = SessionEnd { at: later, reason: EndReason::LoggedOut };
    assert!(ending.sessions().end(busy.id, end).await.unwrap());
    let mut noting = store.begin(Access::Write).await.unwrap();
    noting.sessions().touch(&[(busy.id, later), (idle.id, later)]).await.unwrap();
    noting.commit().await.unwrap();
    ending.commit().await.unwrap();

    let mut unit = store.begin(Access::Read).await.unwrap();
    assert_eq!(unit.sessions().find(busy.id).await.unwrap(), Some(Session { ended: Some(end), ..busy }));
    assert_eq!(unit.sessions().find(idle.id).await.unwrap(), Some(Session { last_seen_at: later, ..idle }));
}

#[tokio::test]
async fn a_unit_that_freezes_after_it_wrote_to_the_log_of_postgresql_does_not_keep_the_others_from_theirs() {
    let database = ScratchDatabase::postgres().await;
    let store = connect(database.url()).await.unwrap();
    store.migrate_up().await.unwrap();
    let mut frozen = store.begin(Access::Write).await.unwrap();
    frozen.revocations().append(&[Revocation::KeysChanged], noon()).await.unwrap();
    // It waits for less than it takes to give up.
    let mut unit = store.begin(Access::Write).await.unwrap();
    unit.revocations().append(&[Revocation::KeyRevoked("a".to_owned())], noon()).await.unwrap();
    unit.commit().await.unwrap();
    assert!(frozen.commit().await.is_err());
    let log = store.begin(Access::Read).await.unwrap().revocations().after(0, 9).await.unwrap();
    assert_eq!(log.len(), 1, "{log:?}");
}

#[tokio::test]
async fn a_database_that_is_not_there_is_an_error_within_seconds_and_not_a_password() {
    let store = connect("postgres://doorward:secret@127.0.0.1:1/doorward").await.unwrap();
    let began = std::time::Instant::now();
    for error in [store.begin(Access::Write).await.err(), store.check().await.err(), store.migrate_up().await.err()] {
        let error = error.unwrap();
        assert!(!format!("{error} {error:?}").contains("secret"));
    }
    assert!(began.elapsed() < Duration::from_secs(15), "{:?}", began.elapsed());
}

#[tokio::test]
async fn a_url_of_no_known_database_is_refused_without_being_told() {
    for url in
        ["mysql://doorward:secret@localhost/doorward", "secret", "", "sqlite::memory:", "sqlite://secret?mode=memory"]
    {
        let error = connect(url).await.err().unwrap();
        assert!(!format!("{error} {error:?}").contains("secret"), "{error}");
    }
}
