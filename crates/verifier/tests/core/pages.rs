//! Pages of the revocation feed.

use doorward_verifier::{ExpectedPage, RevocationEntry, RevocationPage, digest_of, verify_revocation_page};

use super::*;

const EXPECTED: ExpectedPage<'_> = ExpectedPage {
    issuer: "https://login.example.com",
    after: 12,
    max_age: Duration::from_secs(30),
    leeway: Duration::from_secs(2),
};

fn page() -> Value {
    json!({
        "iss": "https://login.example.com", "iat": NOW, "after": "12", "next": "15", "complete": true,
        "retention": 632, "entries": [
            { "sid": base64url([1; 32]) }, { "sub": base64url([2; 32]), "epoch": 3 }, { "kid": "the-ES256-key" },
        ],
    })
}

fn page_with(name: &str, value: Value) -> Value {
    let mut page = page();
    page[name] = value;
    page
}

fn verify_text(payload: &str) -> Result<RevocationPage, Refusal> {
    let signer = signer(Algorithm::EdDsa);
    let jws = signer.assemble(&signer.header("revocations+jwt"), payload);
    verify_revocation_page(&jws, &all_keys(), &EXPECTED, NOW)
}

fn verify_page(page: &Value) -> Result<RevocationPage, Refusal> {
    verify_text(&page.to_string())
}

fn with_entry(entry: &Value) -> Result<RevocationPage, Refusal> {
    verify_page(&page_with("entries", json!([{ "sid": base64url([1; 32]) }, entry])))
}

#[test]
fn a_good_page_says_all_of_this() {
    let page_read = RevocationPage {
        issued_at: NOW,
        after: 12,
        next: 15,
        complete: true,
        retention: Duration::from_secs(632),
        entries: vec![
            RevocationEntry::Session([1; 32]),
            RevocationEntry::Subject { digest: [2; 32], epoch: 3 },
            RevocationEntry::Key("the-ES256-key".to_owned()),
        ],
    };
    for algorithm in Algorithm::ALL {
        let jws = signer(algorithm).assemble(&signer(algorithm).header("revocations+jwt"), &page().to_string());
        assert_eq!(verify_revocation_page(&jws, &all_keys(), &EXPECTED, NOW).as_ref(), Ok(&page_read));
    }
    assert_eq!(verify_page(&page_with("more", json!("means nothing"))).as_ref(), Ok(&page_read));
}

#[test]
fn a_page_is_no_token_and_a_token_no_page() {
    let signer = signer(Algorithm::EdDsa);
    let page = signer.assemble(&signer.header("revocations+jwt"), &payload().to_string());
    assert_eq!(verify(&page), Err(Refusal::Malformed));
    let token = signer.assemble(&signer.header("at+jwt"), &page_with("sub", json!("a")).to_string());
    assert_eq!(verify_revocation_page(&token, &all_keys(), &EXPECTED, NOW), Err(Refusal::Malformed));
}

#[test]
fn a_page_of_another_issuer_or_after_another_cursor_is_refused() {
    assert_eq!(verify_page(&page_with("iss", json!("https://login.example.com/"))), Err(Refusal::Issuer));
    for other in ["0", "11", "13", "15"] {
        assert_eq!(verify_page(&page_with("after", json!(other))), Err(Refusal::Cursor));
    }
}

#[test]
fn a_page_is_fresh_for_its_age_and_the_leeway() {
    let at = |iat| verify_page(&page_with("iat", json!(iat)));
    assert_eq!(at(NOW + 3), Err(Refusal::NotYet));
    assert!(at(NOW + 2).is_ok() && at(NOW - 32).is_ok());
    assert_eq!(at(NOW - 33), Err(Refusal::Expired));
    assert_eq!(at(i64::MIN), Err(Refusal::Expired));
    assert_eq!(at(i64::MAX), Err(Refusal::NotYet));
}

#[test]
fn a_member_that_is_missing_null_repeated_or_of_another_type_is_refused() {
    for name in ["iss", "iat", "after", "next", "complete", "retention", "entries"] {
        let mut missing = page();
        missing.as_object_mut().unwrap().remove(name);
        assert_eq!(verify_page(&missing), Err(Refusal::Claims), "{name}");
        for wrong in [json!(null), json!({}), json!([[]]), json!([page()[name]])] {
            assert_eq!(verify_page(&page_with(name, wrong)), Err(Refusal::Claims), "{name}");
        }
        let good = page().to_string();
        let twice = format!(r#"{{"{name}":{},{}"#, page()[name], &good[1..]);
        assert_eq!(verify_text(&twice), Err(Refusal::Claims), "{name}");
    }
    for (name, wrong) in [
        ("complete", json!(1)),
        ("complete", json!("true")),
        ("retention", json!(-1)),
        ("retention", json!(1_u64 << 32)),
        ("retention", json!("632")),
        ("retention", json!(1.5)),
        ("iat", json!("1800000000")),
    ] {
        assert_eq!(verify_page(&page_with(name, wrong)), Err(Refusal::Claims), "{name}");
    }
    assert_eq!(verify_page(&json!([page()])), Err(Refusal::Claims));
}

#[test]
fn a_cursor_is_a_number_in_its_one_spelling() {
    for name in ["after", "next"] {
        for wrong in ["", "-1", "+12", "012", " 12", "12.0", "0x12", "٢", "18446744073709551616"] {
            assert_eq!(verify_page(&page_with(name, json!(wrong))), Err(Refusal::Claims), "{wrong}");
        }
        assert_eq!(verify_page(&page_with(name, json!(12))), Err(Refusal::Claims));
    }
    assert_eq!(verify_page(&page_with("next", json!("18446744073709551615"))).unwrap().next, u64::MAX);
    assert_eq!(verify_page(&page_with("next", json!("3"))).unwrap().next, 3, "a restored backup");
}

/// To pass over it would be to go on accepting what it revokes.
#[test]
fn an_entry_that_is_not_understood_makes_the_page_be_refused() {
    let digest = base64url([2; 32]);
    for entry in [
        json!({}),
        json!({ "jti": digest }),
        json!({ "sub": digest }),
        json!({ "epoch": 3 }),
        json!({ "sid": digest, "epoch": 3 }),
        json!({ "sid": digest, "kid": "a" }),
        json!({ "sid": digest, "kid": null }),
        json!({ "sid": digest, "more": 1 }),
        json!({ "sub": digest, "epoch": 3, "more": 1 }),
        json!({ "sid": null }),
        json!({ "sid": 2 }),
        json!({ "sid": base64url([2; 31]) }),
        json!({ "sid": base64url([2; 33]) }),
        json!({ "sid": format!("{digest}=") }),
        json!({ "sub": "", "epoch": 3 }),
        json!({ "sub": digest, "epoch": "3" }),
        json!({ "sub": digest, "epoch": -3 }),
        json!({ "sub": digest, "epoch": 3.0 }),
        json!({ "sub": digest, "epoch": 1_u64 << 32 }),
        json!({ "kid": "" }),
        json!({ "kid": "two words" }),
        json!({ "kid": ["a"] }),
        json!([digest]),
        json!(digest),
        json!(null),
    ] {
        assert_eq!(with_entry(&entry), Err(Refusal::Claims), "{entry}");
    }
    let twice = page().to_string().replace(r#"{"kid":"#, r#"{"kid":"a","kid":"#);
    assert_eq!(verify_text(&twice), Err(Refusal::Claims));
}

#[test]
fn a_page_by_an_unknown_key_is_told_from_the_rest() {
    let signer = signer(Algorithm::EdDsa);
    let jws = signer.assemble(&signer.header("revocations+jwt"), &page().to_string());
    let mut keys = all_keys();
    keys.remove(&signer.id());
    assert_eq!(verify_revocation_page(&jws, &keys, &EXPECTED, NOW), Err(Refusal::UnknownKey(signer.id())));
}

#[test]
fn a_page_may_have_a_mebibyte() {
    let signer = signer(Algorithm::EdDsa);
    let of = |count: usize| {
        let entries = vec![json!({ "sid": base64url([1; 32]) }); count];
        let jws = signer.assemble(&signer.header("revocations+jwt"), &page_with("entries", json!(entries)).to_string());
        (jws.len(), verify_revocation_page(&jws, &all_keys(), &EXPECTED, NOW).map(|page| page.entries.len()))
    };
    let (length, many) = of(14_500);
    assert!(length < 1024 * 1024, "{length}");
    assert_eq!(many, Ok(14_500));
    let (length, too_many) = of(15_000);
    assert!(length > 1024 * 1024, "{length}");
    assert_eq!(too_many, Err(Refusal::Malformed));
}

#[test]
fn a_changed_page_is_refused() {
    let signer = signer(Algorithm::EdDsa);
    let jws = signer.assemble(&signer.header("revocations+jwt"), &page().to_string());
    for at in 0..jws.len() {
        let mut changed = jws.clone().into_bytes();
        changed[at] = if changed[at] == b'A' { b'B' } else { b'A' };
        let changed = String::from_utf8(changed).unwrap();
        assert!(verify_revocation_page(&changed, &all_keys(), &EXPECTED, NOW).is_err(), "{changed}");
    }
}

/// `printf 0192f0a0-0000-7000-8000-00000000abcd | openssl dgst -sha256 -binary | basenc --base64url`
#[test]
fn a_digest_is_sha_256_of_the_lower_case_hyphenated_text() {
    let id = Uuid::parse_str("0192F0A0-0000-7000-8000-00000000ABCD").unwrap();
    assert_eq!(base64url(digest_of(id)), "uWlQRWVMytNXlYyC0IJCaP-fDs7-jvsy2kdiymNZF1g");
}
