//! What is tried with claims by whoever has the key: each of them under a good signature.

use super::*;

fn refuses(payload: &Value, refusal: &Refusal) {
    assert_eq!(verify_payload(&payload.to_string()).as_ref(), Err(refusal), "{payload}");
}

fn verify_at(expected: &Expected, now: i64) -> Result<Claims, Refusal> {
    verify_access_token(&signer(Algorithm::EdDsa).token(), &all_keys(), expected, now)
}

#[test]
fn a_good_token_says_all_of_this() {
    let claims = Claims {
        key_id: "the-EdDSA-key".to_owned(),
        issuer: "https://login.example.com".to_owned(),
        audience: "https://api.example.com".to_owned(),
        client_id: "doorward".to_owned(),
        subject: Uuid::from_u128(1),
        session_id: Uuid::from_u128(2),
        token_id: Uuid::from_u128(3),
        epoch: 4,
        role: "EMPLOYER".to_owned(),
        issued_at: NOW,
        expires_at: NOW + 600,
        email: Some("jane@example.com".to_owned()),
        name: Some("Jane Doe".to_owned()),
    };
    assert_eq!(verify_payload(&payload().to_string()), Ok(claims));
}

#[test]
fn a_token_need_not_name_its_subject_but_names_it_whole() {
    let mut payload = payload();
    let members = payload.as_object_mut().unwrap();
    members.remove("email");
    refuses(&Value::Object(members.clone()), &Refusal::Claims);
    members.remove("name");
    let claims = verify_payload(&payload.to_string()).unwrap();
    assert_eq!((claims.email, claims.name), (None, None));
}

#[test]
fn a_claim_that_is_missing_null_or_of_another_type_is_refused() {
    for name in ["iss", "aud", "client_id", "sub", "sid", "jti", "epoch", "iat", "nbf", "exp", "role"] {
        let mut missing = payload();
        missing.as_object_mut().unwrap().remove(name);
        refuses(&missing, &Refusal::Claims);
    }
    for name in ["iss", "aud", "client_id", "sub", "sid", "jti", "role", "email", "name"] {
        let good = payload()[name].clone();
        for wrong in [json!(null), json!(1), json!(true), json!([good]), json!({ "a": good })] {
            refuses(&payload_with(name, wrong), &Refusal::Claims);
        }
    }
    for name in ["epoch", "iat", "nbf", "exp"] {
        let good = &payload()[name];
        for wrong in [json!(null), json!(good.to_string()), json!([good]), json!(true), json!(u64::MAX), json!(1.0e300)]
        {
            refuses(&payload_with(name, wrong), &Refusal::Claims);
        }
    }
}

#[test]
fn a_number_is_a_whole_one_without_exponent() {
    for (name, wrong) in
        [("exp", "1800000600.0"), ("exp", "18000006e2"), ("iat", "1.8e9"), ("epoch", "4.0"), ("epoch", "-4")]
    {
        let good = format!(r#""{name}":{}"#, payload()[name]);
        let text = payload().to_string();
        assert!(text.contains(&good));
        assert_eq!(verify_payload(&text.replace(&good, &format!(r#""{name}":{wrong}"#))), Err(Refusal::Claims));
    }
    refuses(&payload_with("epoch", json!(1_u64 << 32)), &Refusal::Claims);
}

#[test]
fn a_name_that_stands_twice_is_refused_at_any_depth_and_in_any_spelling() {
    let good = payload().to_string();
    let twice = |more: &str| verify_payload(&format!("{{{more},{}", &good[1..]));
    assert!(twice(r#""other":[{"a":1},{"a":2}]"#).is_ok());
    let names = ["iss", "aud", "sub", "sid", "exp", "email", "userId"];
    let same = names.map(|name| format!(r#""{name}":{}"#, payload()[name]));
    for more in same.iter().map(String::as_str).chain([
        r#""exp":9999999999"#,
        r#""\u0065xp":9999999999"#,
        r#""other":1,"other":1"#,
        r#""other":{"a":1,"a":1}"#,
        r#""other":[{"a":{"b":1,"\u0062":2}}]"#,
    ]) {
        assert_eq!(twice(more), Err(Refusal::Claims), "{more}");
    }
}

#[test]
fn a_payload_is_one_object() {
    let good = payload().to_string();
    let values: Vec<_> = payload().as_object().unwrap().values().cloned().collect();
    for other in [
        String::new(),
        "null".to_owned(),
        "{}".to_owned(),
        format!("[{good}]"),
        format!("{good}{good}"),
        format!("{good},"),
        good.replacen('{', "{,", 1),
        good[..good.len() - 1].to_owned(),
        format!("\u{feff}{good}"),
        json!(values).to_string(),
        json!(good).to_string(),
        "[".repeat(4000),
        format!(r#"{{"a":{}"#, "[".repeat(200)),
    ] {
        assert_eq!(verify_payload(&other), Err(Refusal::Claims), "{other}");
    }
    assert!(verify_payload(&format!(" {good}\n")).is_ok(), "spaces around JSON say nothing");
}

/// Serde would read a struct from the values alone, in their order.
#[test]
fn the_claims_without_their_names_are_refused() {
    let names = ["iss", "aud", "client_id", "sub", "sid", "jti", "epoch", "iat", "nbf", "exp", "role", "email", "name"];
    refuses(&json!(names.map(|name| payload()[name].clone())), &Refusal::Claims);
}

#[test]
fn an_issuer_audience_or_client_that_is_not_exactly_ours_is_refused() {
    for (name, refusal) in [("iss", Refusal::Issuer), ("aud", Refusal::Audience), ("client_id", Refusal::Client)] {
        let good = payload()[name].as_str().unwrap().to_owned();
        for other in [
            String::new(),
            "other".to_owned(),
            good.to_uppercase(),
            format!("{good}/"),
            format!(" {good}"),
            format!("{good}\0"),
            good[1..].to_owned(),
            good[..good.len() - 1].to_owned(),
            format!("{good},{good}"),
        ] {
            refuses(&payload_with(name, json!(other)), &refusal);
        }
        refuses(&payload_with(name, json!([good])), &Refusal::Claims);
    }
}

#[test]
fn any_client_is_good_where_none_is_expected() {
    let token = signer(Algorithm::EdDsa);
    let token = token.assemble(&token.header("at+jwt"), &payload_with("client_id", json!("another")).to_string());
    let any = Expected { client_id: None, ..expected() };
    assert_eq!(verify_access_token(&token, &all_keys(), &any, NOW).unwrap().client_id, "another");
    assert_eq!(verify(&token), Err(Refusal::Client));
}

#[test]
fn an_id_has_one_spelling() {
    let id = "0192f0a0-0000-7000-8000-00000000abcd";
    assert!(verify_payload(&payload_with("sid", json!(id)).to_string()).is_ok());
    for name in ["sub", "sid", "jti"] {
        for other in [
            id.to_uppercase(),
            id.replace('-', ""),
            format!("{{{id}}}"),
            format!("urn:uuid:{id}"),
            format!("{id} "),
            id[1..].to_owned(),
            String::new(),
        ] {
            refuses(&payload_with(name, json!(other)), &Refusal::Claims);
        }
    }
}

#[test]
fn a_token_is_good_from_nbf_until_exp_and_by_no_more_than_the_leeway() {
    let leeway = |before, after| Expected {
        leeway_before: Duration::from_secs(before),
        leeway_after: Duration::from_secs(after),
        ..expected()
    };
    for (expected, first, last) in [
        (leeway(0, 0), NOW, NOW + 599),
        (leeway(2, 0), NOW - 2, NOW + 599),
        (leeway(0, 5), NOW, NOW + 604),
        (leeway(30, 30), NOW - 30, NOW + 629),
        (leeway(31, u64::MAX), NOW - 30, NOW + 629),
    ] {
        assert_eq!(verify_at(&expected, first - 1), Err(Refusal::NotYet));
        assert!(verify_at(&expected, first).is_ok() && verify_at(&expected, last).is_ok());
        assert_eq!(verify_at(&expected, last + 1), Err(Refusal::Expired));
    }
    assert_eq!(verify_at(&expected(), i64::MIN), Err(Refusal::NotYet));
    assert_eq!(verify_at(&expected(), i64::MAX), Err(Refusal::Expired));
}

#[test]
fn a_life_is_neither_longer_than_ours_nor_below_zero() {
    refuses(&payload_with("exp", json!(NOW + 601)), &Refusal::Life);
    refuses(&payload_with("exp", json!(i64::MAX)), &Refusal::Life);
    refuses(&payload_with("exp", json!(NOW - 1)), &Refusal::Claims);
    refuses(&payload_with("exp", json!(NOW)), &Refusal::Expired);
    let part = Expected { max_life: Duration::from_millis(599_001), ..expected() };
    assert!(verify_at(&part, NOW).is_ok(), "part of a second counts as a whole one");
    let shorter = Expected { max_life: Duration::from_secs(599), ..expected() };
    assert_eq!(verify_at(&shorter, NOW), Err(Refusal::Life));
}

#[test]
fn nbf_is_iat_and_no_moment_overflows() {
    refuses(&payload_with("nbf", json!(NOW - 1)), &Refusal::Claims);
    refuses(&payload_with("iat", json!(NOW + 1)), &Refusal::Claims);
    for (iat, exp, refusal) in [
        (i64::MIN, i64::MIN + 1, Refusal::Expired),
        (i64::MIN, i64::MAX, Refusal::Claims),
        (i64::MAX - 1, i64::MAX, Refusal::NotYet),
        (NOW + 3, NOW + 300, Refusal::NotYet),
        (NOW - 600, NOW, Refusal::Expired),
    ] {
        let mut payload = payload();
        payload["iat"] = json!(iat);
        payload["nbf"] = json!(iat);
        payload["exp"] = json!(exp);
        refuses(&payload, &refusal);
    }
}

/// What a refusal says of its reason must not depend on claims whose signature is not good.
#[test]
fn claims_are_not_looked_at_before_the_signature_is_good() {
    let signer = signer(Algorithm::EdDsa);
    for payload in [payload_with("exp", json!(1)), payload_with("iss", json!("other")), json!({}), json!([])] {
        let token = signer.assemble(&signer.header("at+jwt"), &payload.to_string());
        let (message, _) = token.rsplit_once('.').unwrap();
        assert_eq!(verify(&format!("{message}.{}", base64url([0; 64]))), Err(Refusal::Signature));
    }
}
