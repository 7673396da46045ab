//! JSON Web Key Sets of others: no name stands for two keys, and no private key is taken for a public one.
#![no_main]

use std::collections::HashSet;

use doorward_verifier::{KeySet, KeySetError, VerifyingKey, thumbprint};
use libfuzzer_sys::fuzz_target;
use serde_json::{Map, Value};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(jwk) = serde_json::from_slice::<Map<String, Value>>(bytes) {
        let _ = thumbprint(&jwk);
        if let Ok(key) = VerifyingKey::from_jwk(&jwk) {
            assert!(["d", "p", "q", "dp", "dq", "qi", "oth", "k"].iter().all(|name| !jwk.contains_key(*name)));
            assert_eq!(jwk["kid"], key.id());
            assert!(!key.verifies(b"anything", bytes));
        }
    }
    match KeySet::parse(bytes) {
        Ok(set) => {
            let published: Value = serde_json::from_slice(bytes).expect("a set is JSON");
            let count = published["keys"].as_array().expect("a list").len();
            assert_eq!(set.iter().count() + set.skipped().len(), count);
            let names: HashSet<&str> = set.iter().map(VerifyingKey::id).collect();
            assert_eq!(names.len(), set.iter().count());
            let is_plain = |name: &str| name.len() <= 256 && name.bytes().all(|byte| byte.is_ascii_graphic());
            assert!(names.into_iter().chain(set.skipped().iter().filter_map(|key| key.id.as_deref())).all(is_plain));
        }
        Err(KeySetError::RepeatedId(name)) => assert!(name.is_ascii() && !name.contains(char::is_control)),
        Err(KeySetError::Malformed | KeySetError::Private) => {}
    }
});
