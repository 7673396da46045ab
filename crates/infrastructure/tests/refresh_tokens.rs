//! Refresh tokens: the contract, and the keys behind it.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod memory_keys;

use std::sync::LazyLock;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{Clock as _, InvalidRefreshToken, RefreshTokenCodec};
use doorward_domain::{
    RefreshKeyId, Secret, SessionId,
    session::{Generation, Nonce, RefreshToken},
};
use doorward_infrastructure::{
    clock::SystemClock,
    key_ring::KeyError,
    os_random::OsRandom,
    refresh_token::MacRefreshTokens,
    store::keys::{KeyPurpose, StoredKey},
    uuid_v7::UuidV7,
};
use doorward_testkit::{contract::refresh_token_codec::Subject, refresh_token_codec_contract};
use memory_keys::{MemoryKeys, sealer, wait};
use proptest::prelude::*;
use uuid::Uuid;

refresh_token_codec_contract!(subject());

fn subject() -> Subject {
    let rows = MemoryKeys::default();
    Subject {
        codec: Box::new(open(&rows)),
        again: Box::new(open(&rows)),
        stranger: Box::new(open(&MemoryKeys::default())),
    }
}

async fn try_open(rows: &MemoryKeys, master: u8) -> Result<MacRefreshTokens, KeyError> {
    MacRefreshTokens::open(rows, &sealer(master), &SystemClock, &UuidV7::default(), &OsRandom).await
}

fn open(rows: &MemoryKeys) -> MacRefreshTokens {
    wait(try_open(rows, 1)).unwrap()
}

fn token(key_id: RefreshKeyId) -> RefreshToken {
    let nonce = Secret::new(Nonce::new([7; 16]));
    RefreshToken { key_id, session_id: SessionId::new(Uuid::from_u128(2)), generation: 3, nonce }
}

#[test]
fn a_token_begins_with_what_scanners_look_for() {
    let codec = open(&MemoryKeys::default());
    let text = codec.encode(&token(codec.current_key())).unwrap();
    let bytes = URL_SAFE_NO_PAD.decode(text.expose().strip_prefix("dwr_").unwrap()).unwrap();
    assert_eq!((bytes[0], bytes.len()), (1, 1 + 16 + 16 + 4 + 16 + 32));
    assert_eq!(text.expose().len(), 118);
}

#[test]
fn a_zero_at_the_end_may_not_be_left_out() {
    let codec = open(&MemoryKeys::default());
    let bytes = (0..=Generation::MAX)
        .map(|generation| codec.encode(&token(codec.current_key()).of_generation(generation)).unwrap())
        .map(|text| URL_SAFE_NO_PAD.decode(&text.expose()[4..]).unwrap())
        .find(|bytes| bytes.ends_with(&[0]))
        .unwrap();
    assert!(codec.decode(&format!("dwr_{}", URL_SAFE_NO_PAD.encode(&bytes))).is_ok());
    assert!(codec.decode(&format!("dwr_{}", URL_SAFE_NO_PAD.encode(&bytes[..bytes.len() - 1]))).is_err());
}

#[test]
fn a_new_key_leaves_the_tokens_of_the_old_one_good() {
    let rows = MemoryKeys::default();
    let before = open(&rows);
    let old = token(before.current_key());
    let text = before.encode(&old).unwrap();
    // As a rotation adds it.
    let [first]: [StoredKey; 1] = rows.rows().try_into().unwrap();
    let id = Uuid::from_u128(1).to_string();
    let sealed = sealer(1).seal(&format!("keys/{id}"), &[9; 32]).unwrap();
    rows.put(StoredKey { id, position: 1, sealed, ..first });

    let after = open(&rows);
    assert_eq!(after.current_key(), RefreshKeyId::new(Uuid::from_u128(1)));
    assert!(after.decode(text.expose()).is_ok());
    assert_eq!(after.encode(&old).unwrap().expose(), text.expose(), "a successor uses its parent's key");
}

#[test]
fn of_two_nodes_that_start_at_once_one_makes_the_key() {
    let rows = MemoryKeys::default();
    let (one, other) = wait(async { tokio::join!(try_open(&rows, 1), try_open(&rows, 1)) });
    assert_eq!(rows.rows().len(), 1);
    assert_eq!(one.unwrap().current_key(), other.unwrap().current_key());
}

#[test]
fn another_master_secret_opens_no_key_and_makes_none() {
    let rows = MemoryKeys::default();
    open(&rows);
    let refused = wait(try_open(&rows, 2)).err().unwrap();
    assert!(refused.to_string().contains("another secrets.master"), "{refused}");
    assert_eq!(rows.rows().len(), 1);
}

#[test]
fn another_master_secret_makes_no_key_beside_one_of_another_purpose() {
    let rows = MemoryKeys::default();
    rows.put(StoredKey {
        id: "x".to_owned(),
        purpose: KeyPurpose::Digest,
        algorithm: "ES256".to_owned(),
        position: 0,
        sealed: sealer(1).seal("keys/x", &[9; 32]).unwrap(),
        created_at: SystemClock.now(),
    });
    let refused = wait(try_open(&rows, 2)).err().unwrap();
    assert!(matches!(&refused, KeyError::Sealed { id } if id == "x"), "{refused}");
    assert_eq!(rows.rows().len(), 1);
    open(&rows);
}

#[test]
fn the_key_is_random_and_sealed_for_its_row() {
    let keys = [(); 2].map(|()| {
        let rows = MemoryKeys::default();
        open(&rows);
        let [row]: [StoredKey; 1] = rows.rows().try_into().unwrap();
        assert_eq!(row.purpose, KeyPurpose::RefreshToken);
        let key = sealer(1).open(&format!("keys/{}", row.id), &row.sealed).unwrap().into_inner();
        assert_eq!(key.len(), 32);
        assert!(!row.sealed.windows(key.len()).any(|window| window == key));
        key
    });
    assert_ne!(keys[0], keys[1]);
}

#[test]
fn a_key_that_cannot_be_one_is_refused() {
    let rows = MemoryKeys::default();
    open(&rows);
    let [good]: [StoredKey; 1] = rows.rows().try_into().unwrap();
    let seal = |id: &str, key: &[u8]| sealer(1).seal(&format!("keys/{id}"), key).unwrap();
    for bad in [
        StoredKey { sealed: seal(&good.id, &[1; 31]), ..good.clone() },
        StoredKey { id: "x".to_owned(), sealed: seal("x", &[1; 32]), position: 1, ..good.clone() },
        StoredKey { algorithm: "MD5".to_owned(), ..good.clone() },
        StoredKey { id: Uuid::max().to_string(), position: 1, ..good.clone() },
    ] {
        let rows = MemoryKeys::default();
        rows.put(good.clone());
        rows.put(bad.clone());
        assert!(wait(try_open(&rows, 1)).is_err(), "{bad:?}");
    }
}

static CODEC: LazyLock<MacRefreshTokens> = LazyLock::new(|| open(&MemoryKeys::default()));

proptest! {
    #[test]
    fn what_was_not_encoded_is_refused_without_a_panic(text in any::<String>()) {
        prop_assert_eq!(CODEC.decode(&text).err(), Some(InvalidRefreshToken));
    }

    #[test]
    fn bytes_of_the_right_form_are_refused(body in any::<[u8; 32]>(), rest in any::<[u8; 32]>(), end in any::<[u8; 21]>()) {
        let mut bytes = [&body[..], &rest, &end].concat();
        bytes[0] = 1;
        bytes[1..17].copy_from_slice(CODEC.current_key().uuid().as_bytes());
        let text = format!("dwr_{}", URL_SAFE_NO_PAD.encode(bytes));
        prop_assert_eq!(CODEC.decode(&text).err(), Some(InvalidRefreshToken));
    }

    #[test]
    fn any_token_comes_back(session in any::<u128>(), generation in any::<u32>(), nonce in any::<[u8; 16]>()) {
        let session_id = SessionId::new(Uuid::from_u128(session));
        let nonce = Nonce::new(nonce);
        let key_id = CODEC.current_key();
        let token = RefreshToken { key_id, session_id, generation, nonce: Secret::new(nonce.clone()) };
        let decoded = CODEC.decode(CODEC.encode(&token).unwrap().expose()).unwrap();
        prop_assert_eq!((decoded.key_id, decoded.session_id, decoded.generation), (key_id, session_id, generation));
        prop_assert!(*decoded.nonce.expose() == nonce);
    }

    #[test]
    fn any_mutation_is_refused(at in any::<prop::sample::Index>(), bits in 1..=255_u8) {
        let text = CODEC.encode(&token(CODEC.current_key())).unwrap();
        let mut bytes = URL_SAFE_NO_PAD.decode(&text.expose()[4..]).unwrap();
        let at = at.index(bytes.len());
        bytes[at] ^= bits;
        let mutated = format!("dwr_{}", URL_SAFE_NO_PAD.encode(bytes));
        prop_assert_eq!(CODEC.decode(&mutated).err(), Some(InvalidRefreshToken));
    }
}
