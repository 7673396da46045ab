//! Keys where they are really kept.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::sync::Arc;

use doorward_application::ports::{DigestUse, KeyedDigest as _, RefreshTokenCodec as _};
use doorward_domain::{
    Digest, Secret, SessionId,
    session::{Nonce, RefreshToken},
};
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    key_ring::KeyError,
    keyed_digest::HmacDigests,
    os_random::OsRandom,
    refresh_token::MacRefreshTokens,
    store::{
        DatabaseOptions, SeaStore,
        keys::KeyPurpose,
        reseal::{Resealed, SealedTable},
        scratch::ScratchDatabase,
    },
    uuid_v7::UuidV7,
};
use uuid::Uuid;

/// A node with a master secret, and others that open.
struct Node {
    store: SeaStore,
    sealer: Arc<Sealer>,
}

/// What a node makes of the keys.
struct Keys {
    codec: MacRefreshTokens,
    digests: HmacDigests,
}

impl Node {
    async fn new(database: &ScratchDatabase, master: u8, previous: &[u8]) -> Self {
        let secret = |byte| Secret::new(vec![byte; Sealer::MIN_MASTER_LEN]);
        let previous: Vec<_> = previous.iter().copied().map(secret).collect();
        let sealer = Arc::new(Sealer::new(&secret(master), &previous).unwrap());
        let options = DatabaseOptions { url: database.url().to_owned(), max_connections: 2 };
        Self { store: SeaStore::connect(&options, Arc::clone(&sealer)).await.unwrap(), sealer }
    }

    async fn start(&self) -> Result<Keys, KeyError> {
        let (store, ids) = (&self.store, &UuidV7::default());
        Ok(Keys {
            digests: HmacDigests::open(store, &self.sealer, &SystemClock, ids).await?,
            codec: MacRefreshTokens::open(store, &self.sealer, &SystemClock, ids, &OsRandom).await?,
        })
    }
}

impl Keys {
    fn digest(&self) -> Digest {
        self.digests.digest(DigestUse::Request, b"bytes")
    }

    fn token(&self) -> Secret<String> {
        let session_id = SessionId::new(Uuid::from_u128(2));
        let nonce = Secret::new(Nonce::new([7; 16]));
        let key_id = self.codec.current_key();
        self.codec.encode(&RefreshToken { key_id, session_id, generation: 3, nonce }).unwrap()
    }
}

async fn nodes_of_one_database_share_its_keys(database: ScratchDatabase) {
    let (one, other) = (Node::new(&database, 1, &[]).await, Node::new(&database, 1, &[]).await);
    one.store.migrate_up().await.unwrap();
    let (first, second) = tokio::join!(one.start(), other.start());
    let later = Node::new(&database, 1, &[]).await.start().await.unwrap();
    let (first, second) = (first.unwrap(), second.unwrap());

    for keys in [&second, &later] {
        assert_eq!(keys.codec.current_key(), first.codec.current_key());
        assert_eq!(keys.digest(), first.digest());
    }
    for purpose in KeyPurpose::ALL {
        assert_eq!(one.store.find_keys(purpose).await.unwrap().len(), 1, "{purpose:?}");
    }

    let refusal = Node::new(&database, 2, &[]).await.start().await.err().unwrap();
    assert!(matches!(refusal, KeyError::Sealed { .. }), "{refusal}");
}

async fn a_change_of_the_master_secret_changes_no_key(database: ScratchDatabase) {
    let old = Node::new(&database, 1, &[]).await;
    old.store.migrate_up().await.unwrap();
    let before = old.start().await.unwrap();
    let are_the_same = |keys: &Keys| {
        assert_eq!(keys.digest(), before.digest());
        assert_eq!(keys.codec.current_key(), before.codec.current_key());
        assert!(keys.codec.decode(before.token().expose()).is_ok());
    };
    for (master, previous) in [(1, [2]), (2, [1])] {
        are_the_same(&Node::new(&database, master, &previous).await.start().await.unwrap());
    }
    let ids = async || {
        let mut ids = Vec::new();
        for purpose in KeyPurpose::ALL {
            ids.extend(old.store.find_keys(purpose).await.unwrap().into_iter().map(|key| key.id));
        }
        ids
    };
    let made = ids().await;
    let new = Node::new(&database, 2, &[]).await;
    let told = new.start().await.err().unwrap().to_string();
    assert!(made.iter().any(|id| told.contains(id)) && told.contains("secrets.previous"), "{told}");

    let both = Node::new(&database, 2, &[1]).await.store;
    let resealed = both.reseal(SealedTable::Keys, |id| panic!("{id} does not open")).await.unwrap();
    assert_eq!(resealed, Resealed { resealed: 2, current: 0, unopened: 0 });
    are_the_same(&new.start().await.unwrap());
    let told = old.start().await.err().unwrap().to_string();
    assert!(made.iter().any(|id| told.contains(id)) && told.contains("secrets.previous"), "{told}");
    are_the_same(&Node::new(&database, 1, &[2]).await.start().await.unwrap());
    assert_eq!(ids().await, made, "whoever could not open the keys has made none");
}

#[tokio::test]
async fn nodes_of_one_sqlite_file_share_its_keys() {
    nodes_of_one_database_share_its_keys(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn nodes_of_one_postgresql_share_its_keys() {
    nodes_of_one_database_share_its_keys(ScratchDatabase::postgres().await).await;
}

#[tokio::test]
async fn a_change_of_the_master_secret_changes_no_key_in_sqlite() {
    a_change_of_the_master_secret_changes_no_key(ScratchDatabase::sqlite()).await;
}

#[tokio::test]
async fn a_change_of_the_master_secret_changes_no_key_in_postgresql() {
    a_change_of_the_master_secret_changes_no_key(ScratchDatabase::postgres().await).await;
}
