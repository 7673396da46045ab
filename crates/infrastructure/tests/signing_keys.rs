//! The keys that access tokens are signed with, where they are really kept.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{sync::Arc, time::Duration};

use doorward_application::ports::{Access, Store as _, StoredSigningKey};
use doorward_domain::{
    Secret, Timestamp,
    key::{KeyMoments, SigningKey},
};
use doorward_infrastructure::{
    Sealer,
    store::{
        DatabaseOptions, SeaStore,
        keys::{KeyPurpose, StoredKey},
        scratch::ScratchDatabase,
    },
};
use doorward_testkit::builders::noon;
use sea_orm::{ConnectionTrait as _, Database, DatabaseConnection, Statement, Value};

async fn connect(database: &ScratchDatabase) -> (SeaStore, DatabaseConnection) {
    let sealer = Arc::new(Sealer::new(&Secret::new(vec![1; Sealer::MIN_MASTER_LEN]), &[]).unwrap());
    let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 2 };
    let store = SeaStore::connect(&options, sealer).await.unwrap();
    store.migrate_up().await.unwrap();
    (store, Database::connect(database.url()).await.unwrap())
}

/// Back to before the signing keys had a table of their own.
async fn set_back(store: &SeaStore) {
    let status = store.migration_status().await.unwrap();
    let since = status.iter().position(|migration| migration.name.ends_with("_signing_keys")).unwrap();
    store.migrate_down(u32::try_from(status.len() - since).unwrap()).await.unwrap();
}

fn later(hours: u64) -> Timestamp {
    noon() + Duration::from_hours(hours)
}

/// A key that signs from its publication on.
fn key(id: &str, algorithm: &str, published_at: Timestamp) -> StoredSigningKey {
    let moments = KeyMoments { published_at, signs_from: published_at, revoked_at: None, retired_at: None };
    let key = SigningKey::stored(id.to_owned(), algorithm.to_owned(), moments).unwrap();
    StoredSigningKey { key, sealed: Some(id.as_bytes().to_vec()) }
}

async fn ring(store: &SeaStore) -> Vec<StoredSigningKey> {
    store.begin(Access::Read).await.unwrap().signing_keys().list().await.unwrap()
}

/// A row of before.
async fn insert(raw: &DatabaseConnection, id: &str, algorithm: &str, position: i32, created_at: Timestamp) {
    let sql = "INSERT INTO keys (id, purpose, algorithm, position, sealed, created_at) \
               VALUES ($1, 'access_token', $2, $3, $4, $5)";
    let sealed = id.as_bytes().to_vec();
    let values = [Value::from(id), algorithm.into(), position.into(), sealed.into(), created_at.into()];
    raw.execute_raw(Statement::from_sql_and_values(raw.get_database_backend(), sql, values)).await.unwrap();
}

/// Id and place of the keys of access tokens, as a version of before finds them.
async fn of_before(raw: &DatabaseConnection) -> Vec<(String, i32, Vec<u8>)> {
    let sql = "SELECT id, position, sealed FROM keys WHERE purpose = 'access_token' ORDER BY algorithm, position";
    let rows = raw.query_all_raw(Statement::from_string(raw.get_database_backend(), sql)).await.unwrap();
    let column = |row: &sea_orm::QueryResult| {
        (row.try_get_by(0).unwrap(), row.try_get_by(1).unwrap(), row.try_get_by(2).unwrap())
    };
    rows.iter().map(column).collect()
}

async fn keys_of_before_go_on_in_the_ring(database: ScratchDatabase) {
    let (store, raw) = connect(&database).await;
    set_back(&store).await;
    insert(&raw, "a", "ES256", 0, later(1)).await;
    insert(&raw, "b", "EdDSA", 0, later(2)).await;
    let other = StoredKey {
        id: "c".to_owned(),
        purpose: KeyPurpose::RefreshToken,
        algorithm: "HMAC-SHA256".to_owned(),
        position: 0,
        sealed: vec![1],
        created_at: noon(),
    };
    assert!(store.insert_key(&other).await.unwrap());
    store.migrate_up().await.unwrap();
    assert_eq!(ring(&store).await, [key("a", "ES256", later(1)), key("b", "EdDSA", later(2))]);
    assert_eq!(of_before(&raw).await, []);
    assert_eq!(store.find_keys(KeyPurpose::RefreshToken).await.unwrap(), [other]);
}

async fn a_version_of_before_finds_the_keys_that_hold(database: ScratchDatabase) {
    let (store, raw) = connect(&database).await;
    let gone = StoredSigningKey { sealed: None, ..key("0", "ES256", noon()) };
    let mut unit = store.begin(Access::Write).await.unwrap();
    for key in [&key("z", "ES256", later(1)), &key("a", "ES256", later(2)), &key("b", "EdDSA", later(3)), &gone] {
        unit.signing_keys().insert(key).await.unwrap();
    }
    unit.commit().await.unwrap();
    set_back(&store).await;
    let row = |id: &str, position| (id.to_owned(), position, id.as_bytes().to_vec());
    assert_eq!(of_before(&raw).await, [row("z", 0), row("a", 1), row("b", 0)]);
    store.migrate_up().await.unwrap();
    let expected = [key("z", "ES256", later(1)), key("a", "ES256", later(2)), key("b", "EdDSA", later(3))];
    assert_eq!(ring(&store).await, expected);
}

#[tokio::test]
async fn keys_of_before_go_on_in_the_ring_in_sqlite() {
    keys_of_before_go_on_in_the_ring(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn keys_of_before_go_on_in_the_ring_in_postgresql() {
    keys_of_before_go_on_in_the_ring(ScratchDatabase::postgres().await).await;
}

#[tokio::test]
async fn a_version_of_before_finds_the_keys_that_hold_in_sqlite() {
    a_version_of_before_finds_the_keys_that_hold(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn a_version_of_before_finds_the_keys_that_hold_in_postgresql() {
    a_version_of_before_finds_the_keys_that_hold(ScratchDatabase::postgres().await).await;
}
