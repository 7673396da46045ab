//! Hashes that other systems made.

use doorward_application::ports::{PasswordHasher as _, UnusableHash, Verdict};
use doorward_domain::user::PasswordHash;
use doorward_infrastructure::password::recognise;

use crate::{CHEAP, pool, verify};

/// Hashes of `correct horse`, one of each kind: Argon2 and bcrypt from the crates of their names, the others from
/// Python's hashlib.
pub(crate) const KINDS: [&str; 10] = [
    "$argon2i$v=19$m=64,t=3,p=1$c29tZXNhbHQxMjM0NTY3OA$4RzERb3hOIRkXjjy/fJ7+ZOQpV0pa3hs+fb8VWb3/iQ",
    "$argon2d$v=19$m=64,t=3,p=1$c29tZXNhbHQxMjM0NTY3OA$T7gY75jR/rwJUD9c0wlr/GrWvz3DfNFH3oeSL0vKCuI",
    "$2a$04$omtgLsGMON2nz9c620u13e6XbKbCeN3X6kk5Xys2pSyd6YB4dKKzm",
    "$2b$04$WqyeOseTsel/AY4zn5OBuOaW7y8kX/d22VgaWyiGZ2ofer8.F5pE2",
    "$2y$04$aEiggzF/aQjV4tIkxFfHauqBYYgLZZupMgVMuNBSifULblIja40F6",
    "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQxMjM0NTY3OA$RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk",
    "$scrypt$ln=4,r=8,p=1$c29tZXNhbHQxMjM0NTY3OA\
     $RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZlcSV+Tyvsm84jArpKTX9heF4jn8sQzsUxLsOiUPWFHVQ",
    "$pbkdf2-sha256$i=1000,l=32$c29tZXNhbHQxMjM0NTY3OA$5rLk1DOPpR3gVlTT0jhzhZW5kKSyrMwtQEygB2hmxis",
    "$pbkdf2-sha512$i=1000,l=64$c29tZXNhbHQxMjM0NTY3OA\
     $sWps1llwgbWXpLF38mZM6tcxgFkocPltUMVyBEGrSPfheU7eCsUOWcMZKKXmKOibitmvh5s5vvS80Lwu41zzQg",
    "pbkdf2_sha256$1000$seasalt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=",
];

#[tokio::test]
async fn hashes_that_others_published_match() {
    let hasher = pool(CHEAP);
    for (password, stored) in [
        // The documentation of passlib.hash.scrypt.
        ("password", "$scrypt$ln=16,r=8,p=1$aM15713r3Xsvxbi31lqr1Q$nFNh2CVHVjNldFVKDHDlm4CbdRSCdEBsjjJxD+iCs5E"),
        // RFC 7914 §12.
        (
            "pleaseletmein",
            "$scrypt$ln=14,r=8,p=1$U29kaXVtQ2hsb3JpZGU\
             $cCO9yzr9c0hGHAbNgf046/2o+7qQT44+qbVD9lRdofLVQylVYT8Pz2LUlwUkKpr55h6F3A1lHkDfzwF7RVdYhw",
        ),
        // RFC 7914 §11, its first 32 bytes.
        ("Password", "pbkdf2_sha256$80000$NaCl$TdzY9guYviGDDO5e8icB+WQaRBjQTAQUrv8Ih2s0q1Y="),
        // The tests of Django.
        ("lètmein", "pbkdf2_sha256$20000$seasalt$oBSd886ysm3AqYun62DOdin8YcfbU1z9cksZSuLP9r0="),
    ] {
        assert_eq!(verify(&hasher, password, stored).await, Verdict::Match { rehash: true }, "{stored}");
        assert_eq!(verify(&hasher, "wrong horse", stored).await, Verdict::Mismatch, "{stored}");
    }
}

#[tokio::test]
async fn what_is_left_of_a_wrapped_hash_is_its_recipe() {
    let hasher = pool(CHEAP);
    for (stored, header) in [
        (KINDS[0], "$argon2id-over:32:$argon2i$v=19$m=64,t=3,p=1$c29tZXNhbHQxMjM0NTY3OA"),
        (KINDS[3], "$argon2id-over:23:$2b$04$WqyeOseTsel/AY4zn5OBuO"),
        (KINDS[6], "$argon2id-over:64:$scrypt$ln=4,r=8,p=1$c29tZXNhbHQxMjM0NTY3OA"),
        (KINDS[8], "$argon2id-over:64:$pbkdf2-sha512$i=1000,l=64$c29tZXNhbHQxMjM0NTY3OA"),
        (KINDS[9], "$argon2id-over:32:pbkdf2_sha256$1000$seasalt"),
    ] {
        let wrapped = hasher.wrap(&PasswordHash::new(stored.to_owned())).await.unwrap().unwrap();
        let outer = wrapped.expose().strip_prefix(header).unwrap_or_else(|| panic!("{}", wrapped.expose()));
        assert!(outer.starts_with("$argon2id$v=19$m=4096,t=1,p=1$"), "{outer}");
        assert_eq!(outer.split('$').count(), 6, "{outer}");
    }
}

#[tokio::test]
async fn a_password_with_a_nul_matches_no_wrapped_bcrypt_hash() {
    let hasher = pool(CHEAP);
    let stored = PasswordHash::new(bcrypt::hash("a", 4).unwrap());
    let wrapped = hasher.wrap(&stored).await.unwrap().unwrap();
    assert_eq!(verify(&hasher, "a", wrapped.expose()).await, Verdict::Match { rehash: true });
    assert_eq!(verify(&hasher, "a\0a", wrapped.expose()).await, Verdict::Mismatch);
}

#[test]
fn whoever_imports_is_told_why_a_hash_is_unusable() {
    for (stored, reason) in [
        ("", UnusableHash::UnknownKind),
        ("$1$salt$hash", UnusableHash::UnknownKind),
        ("$2x$10$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", UnusableHash::UnknownKind),
        ("pbkdf2_sha1$1000$salt$hash", UnusableHash::UnknownKind),
        ("$argon2id-over:23:$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ$c29tZWRpZ2VzdC4uLi4", UnusableHash::UnknownKind),
        ("$2b$10$N9qo8uLOickgx2ZMRZoMye", UnusableHash::Malformed),
        ("$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHQ", UnusableHash::Malformed),
        ("$argon2id-over:23", UnusableHash::Malformed),
        ("$2b$16$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy", UnusableHash::OutOfBounds),
        ("$argon2id$v=19$m=262145,t=1,p=1$c29tZXNhbHQ$c29tZWRpZ2VzdC4uLi4", UnusableHash::OutOfBounds),
        ("pbkdf2_sha256$10000001$salt$mQnueSakb748zqBAC1tmWVZsZbi2zPGZarEzTGdfmso=", UnusableHash::OutOfBounds),
    ] {
        assert_eq!(recognise(stored), Err(reason), "{stored}");
    }
}
