//! Users to begin with, and sessions without a password.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::{PASSWORD, Stage, answer, tokens};

async fn account(stage: &Stage, access: &str) -> Value {
    let (status, body) = answer(stage.request("GET", "/auth/me").bearer_auth(access)).await;
    assert_eq!(status, 200, "{body}");
    body
}

#[tokio::test]
async fn a_user_is_made_with_role_and_profile_in_one_call() {
    let stage = Stage::new().await;
    let made = stage
        .order(
            "/users",
            &json!([
                { "email": "jane@example.com", "firstName": "Jane", "lastName": "Doe", "username": "jane", "signIn": true,
                  "profile": { "location": "Berlin", "title": "Engineer", "skills": ["Rust", "SQL"], "phoneNumber": "+49 30 1234" } },
                { "email": "boss@example.com", "role": "EMPLOYER", "signIn": true,
                  "profile": { "companyName": "Tech Corp", "industry": "Software", "companyEmail": "office@example.com" } },
                { "email": "root@example.com", "role": "ADMIN", "password": "a password of its own", "signIn": true },
            ]),
        )
        .await;
    let users = made["users"].as_array().expect("users");
    let jane = account(&stage, &tokens(&users[0]).0).await;
    assert_eq!(
        jane["profile"],
        json!({ "type": "CANDIDATE", "fullName": "Jane Doe", "phoneNumber": "+49 30 1234", "location": "Berlin",
                "title": "Engineer", "skills": ["Rust", "SQL"] })
    );
    assert_eq!((&jane["user"]["emailVerified"], &jane["user"]["username"]), (&json!(true), &json!("jane")));
    assert_eq!(jane["user"]["id"], users[0]["id"]);
    let boss = account(&stage, &tokens(&users[1]).0).await;
    assert_eq!(
        (&boss["profile"]["companyName"], &boss["profile"]["industry"]),
        (&json!("Tech Corp"), &json!("Software"))
    );
    let everyone = stage.request("GET", "/auth/admin/users").bearer_auth(tokens(&users[2]).0);
    assert_eq!(answer(everyone).await.1["users"].as_array().map(Vec::len), Some(3));

    // They sign in by themselves too, and nobody was written to.
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 200);
    assert_eq!(stage.log_in("root@example.com", "a password of its own").await.0, 200);
    assert_eq!(stage.log_in("root@example.com", PASSWORD).await.0, 401);
    assert_eq!(stage.look("/mails?kind=verify_email").await["mails"], json!([]));
}

#[tokio::test]
async fn users_are_made_all_or_none_and_what_is_wrong_is_told() {
    let stage = Stage::new().await;
    stage.order("/users", &json!({ "email": "jane@example.com" })).await;
    let good = json!({ "email": "john@example.com" });
    for (bad, status, told) in [
        (json!({ "email": "jane@example.com" }), 409, "jane@example.com"),
        (json!({ "email": "JOHN@example.com" }), 409, "JOHN@example.com"),
        (json!({ "email": "nobody" }), 422, "email"),
        (json!({ "email": "x@example.com", "role": "KING" }), 422, "role"),
        (json!({ "email": "x@example.com", "password": "" }), 422, "password"),
        (json!({ "email": "x@example.com", "profile": { "companyName": "X" } }), 422, "companyName"),
        (json!({ "email": "x@example.com", "role": "ADMIN", "profile": { "skills": ["Rust"] } }), 422, "skills"),
        (json!({ "email": "x@example.com", "nickname": "x" }), 422, "nickname"),
    ] {
        let (answered, body) = stage.control(Method::POST, "/users", Some(&json!([good, bad]))).await;
        assert_eq!(answered, status, "{bad}: {body}");
        assert!(body["error"].as_str().expect("why").contains(told), "{bad}: {body}");
        assert_eq!(stage.log_in("john@example.com", PASSWORD).await.0, 401, "john is there after {bad}");
    }
}

#[tokio::test]
async fn a_session_is_opened_without_the_password_as_one_with_it() {
    let stage = Stage::new().await;
    let jane = json!({ "email": "jane@example.com", "username": "jane", "password": "known to nobody at all" });
    let made = stage.order("/users", &jane).await;
    for who in [json!("jane@example.com"), json!("jane"), made["id"].clone()] {
        let opened = stage.order("/sessions", &json!({ "user": who, "userAgent": "my-app/1.0" })).await;
        assert_eq!(opened["userId"], made["id"]);
        let (access, refresh) = tokens(&opened);
        assert_eq!(stage.me(&access).await, 200);
        assert_eq!(stage.post("/auth/refresh", &json!({ "refreshToken": refresh })).await.0, 200);
        let (_, sessions) = answer(stage.request("GET", "/auth/sessions").bearer_auth(&access)).await;
        assert_eq!(sessions["sessions"][0]["userAgent"], "my-app/1.0");
    }
}

#[tokio::test]
async fn no_session_is_opened_for_whom_doorward_refuses_one() {
    let stage = Stage::new().await;
    stage.order("/users", &json!({ "email": "jane@example.com", "active": false })).await;
    for (who, status) in
        [("jane@example.com", 422), ("nobody@example.com", 404), ("01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90", 404)]
    {
        let (answered, body) = stage.control(Method::POST, "/sessions", Some(&json!({ "user": who }))).await;
        assert_eq!(answered, status, "{who}: {body}");
    }
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.1["code"], "account_deactivated");
}

#[tokio::test]
async fn nobody_is_slowed_down_and_hashes_cost_nothing() {
    let stage = Stage::new().await;
    stage.order("/users", &json!({ "email": "jane@example.com" })).await;
    for _ in 0..200 {
        assert_eq!(stage.log_in("jane@example.com", "a wrong password").await.0, 401);
    }
    assert_eq!(stage.log_in("jane@example.com", PASSWORD).await.0, 200);
}
