//! Pages of the revocation feed.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::time::Duration;

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use doorward_application::ports::{FeedEntry, FeedPage};
use doorward_domain::Digest;
use serde_json::json;

use super::{
    Genuine, Subject, genuine,
    members::{Members, decode, get},
    now, parts, refuses,
};

/// A page with an entry of each kind.
pub(super) fn page() -> FeedPage {
    FeedPage {
        as_of: now() - Duration::from_secs(7),
        after: 12,
        next: 15,
        complete: true,
        retention: Duration::from_secs(632),
        entries: vec![
            FeedEntry::Session(Digest::of(b"sid")),
            FeedEntry::Subject { subject: Digest::of(b"sub"), epoch: 3 },
            FeedEntry::Key("a key".to_owned()),
        ],
    }
}

fn sign(subject: &Subject, page: &FeedPage) -> (Members, Members, String) {
    let signed = subject.signer.sign_page(page, now()).expect("the signer signs");
    let [header, payload, _] = parts(&signed);
    (decode(header), decode(payload), signed)
}

pub fn a_page_says_what_it_was_given(subject: &Subject) {
    let Genuine { payload: token, .. } = genuine(subject);
    let (_, payload, _) = sign(subject, &page());
    let digest = |bytes| URL_SAFE_NO_PAD.encode(Digest::of(bytes).as_bytes());
    let expected = [
        ("iss", get(&token, "iss").clone()),
        ("iat", json!(now().timestamp() - 7)),
        ("after", json!("12")),
        ("next", json!("15")),
        ("complete", json!(true)),
        ("retention", json!(632)),
        ("entries", json!([{ "sid": digest(b"sid") }, { "sub": digest(b"sub"), "epoch": 3 }, { "kid": "a key" }])),
    ];
    assert_eq!(payload.len(), expected.len(), "{payload:?}");
    for (name, value) in expected {
        assert_eq!(*get(&payload, name), value, "{name}");
    }
    let empty = FeedPage { complete: false, entries: Vec::new(), ..page() };
    let (_, payload, _) = sign(subject, &empty);
    assert_eq!((get(&payload, "complete"), get(&payload, "entries")), (&json!(false), &json!([])));
}

pub fn a_page_is_signed_by_the_key_that_signs(subject: &Subject) {
    let Genuine { header: token, .. } = genuine(subject);
    let (header, ..) = sign(subject, &page());
    assert_eq!(header.len(), 3, "{header:?}");
    assert_eq!(*get(&header, "typ"), json!("revocations+jwt"));
    for name in ["alg", "kid"] {
        assert_eq!(get(&header, name), get(&token, name));
    }
}

pub fn a_page_is_no_access_token(subject: &Subject) {
    let Genuine { token, .. } = genuine(subject);
    let (.., page) = sign(subject, &page());
    refuses(subject, &page);
    // Nor with the payload of a token, nor under its header.
    let [token_header, token_payload, token_signature] = parts(&token);
    let [header, payload, signature] = parts(&page);
    refuses(subject, &format!("{header}.{token_payload}.{token_signature}"));
    refuses(subject, &format!("{token_header}.{payload}.{signature}"));
}
