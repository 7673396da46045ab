//! The ring of keys.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
};
use doorward_infrastructure::store::keys::{KeyPurpose, StoredKey};

use super::*;

const ES256: SigningAlgorithm = SigningAlgorithm::Es256;

/// The one row of a signer.
fn row(algorithm: SigningAlgorithm) -> StoredKey {
    let [row] = rows(algorithm)[0].rows().try_into().unwrap();
    row
}

/// Only these rows.
fn ring(stored: impl IntoIterator<Item = StoredKey>) -> MemoryKeys {
    let rows = MemoryKeys::default();
    stored.into_iter().for_each(|row| rows.put(row));
    rows
}

fn refusal(rows: &MemoryKeys, master: u8, algorithm: SigningAlgorithm) -> KeyError {
    wait(try_open(rows, master, options(algorithm))).err().unwrap()
}

#[test]
fn the_first_start_makes_one_key_of_the_algorithm_and_the_next_none() {
    let rows = MemoryKeys::default();
    for _ in 0..2 {
        open(&rows, ES256);
        let [row]: [StoredKey; 1] = rows.rows().try_into().unwrap();
        assert_eq!((row.purpose, &*row.algorithm, row.position), (KeyPurpose::AccessToken, "ES256", 0));
    }
}

#[test]
fn of_two_nodes_that_start_at_once_one_makes_the_key() {
    let rows = MemoryKeys::default();
    let start = || try_open(&rows, 1, options(ES256));
    let (one, other) = wait(async { tokio::join!(start(), start()) });
    assert_eq!(rows.rows().len(), 1);
    let token = one.unwrap().sign(&claims()).unwrap();
    assert_eq!(other.unwrap().verify(token.expose(), now()), Ok(claims()));
}

#[test]
fn after_a_change_of_algorithm_the_old_key_verifies_and_the_new_one_signs() {
    let rows = MemoryKeys::default();
    for (count, algorithm) in [ES256, SigningAlgorithm::EdDsa, SigningAlgorithm::Hs256].into_iter().enumerate() {
        let old = rows.rows().first().map(|_| open(&rows, ES256).sign(&claims()).unwrap());
        let signer = open(&rows, algorithm);
        assert_eq!(rows.rows().len(), count + 1);
        assert_eq!(genuine(&signer).0["alg"], algorithm.as_str());
        if let Some(old) = old {
            assert_eq!(signer.verify(old.expose(), now()), Ok(claims()));
        }
    }
    let published: Vec<_> = open(&rows, ES256).public_keys().iter().map(|key| key.algorithm).collect();
    assert_eq!(published, ["ES256", "EdDSA"]);
}

#[test]
fn the_newest_key_signs_and_the_older_verify() {
    let older = open(&ring([row(ES256)]), ES256).sign(&claims()).unwrap();
    let [stranger] = rows(ES256)[1].rows().try_into().unwrap();
    let newer = StoredKey { position: 1, ..stranger };
    for order in [[row(ES256), newer.clone()], [newer.clone(), row(ES256)]] {
        let signer = open(&ring(order), ES256);
        assert_eq!(genuine(&signer).0["kid"], newer.id);
        assert_eq!(signer.verify(older.expose(), now()), Ok(claims()));
        assert_eq!(signer.public_keys().len(), 2);
    }
}

#[test]
fn keys_of_another_purpose_sign_nothing() {
    let rows = ring([StoredKey { purpose: KeyPurpose::RefreshToken, ..row(ES256) }]);
    assert_ne!(genuine(&open(&rows, ES256)).0["kid"], row(ES256).id);
}

#[test]
fn another_master_secret_is_named_as_the_reason() {
    let rows = ring([row(ES256)]);
    for algorithm in [ES256, SigningAlgorithm::EdDsa] {
        let refusal = refusal(&rows, 2, algorithm);
        assert!(matches!(&refusal, KeyError::Sealed { id } if *id == row(ES256).id));
        assert!(refusal.to_string().contains("the database was made with another secrets.master"), "{refusal}");
    }
}

#[test]
fn another_master_secret_with_a_new_algorithm_leaves_no_key_that_keeps_the_right_one_out() {
    let rows = ring([row(ES256)]);
    for algorithm in SigningAlgorithm::ALL {
        assert!(matches!(refusal(&rows, 2, algorithm), KeyError::Sealed { .. }));
        assert_eq!(rows.rows(), [row(ES256)], "{algorithm:?}");
    }
    open(&rows, SigningAlgorithm::EdDsa);
}

#[test]
fn a_key_does_not_open_in_another_keys_row() {
    let moved = StoredKey { id: "another".to_owned(), ..row(ES256) };
    assert!(matches!(refusal(&ring([moved]), 1, ES256), KeyError::Sealed { .. }));
}

#[test]
fn a_key_that_is_weak_damaged_or_of_another_algorithm_is_refused() {
    let weak_rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let weak_rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&weak_rsa).unwrap().as_ref().to_vec();
    let opened = |row: &StoredKey| sealer(1).open(&format!("keys/{}", row.id), &row.sealed).unwrap().into_inner();
    let of = |algorithm| opened(&row(algorithm));
    for (algorithm, key) in [
        ("HS256", Vec::new()),
        ("HS256", vec![1; 31]),
        ("RS256", weak_rsa),
        ("RS256", of(ES256)),
        ("ES256", of(SigningAlgorithm::EdDsa)),
        ("ES256", of(ES256)[..60].to_vec()),
        ("EdDSA", of(ES256)),
        ("EdDSA", vec![1; 48]),
        ("RS256", vec![1; 10]),
        ("ES512", of(ES256)),
        ("none", of(ES256)),
        ("es256", of(ES256)),
    ] {
        let sealed = sealer(1).seal("keys/x", &key).unwrap();
        let bad = StoredKey { id: "x".to_owned(), algorithm: algorithm.to_owned(), position: 1, sealed, ..row(ES256) };
        let refusal = refusal(&ring([row(ES256), bad]), 1, ES256);
        assert!(matches!(&refusal, KeyError::Unusable { id, .. } if id == "x"), "{algorithm}: {refusal}");
    }
}

#[test]
fn every_algorithm_is_found_by_its_exact_name() {
    for algorithm in SigningAlgorithm::ALL {
        assert_eq!(SigningAlgorithm::parse(algorithm.as_str()), Some(algorithm));
        assert_eq!(SigningAlgorithm::parse(&format!("{} ", algorithm.as_str())), None);
    }
    assert_eq!(SigningAlgorithm::parse("none"), None);
}
