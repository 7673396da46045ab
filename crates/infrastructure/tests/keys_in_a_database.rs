//! Keys where they are really kept.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{sync::Arc, time::Duration};

use doorward_application::ports::{RefreshTokenCodec, TokenSigner};
use doorward_domain::Secret;
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    jwt::{ExtraClaims, JwtOptions, JwtSigner, SigningAlgorithm},
    key_ring::KeyError,
    os_random::OsRandom,
    refresh_token::MacRefreshTokens,
    store::{DatabaseOptions, SeaStore, keys::KeyPurpose, scratch::ScratchDatabase},
    uuid_v7::UuidV7,
};

fn sealer(master: u8) -> Sealer {
    Sealer::new(&Secret::new(vec![master; 32])).unwrap()
}

async fn connect(database: &ScratchDatabase) -> SeaStore {
    let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 2 };
    SeaStore::connect(&options, Arc::new(sealer(1))).await.unwrap()
}

async fn start(store: &SeaStore, master: u8) -> Result<(JwtSigner, MacRefreshTokens), KeyError> {
    let options = JwtOptions {
        issuer: "i".to_owned(),
        audience: "a".to_owned(),
        client_id: "c".to_owned(),
        access_ttl: Duration::from_mins(10),
        algorithm: SigningAlgorithm::Es256,
        extra_claims: ExtraClaims::default(),
    };
    let signer = JwtSigner::open(store, &sealer(master), &SystemClock, options).await?;
    let codec = MacRefreshTokens::open(store, &sealer(master), &SystemClock, &UuidV7::default(), &OsRandom).await?;
    Ok((signer, codec))
}

async fn nodes_of_one_database_share_its_keys(database: ScratchDatabase) {
    let (one, other) = (connect(&database).await, connect(&database).await);
    one.migrate_up().await.unwrap();
    let (first, second) = tokio::join!(start(&one, 1), start(&other, 1));
    let later = start(&connect(&database).await, 1).await.unwrap();
    let ((first_signer, first_codec), (second_signer, second_codec)) = (first.unwrap(), second.unwrap());

    assert_eq!(first_signer.public_keys().len(), 1);
    assert_eq!(second_signer.public_keys(), first_signer.public_keys());
    assert_eq!(later.0.public_keys(), first_signer.public_keys());
    assert_eq!(second_codec.current_key(), first_codec.current_key());
    assert_eq!(later.1.current_key(), first_codec.current_key());
    for purpose in KeyPurpose::ALL {
        assert_eq!(one.find_keys(purpose).await.unwrap().len(), 1, "{purpose:?}");
    }

    let refusal = start(&one, 2).await.err().unwrap();
    assert!(matches!(refusal, KeyError::Sealed { .. }), "{refusal}");
}

#[tokio::test]
async fn nodes_of_one_sqlite_file_share_its_keys() {
    nodes_of_one_database_share_its_keys(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn nodes_of_one_postgresql_share_its_keys() {
    nodes_of_one_database_share_its_keys(ScratchDatabase::postgres().await).await;
}
