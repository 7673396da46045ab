//! Password hashing: the contract, what is stored, and what was imported.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

mod imported;

use doorward_application::ports::{PasswordHasher, Verdict};
use doorward_domain::user::{Password, PasswordHash};
use doorward_infrastructure::password::{HashingOptions, HashingPool, StartError};
use doorward_testkit::{contract::password_hasher::Subject, password_hasher_contract};

/// As little as lets a crowd of thousands be more than two seconds' work.
const CHEAP: HashingOptions = HashingOptions { memory_kib: 4096, iterations: 1, parallelism: 1, threads: 1 };

password_hasher_contract!(Subject {
    hasher: Box::new(pool(CHEAP)),
    weaker: Box::new(pool(HashingOptions { memory_kib: 1024, ..CHEAP })),
    imported: imported::KINDS.map(|text| PasswordHash::new(text.to_owned())).into(),
    crowd: 10_000,
});

fn pool(options: HashingOptions) -> HashingPool {
    HashingPool::start(options).unwrap()
}

fn password(text: &str) -> Password {
    Password::parse(text).unwrap()
}

async fn verify(hasher: &HashingPool, text: &str, stored: &str) -> Verdict {
    hasher.verify(&password(text), &PasswordHash::new(stored.to_owned())).await.unwrap()
}

#[tokio::test]
async fn a_hash_at_its_real_cost_is_stored_as_a_phc_string() {
    let hasher = pool(HashingOptions { memory_kib: 19_456, iterations: 2, parallelism: 1, threads: 0 });
    let stored = hasher.hash(&password("correct horse")).await.unwrap();
    let fields: Vec<_> = stored.expose().split('$').collect();
    assert_eq!(fields[..4], ["", "argon2id", "v=19", "m=19456,t=2,p=1"]);
    // In base64 without padding: 16 bytes of salt, 32 of output.
    assert_eq!([fields[4].len(), fields[5].len(), fields.len()], [22, 43, 6]);
    assert_eq!(verify(&hasher, "correct horse", stored.expose()).await, Verdict::Match { rehash: false });
    assert_eq!(verify(&hasher, "wrong horse", stored.expose()).await, Verdict::Mismatch);
}

#[tokio::test]
async fn hashes_of_the_reference_implementation_match() {
    // From the tests of https://github.com/P-H-C/phc-winner-argon2.
    let hasher = pool(CHEAP);
    for (stored, rehash) in [
        ("$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", true),
        ("$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$wWKIMhR9lyDFvRz9YTZweHKfbftvj+qf+YFY4NeBbtA", true),
        ("$argon2i$m=65536,t=2,p=1$c29tZXNhbHQ$9sTbSlTio3Biev89thdrlKKiCaYsjjYVJxGAL3swxpQ", true),
    ] {
        assert_eq!(verify(&hasher, "password", stored).await, Verdict::Match { rehash }, "{stored}");
        assert_eq!(verify(&hasher, "Password", stored).await, Verdict::Mismatch, "{stored}");
    }
}

#[tokio::test]
async fn a_rehash_is_asked_for_where_the_stored_hash_is_weaker_or_other() {
    let options = HashingOptions { memory_kib: 64, iterations: 2, parallelism: 2, threads: 1 };
    let hasher = pool(options);
    for (stored_with, rehash) in [
        (options, false),
        (HashingOptions { memory_kib: 128, ..options }, false),
        (HashingOptions { iterations: 3, ..options }, false),
        (HashingOptions { memory_kib: 32, ..options }, true),
        (HashingOptions { iterations: 1, ..options }, true),
        (HashingOptions { memory_kib: 128, iterations: 1, ..options }, true),
        (HashingOptions { parallelism: 1, ..options }, true),
        (HashingOptions { parallelism: 4, ..options }, true),
    ] {
        let stored = pool(stored_with).hash(&password("correct horse")).await.unwrap();
        assert_eq!(
            verify(&hasher, "correct horse", stored.expose()).await,
            Verdict::Match { rehash },
            "{stored_with:?}"
        );
    }
}

#[tokio::test]
async fn a_stored_hash_may_use_the_256_mib_that_are_allowed() {
    let hasher = pool(CHEAP);
    let stored = pool(HashingOptions { memory_kib: 256 * 1024, ..CHEAP }).hash(&password("a")).await.unwrap();
    assert_eq!(verify(&hasher, "a", stored.expose()).await, Verdict::Match { rehash: false });
}

#[test]
fn parameters_that_argon2_cannot_have_or_that_cost_too_much_do_not_start() {
    for options in [
        HashingOptions { memory_kib: 7, ..CHEAP },
        HashingOptions { memory_kib: 256 * 1024 + 1, ..CHEAP },
        HashingOptions { iterations: 0, ..CHEAP },
        HashingOptions { iterations: 21, ..CHEAP },
        HashingOptions { parallelism: 0, ..CHEAP },
        HashingOptions { parallelism: 17, ..CHEAP },
        HashingOptions { memory_kib: 15, parallelism: 2, ..CHEAP },
    ] {
        assert!(matches!(HashingPool::start(options), Err(StartError::Parameters(_))), "{options:?}");
    }
}
