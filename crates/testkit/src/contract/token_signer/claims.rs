//! What claims may not say.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use serde_json::{Value, json};

use super::{
    Genuine, Subject, genuine,
    members::{get, others, text, twice, with, without},
    now, refuses, refuses_forged,
};

/// The claims that every access token has.
const CLAIMS: [&str; 11] = ["iss", "aud", "client_id", "sub", "sid", "jti", "epoch", "iat", "nbf", "exp", "role"];

pub fn an_issuer_that_is_not_exactly_ours_is_refused(subject: &Subject) {
    refuses_other_names(subject, "iss");
}

pub fn an_audience_that_is_not_exactly_ours_is_refused(subject: &Subject) {
    refuses_other_names(subject, "aud");
}

pub fn an_exp_or_nbf_out_of_range_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let now = now().timestamp();
    for exp in [now - 1, 0, -1, i64::MIN, i64::MAX] {
        refuses_forged(subject, &header, &with(&payload, "exp", json!(exp)));
    }
    for nbf in [now + 60, i64::MIN, i64::MAX] {
        let payload = with(&with(&payload, "nbf", json!(nbf)), "iat", json!(nbf));
        refuses_forged(subject, &header, &payload);
    }
}

pub fn a_life_longer_than_ours_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    let issued_at = get(&payload, "iat").as_i64().expect("iat is a number");
    let longest = i64::try_from(subject.access_ttl.as_secs()).expect("a life is short");
    for life in [longest + 1, longest * 2, 100 * 365 * 24 * 3600] {
        refuses_forged(subject, &header, &with(&payload, "exp", json!(issued_at + life)));
    }
}

pub fn a_missing_claim_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for name in CLAIMS {
        assert_ne!(without(&payload, name), payload, "{name}");
        refuses_forged(subject, &header, &without(&payload, name));
    }
    for all in ["{}", "null", "[]", "\"\"", "", "{"] {
        refuses(subject, &(subject.forge)(&text(&header), all));
    }
}

pub fn a_claim_of_another_type_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for name in CLAIMS {
        for other in others() {
            refuses_forged(subject, &header, &with(&payload, name, other));
        }
        // The right value in another coat: a number as text, a text in a list, a whole number with a fraction.
        let coat = match get(&payload, name) {
            Value::Number(number) => vec![json!(number.to_string()), json!(number.as_f64())],
            value => vec![json!([value]), json!({ "value": value })],
        };
        for value in coat {
            refuses_forged(subject, &header, &with(&payload, name, value));
        }
    }
    for role in ["admin", " ADMIN", "ROOT"] {
        refuses_forged(subject, &header, &with(&payload, "role", json!(role)));
    }
}

pub fn a_claim_that_stands_twice_is_refused(subject: &Subject) {
    let Genuine { header, payload, .. } = genuine(subject);
    for (name, value) in &payload {
        for twice in twice(&payload, name, value) {
            refuses(subject, &(subject.forge)(&text(&header), &twice));
        }
    }
}

fn refuses_other_names(subject: &Subject, claim: &str) {
    let Genuine { header, payload, .. } = genuine(subject);
    let ours = get(&payload, claim).as_str().expect("a name is a string");
    let others = [
        json!([ours]),
        json!([ours, "other"]),
        json!(format!("{ours}/")),
        json!(format!(" {ours}")),
        json!(ours.to_uppercase()),
        json!(&ours[1..]),
        Value::Null,
        json!(""),
        json!(1),
        json!({ "": ours }),
    ];
    for other in others {
        refuses_forged(subject, &header, &with(&payload, claim, other));
    }
    refuses_forged(subject, &header, &without(&payload, claim));
}
