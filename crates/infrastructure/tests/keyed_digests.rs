//! Keyed digests: the contract, and the key behind them.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod memory_keys;

use std::time::Duration;

use aws_lc_rs::hmac;
use doorward_application::ports::{Clock as _, DigestUse, KeyedDigest as _};
use doorward_domain::{Digest, Secret};
use doorward_infrastructure::{
    Sealer,
    clock::SystemClock,
    key_ring::KeyError,
    keyed_digest::HmacDigests,
    store::keys::{KeyPurpose, StoredKey},
    uuid_v7::UuidV7,
};
use doorward_testkit::{contract::keyed_digest::Subject, keyed_digest_contract};
use memory_keys::{MemoryKeys, sealer, wait};

keyed_digest_contract!(subject());

fn subject() -> Subject {
    let rows = MemoryKeys::default();
    Subject {
        digests: Box::new(open(&rows, &sealer(1))),
        again: Box::new(open(&rows, &sealer(1))),
        stranger: Box::new(open(&MemoryKeys::default(), &sealer(2))),
    }
}

fn rotated(master: u8, previous: &[u8]) -> Sealer {
    let secret = |byte| Secret::new(vec![byte; Sealer::MIN_MASTER_LEN]);
    let previous: Vec<_> = previous.iter().copied().map(secret).collect();
    Sealer::new(&secret(master), &previous).unwrap()
}

async fn try_open(rows: &MemoryKeys, sealer: &Sealer) -> Result<HmacDigests, KeyError> {
    HmacDigests::open(rows, sealer, &SystemClock, &UuidV7::default()).await
}

fn open(rows: &MemoryKeys, sealer: &Sealer) -> HmacDigests {
    wait(try_open(rows, sealer)).unwrap()
}

fn digest(rows: &MemoryKeys, sealer: &Sealer) -> Digest {
    open(rows, sealer).digest(DigestUse::Identifier, b"jane@example.com")
}

/// The digest that versions without a stored key made with a master secret.
fn before(master: u8) -> Digest {
    digest(&MemoryKeys::default(), &sealer(master))
}

/// A key of another purpose, as a version without a stored key of digests has left it.
fn other_key(id: &str, master: u8, age: Duration) -> StoredKey {
    StoredKey {
        id: id.to_owned(),
        purpose: KeyPurpose::RefreshToken,
        algorithm: "HMAC-SHA256".to_owned(),
        position: 0,
        sealed: sealer(master).seal(&format!("keys/{id}"), &[9; 32]).unwrap(),
        created_at: SystemClock.now() - age,
    }
}

#[test]
fn is_the_same_as_in_every_version_before() {
    // The first bytes, as another implementation of both RFCs makes them.
    assert_eq!(before(1).as_bytes()[..8], [0xee, 0x66, 0x12, 0xc6, 0x95, 0xb5, 0x45, 0xf3]);
}

#[test]
fn is_hmac_sha_256_of_use_and_bytes_under_the_key_that_is_stored_sealed() {
    let rows = MemoryKeys::default();
    let digest = open(&rows, &sealer(1)).digest(DigestUse::Cursor, b"bytes");
    let [row]: [StoredKey; 1] = rows.rows().try_into().unwrap();
    assert_eq!((row.purpose, &*row.algorithm, row.position), (KeyPurpose::Digest, "HMAC-SHA256", 0));
    let key = sealer(1).open(&format!("keys/{}", row.id), &row.sealed).unwrap();
    assert!(!row.sealed.windows(32).any(|window| window == key.expose()));
    let key = hmac::Key::new(hmac::HMAC_SHA256, key.expose());
    hmac::verify(&key, b"cursor\0bytes", digest.as_bytes()).unwrap();
}

#[test]
fn a_change_of_the_master_secret_changes_no_digest() {
    let rows = MemoryKeys::default();
    let made = digest(&rows, &sealer(1));
    assert_eq!(digest(&rows, &rotated(1, &[2])), made);
    assert_eq!(digest(&rows, &rotated(2, &[1])), made);
    let [row]: [StoredKey; 1] = rows.rows().try_into().unwrap();
    let sealed = rotated(2, &[1]).reseal(&format!("keys/{}", row.id), &row.sealed).unwrap().unwrap();
    rows.put(StoredKey { sealed, ..row });
    assert_eq!(digest(&rows, &sealer(2)), made);
}

#[test]
fn a_version_that_comes_with_a_new_master_secret_keeps_the_digests_of_the_old_one() {
    for secrets in [sealer(1), rotated(1, &[2]), rotated(2, &[1]), rotated(3, &[2, 1])] {
        let rows = MemoryKeys::default();
        rows.put(other_key("x", 1, Duration::ZERO));
        assert_eq!(digest(&rows, &secrets), before(1));
        assert_eq!(rows.rows().len(), 2);
    }
    // The oldest key counts.
    let rows = MemoryKeys::default();
    let newer = other_key("newer", 2, Duration::ZERO);
    rows.put(StoredKey { position: 1, ..newer });
    rows.put(other_key("older", 1, Duration::from_hours(1)));
    assert_eq!(digest(&rows, &rotated(2, &[1])), before(1));
}

#[test]
fn of_two_nodes_that_start_at_once_one_makes_the_key() {
    let rows = MemoryKeys::default();
    let (one, other) = (rotated(1, &[2]), rotated(2, &[1]));
    let (one, other) = wait(async { tokio::join!(try_open(&rows, &one), try_open(&rows, &other)) });
    assert_eq!(rows.rows().len(), 1);
    let digest = |digests: HmacDigests| digests.digest(DigestUse::Request, b"bytes");
    assert_eq!(digest(one.unwrap()), digest(other.unwrap()));
}

#[test]
fn another_master_secret_opens_no_key_and_makes_none() {
    for row in [other_key("x", 1, Duration::ZERO), {
        let rows = MemoryKeys::default();
        open(&rows, &sealer(1));
        rows.rows().remove(0)
    }] {
        let rows = MemoryKeys::default();
        rows.put(row.clone());
        let refused = wait(try_open(&rows, &rotated(2, &[3]))).err().unwrap();
        assert!(matches!(&refused, KeyError::Sealed { id } if *id == row.id), "{refused}");
        let told = refused.to_string();
        assert!(told.contains(&row.id) && told.contains("secrets.previous"), "{told}");
        assert_eq!(rows.rows(), [row]);
    }
}

#[test]
fn a_key_that_cannot_be_one_is_refused() {
    let rows = MemoryKeys::default();
    open(&rows, &sealer(1));
    let [good]: [StoredKey; 1] = rows.rows().try_into().unwrap();
    let seal = |key: &[u8]| sealer(1).seal(&format!("keys/{}", good.id), key).unwrap();
    for bad in [
        StoredKey { sealed: seal(&[1; 31]), ..good.clone() },
        StoredKey { sealed: seal(&[1; 33]), ..good.clone() },
        StoredKey { algorithm: "MD5".to_owned(), ..good.clone() },
    ] {
        let rows = MemoryKeys::default();
        rows.put(bad.clone());
        assert!(matches!(wait(try_open(&rows, &sealer(1))), Err(KeyError::Unusable { .. })), "{bad:?}");
    }
}
