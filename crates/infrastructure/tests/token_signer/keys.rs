//! What keys are made of.

use aws_lc_rs::{
    encoding::{AsDer, Pkcs8V1Der},
    rsa::KeySize,
};
use doorward_application::ports::SmithError;

use super::*;

const ES256: SigningAlgorithm = SigningAlgorithm::Es256;

/// The signer's key as it is stored.
fn row(algorithm: SigningAlgorithm) -> StoredSigningKey {
    stored(&made(algorithm)[0], algorithm.as_str())
}

fn renew(master: u8, keys: &[StoredSigningKey]) -> Result<(), RenewError> {
    JwtSigner::new(sealer(master), options()).renew(keys)
}

fn refusal(master: u8, keys: &[StoredSigningKey]) -> String {
    renew(master, keys).unwrap_err().to_string()
}

#[test]
fn keys_of_every_algorithm_verify_beside_each_other() {
    let signer = keyless(options());
    signer.renew(&SigningAlgorithm::ALL.map(row)).unwrap();
    for algorithm in SigningAlgorithm::ALL {
        let token = super::signer(algorithm).sign(&claims(), now()).unwrap();
        assert_eq!(signer.verify(token.expose(), now()), Ok(claims()));
    }
    assert_eq!(signer.public_keys().len(), 3, "all but the secret of HMAC");
}

#[test]
fn another_master_secret_is_named_as_the_reason_with_the_cure() {
    let told = refusal(2, &[row(ES256)]);
    assert!(told.contains(row(ES256).key.id()) && told.contains("secrets.previous"), "{told}");
    assert!(renew(1, &[row(ES256)]).is_ok());
}

#[test]
fn a_key_that_is_in_use_stays_so_when_it_is_sealed_under_a_secret_that_comes_later() {
    let signer = signer(ES256);
    let key = opened(&made(ES256)[0]);
    let id = &made(ES256)[0].id;
    let resealed = sealer(2).seal(&format!("keys/{id}"), &key).unwrap();
    let row = StoredSigningKey { sealed: Some(resealed), ..row(ES256) };
    let token = signer.sign(&claims(), now()).unwrap();
    signer.renew(std::slice::from_ref(&row)).unwrap();
    assert_eq!(signer.verify(token.expose(), now()), Ok(claims()));
    assert!(renew(1, &[row]).is_err(), "it opens for nobody who has not seen it before");
}

#[test]
fn a_key_does_not_open_in_another_keys_row() {
    let [one, other, ..] = made(ES256);
    let moved = MadeKey { id: other.id.clone(), sealed: one.sealed.clone() };
    assert!(refusal(1, &[stored(&moved, "ES256")]).contains("does not open"));
}

#[test]
fn a_key_that_is_weak_damaged_or_of_another_algorithm_is_refused() {
    let weak_rsa = RsaKeyPair::generate(KeySize::Rsa2048).unwrap();
    let weak_rsa = AsDer::<Pkcs8V1Der<'_>>::as_der(&weak_rsa).unwrap().as_ref().to_vec();
    let of = |algorithm| opened(&made(algorithm)[0]);
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
        let bad = MadeKey { id: "x".to_owned(), sealed: sealer(1).seal("keys/x", &key).unwrap() };
        let told = refusal(1, &[row(ES256), stored(&bad, algorithm)]);
        assert!(told.contains("the stored key x cannot be used"), "{algorithm}: {told}");
    }
}

#[test]
fn no_key_is_made_for_an_algorithm_that_is_none() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    for algorithm in ["none", "es256", "RS512", ""] {
        let SmithError { algorithm: told, .. } =
            runtime.block_on(JwtKeySmith::new(sealer(1)).make(algorithm)).unwrap_err();
        assert_eq!(told, algorithm);
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
