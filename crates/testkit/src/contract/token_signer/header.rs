//! What a header may not say.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use serde_json::{Value, json};

use super::{
    Genuine, Subject, genuine,
    members::{get, others, text, twice, with, without},
    refuses, refuses_forged,
};

pub fn another_algorithm_than_the_keys_own_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let algorithms = [
        "HS256", "HS384", "HS512", "RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512",
        "EdDSA", "Ed25519", "none", "",
    ];
    for algorithm in algorithms.into_iter().filter(|algorithm| get(&header, "alg") != algorithm) {
        refuses_forged(subject, &with(&header, "alg", json!(algorithm)), &payload);
    }
    for other in others() {
        refuses_forged(subject, &with(&header, "alg", other), &payload);
    }
    refuses_forged(subject, &without(&header, "alg"), &payload);
}

pub fn another_type_than_at_jwt_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for typ in ["JWT", "AT+JWT", "application/at+jwt", "at+jwt ", "dpop+jwt", "logout+jwt", "revocations+jwt", ""] {
        refuses_forged(subject, &with(&header, "typ", json!(typ)), &payload);
    }
    for other in others() {
        refuses_forged(subject, &with(&header, "typ", other), &payload);
    }
    refuses_forged(subject, &without(&header, "typ"), &payload);
}

pub fn any_crit_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for crit in [json!(["exp"]), json!(["b64"]), json!(["x"]), json!([""]), json!("exp")].into_iter().chain(others()) {
        refuses_forged(subject, &with(&header, "crit", crit), &payload);
    }
}

pub fn a_key_in_the_header_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let url = json!("https://attacker.example/keys.json");
    let oct = json!({"kty": "oct", "k": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"});
    for (name, value) in
        [("jwk", oct), ("jku", url.clone()), ("x5u", url), ("x5c", json!(["AA=="])), ("x5t", json!("AA"))]
    {
        refuses_forged(subject, &with(&header, name, value), &payload);
        refuses_forged(subject, &with(&header, name, Value::Null), &payload);
    }
}

pub fn an_unknown_key_id_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let ours = get(&header, "kid").as_str().expect("kid is a string");
    let kids = ["../../dev/null", "' OR 1=1 --", &ours[1..], &format!("{ours} "), &ours.to_lowercase()];
    for kid in kids.into_iter().filter(|kid| *kid != ours) {
        refuses_forged(subject, &with(&header, "kid", json!(kid)), &payload);
    }
    for other in others() {
        refuses_forged(subject, &with(&header, "kid", other), &payload);
    }
    refuses_forged(subject, &without(&header, "kid"), &payload);
}

pub fn a_header_name_that_stands_twice_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for (name, value) in &header {
        for twice in twice(&header, name, value) {
            refuses(subject, &(subject.forge)(&twice, &text(&payload)));
        }
    }
}
