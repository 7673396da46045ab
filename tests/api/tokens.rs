//! Access tokens as clients and other services see them.

use rstest::rstest;
use serde_json::json;

use crate::{
    app::{Database, Database::*, TestApp},
    jwt::{claims, encode, header},
};

#[rstest]
#[tokio::test]
async fn a_token_says_what_the_contract_says(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let header = header(&jane.access);
    assert_eq!((&header["alg"], &header["typ"]), (&json!("ES256"), &json!("at+jwt")));
    let claims = claims(&jane.access);
    let mut names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    names.sort_unstable();
    assert_eq!(
        names,
        [
            "aud",
            "client_id",
            "email",
            "epoch",
            "exp",
            "iat",
            "id",
            "iss",
            "jti",
            "name",
            "nbf",
            "role",
            "sessionId",
            "sid",
            "sub",
            "userId",
        ]
    );
    assert_eq!(claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap(), 600);
    assert_eq!(
        (&claims["userId"], &claims["id"], &claims["sessionId"]),
        (&claims["sub"], &claims["sub"], &claims["sid"])
    );
    assert_eq!(
        (&claims["role"], &claims["email"], &claims["name"]),
        (&json!("CANDIDATE"), &json!("jane@example.com"), &json!("Jane Doe"))
    );
    assert_eq!(claims["iss"], app.public_url());
}

#[rstest]
#[tokio::test]
async fn personal_claims_are_left_out_where_they_shall(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(
        on,
        &[
            ("TOKENS__PROFILE_CLAIMS", "false"),
            ("TOKENS__EXTRA_CLAIMS__USER_ID", "false"),
            ("TOKENS__EXTRA_CLAIMS__SESSION_ID", "false"),
            ("TOKENS__EXTRA_CLAIMS__ID", "false"),
        ],
    )
    .await;
    let jane = app.sign_up("jane@example.com").await;
    let claims = claims(&jane.access);
    for name in ["email", "name", "userId", "sessionId", "id"] {
        assert!(claims.get(name).is_none(), "{name}");
    }
    app.me(&jane.access).await.ok(200);
}

#[rstest]
#[tokio::test]
async fn a_token_is_dead_at_its_expiry(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    app.advance_secs(598);
    app.me(&jane.access).await.ok(200);
    app.advance_secs(2);
    app.me(&jane.access).await.problem(401, "access_token_expired");
}

#[rstest]
#[tokio::test]
async fn anyone_verifies_a_token_with_the_published_keys(#[values(Sqlite, Postgres)] on: Database) {
    for algorithm in ["ES256", "EdDSA", "RS256"] {
        let app = TestApp::start_with(on, &[("TOKENS__ALGORITHM", algorithm)]).await;
        let jane = app.sign_up("jane@example.com").await;
        let keys = app.request("GET", "/.well-known/jwks.json").send().await;
        assert!(keys.header("cache-control").contains("max-age"), "{keys:?}");
        let keys: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&keys.text).expect("a key set (RFC 7517)");
        let header = jsonwebtoken::decode_header(&jane.access).expect("a header");
        let key = keys.find(header.kid.as_deref().expect("a kid")).expect("the key is published");
        let key = jsonwebtoken::DecodingKey::from_jwk(key).expect("a key");
        let mut rules = jsonwebtoken::Validation::new(header.alg);
        rules.validate_exp = false;
        rules.set_audience(&["doorward"]);
        let token =
            jsonwebtoken::decode::<serde_json::Value>(&jane.access, &key, &rules).expect("the signature is good");
        assert_eq!(token.claims["email"], "jane@example.com");
        for private in ["\"d\"", "\"p\"", "\"q\"", "\"k\""] {
            assert!(!app.request("GET", "/.well-known/jwks.json").send().await.text.contains(private));
        }
    }
}

#[rstest]
#[tokio::test]
async fn a_symmetric_key_is_never_published(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("TOKENS__ALGORITHM", "HS256")]).await;
    let jane = app.sign_up("jane@example.com").await;
    app.me(&jane.access).await.ok(200);
    let keys = app.request("GET", "/.well-known/jwks.json").send().await;
    assert_eq!(keys.body["keys"], json!([]));
}

#[rstest]
#[tokio::test]
async fn a_token_of_another_server_or_none_is_refused(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let jane = app.sign_up("jane@example.com").await;
    let other = TestApp::start(on).await;
    let stranger = other.sign_up("jane@example.com").await;
    app.me(&stranger.access).await.problem(401, "invalid_access_token");

    let [header, payload, signature] = jane.access.split('.').collect::<Vec<_>>().try_into().expect("three parts");
    let none = encode(&json!({ "alg": "none", "typ": "at+jwt" }));
    let mut raised = claims(&jane.access);
    raised["role"] = json!("ADMIN");
    let raised = encode(&raised);
    for forged in [
        format!("{none}.{payload}."),
        format!("{none}.{payload}.{signature}"),
        format!("{header}.{raised}.{signature}"),
        format!("{header}.{payload}."),
        format!("{header}.{payload}"),
        format!("{header}.{payload}.{}", &signature[1..]),
        format!("{header}.{payload}.{signature}."),
        format!(" {}", jane.refresh),
        jane.refresh.clone(),
    ] {
        app.me(&forged).await.problem(401, "invalid_access_token");
    }
}
