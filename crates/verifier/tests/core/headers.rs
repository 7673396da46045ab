//! What is tried with headers by whoever has the key: each of them under a good signature.

use super::*;

const SIGNER: Algorithm = Algorithm::Es256;

fn with_header(header: &str) -> Result<Claims, Refusal> {
    verify(&signer(SIGNER).assemble(header, &payload().to_string()))
}

fn malformed(header: &str) {
    assert_eq!(with_header(header), Err(Refusal::Malformed), "{header}");
}

#[test]
fn the_header_that_the_server_writes_is_accepted_of_every_algorithm() {
    for algorithm in Algorithm::ALL {
        let claims = verify(&signer(algorithm).token()).unwrap();
        assert_eq!(claims.key_id, signer(algorithm).id());
    }
}

#[test]
fn the_order_of_the_members_means_nothing() {
    let members = [r#""alg":"ES256""#, r#""typ":"at+jwt""#, r#""kid":"the-ES256-key""#];
    for order in [[0, 1, 2], [0, 2, 1], [1, 0, 2], [1, 2, 0], [2, 0, 1], [2, 1, 0]] {
        assert!(with_header(&format!("{{{}}}", order.map(|index| members[index]).join(","))).is_ok());
    }
}

#[test]
fn a_member_more_is_refused_whatever_it_says() {
    let good = signer(SIGNER).header("at+jwt");
    let jwk = Value::Object(signer(SIGNER).jwk()).to_string();
    for (name, value) in [
        ("crit", "[]"),
        ("crit", r#"["b64"]"#),
        ("crit", "null"),
        ("b64", "false"),
        ("b64", "true"),
        ("jwk", &jwk),
        ("jku", r#""https://login.example.com/.well-known/jwks.json""#),
        ("x5u", r#""https://login.example.com/chain.pem""#),
        ("x5c", "[]"),
        ("x5t", r#""AA""#),
        ("x5t#S256", r#""AA""#),
        ("cty", r#""JWT""#),
        ("zip", r#""DEF""#),
        ("enc", r#""A256GCM""#),
        ("nonce", r#""AA""#),
        ("Alg", r#""ES256""#),
        ("", r#""""#),
    ] {
        malformed(&format!(r#"{},"{name}":{value}}}"#, &good[..good.len() - 1]));
        malformed(&format!(r#"{{"{name}":{value},{}"#, &good[1..]));
    }
}

#[test]
fn each_member_stands_exactly_once_and_is_a_text() {
    for name in ["alg", "typ", "kid"] {
        let header: Value = serde_json::from_str(&signer(SIGNER).header("at+jwt")).unwrap();
        let good = header.to_string();
        malformed(&format!(r#"{{"{name}":{},{}"#, header[name], &good[1..]));
        let mut missing = header.clone();
        missing.as_object_mut().unwrap().remove(name);
        malformed(&missing.to_string());
        for wrong in [json!(null), json!(1), json!(true), json!([header[name]]), json!({}), json!("")] {
            let mut header = header.clone();
            header[name] = wrong;
            malformed(&header.to_string());
        }
    }
}

#[test]
fn another_spelling_of_the_header_is_refused() {
    let good = signer(SIGNER).header("at+jwt");
    for (from, to) in [
        ("{", "{ "),
        ("}", "}\n"),
        (":", ": "),
        (",", ",\t"),
        ("{", "\u{feff}{"),
        ("at+jwt", "at\\u002bjwt"),
        ("\"alg\"", "\"\\u0061lg\""),
        ("ES256", "ES25\\u0036"),
        ("the-", "the\\u002d"),
        ("}", ",}"),
        ("}", "}}"),
        ("}", "}{}"),
        ("}", ""),
        ("\"", "'"),
    ] {
        malformed(&good.replacen(from, to, 1));
        malformed(&good.replace(from, to));
    }
    for other in ["", "null", "[]", "{}", "\"\"", r#"["ES256","at+jwt","the-ES256-key"]"#] {
        malformed(other);
    }
}

#[test]
fn another_type_is_refused() {
    for kind in
        ["JWT", "jwt", "AT+JWT", "at+JWT", "application/at+jwt", "at jwt", "at+jwt ", "dpop+jwt", "revocations+jwt"]
    {
        malformed(&signer(SIGNER).header(kind));
    }
}

#[test]
fn an_algorithm_that_is_not_the_keys_own_is_refused() {
    let header = |alg: &str| format!(r#"{{"typ":"at+jwt","alg":"{alg}","kid":"the-ES256-key"}}"#);
    for unknown in
        ["none", "None", "NONE", "es256", "ES384", "ES512", "ES256K", "PS256", "RS512", "HS512", "Ed25519", "ES256 "]
    {
        malformed(&header(unknown));
    }
    for known in ["HS256", "RS256", "EdDSA"] {
        assert_eq!(with_header(&header(known)), Err(Refusal::Signature), "{known}");
    }
}

#[test]
fn an_unknown_key_is_told_from_the_rest_by_its_name() {
    let named = |id: &str| signer(SIGNER).header("at+jwt").replace("the-ES256-key", id);
    for id in ["the-ES256-kez", "THE-ES256-KEY", "the-ES256-key.", "../../etc/passwd", "'or'1'='1"] {
        assert_eq!(with_header(&named(id)), Err(Refusal::UnknownKey(id.to_owned())));
    }
    for id in ["the ES256-key", "ключ", "\u{7f}", "\u{200b}the-ES256-key", &"a".repeat(257)] {
        malformed(&named(id));
    }
}

#[test]
fn the_name_of_another_key_is_a_wrong_signature() {
    let other = signer(Algorithm::EdDsa).header("at+jwt");
    assert_eq!(with_header(&other), Err(Refusal::Signature));
}
