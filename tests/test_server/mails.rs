//! The inbox.

use reqwest::Method;
use serde_json::{Value, json};

use crate::stage::Stage;

fn of<'a>(mails: &'a Value, member: &str) -> Vec<&'a Value> {
    mails["mails"].as_array().expect("mails").iter().map(|mail| &mail[member]).collect()
}

#[tokio::test]
async fn a_mail_is_there_when_what_caused_it_has_been_answered() {
    let stage = Stage::new().await;
    for n in 0..20 {
        let email = format!("jane{n}@example.com");
        stage.sign_up(&email).await;
        let mail = stage.look(&format!("/mails/latest?to={email}")).await;
        assert_eq!((&mail["kind"], &mail["to"]), (&json!("verify_email"), &json!(email)));
    }
}

#[tokio::test]
async fn a_mail_is_as_doorward_writes_it_and_its_link_works() {
    let stage = Stage::new().await;
    stage.sign_up("jane@example.com").await;
    let mail = stage.look("/mails/latest?to=JANE@example.com&kind=verify_email").await;
    let (link, token) = (mail["link"].as_str().expect("a link"), mail["token"].as_str().expect("a token"));
    assert_eq!(link, format!("{}/verify-email?token={token}", stage.server.url()));
    for part in ["text", "html"] {
        assert!(mail[part].as_str().expect(part).contains(token), "{mail}");
    }
    assert!(!mail["subject"].as_str().expect("a subject").is_empty());
    assert_eq!(stage.post("/auth/verify-email", &json!({ "token": token })).await.0, 200);
}

#[tokio::test]
async fn mails_are_listed_by_address_kind_and_number_and_cleared_by_the_same() {
    let stage = Stage::new().await;
    stage.sign_up("jane@example.com").await;
    stage.order("/users", &json!({ "email": "john@example.com" })).await;
    stage.post("/auth/forgot-password", &json!({ "email": "john@example.com" })).await;
    stage.post("/auth/forgot-password", &json!({ "email": "jane@example.com" })).await;

    let all = stage.look("/mails").await;
    assert_eq!(of(&all, "number"), [1, 2, 3]);
    assert_eq!(of(&all, "kind"), ["verify_email", "reset_password", "reset_password"]);
    assert_eq!(of(&stage.look("/mails?to=jane@example.com").await, "number"), [1, 3]);
    assert_eq!(of(&stage.look("/mails?kind=reset_password&after=2").await, "number"), [3]);

    let (status, cleared) = stage.control(Method::DELETE, "/mails?to=jane@example.com", None).await;
    assert_eq!((status, &cleared["cleared"]), (200, &json!(2)));
    assert_eq!(of(&stage.look("/mails").await, "number"), [2]);
    let (status, _) = stage.control(Method::GET, "/mails/latest?to=jane@example.com", None).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn who_waits_gets_the_next_mail_and_none_of_before() {
    let stage = Stage::new().await;
    stage.sign_up("jane@example.com").await;
    let first = stage.look("/mails/next?to=jane@example.com").await;
    assert_eq!(first["number"], 1, "one that is there already counts");

    let wish = json!({ "email": "jane@example.com" });
    let waits = stage.look("/mails/next?to=jane@example.com&after=1&timeout=10m");
    let (second, _) = tokio::join!(waits, stage.post("/auth/forgot-password", &wish));
    assert_eq!((&second["number"], &second["kind"]), (&json!(2), &json!("reset_password")));

    let (status, _) = stage.control(Method::GET, "/mails/next?after=2&timeout=1ms", None).await;
    assert_eq!(status, 404);
}

#[tokio::test]
async fn a_kind_that_is_none_is_refused() {
    let stage = Stage::new().await;
    for question in ["/mails?kind=love_letter", "/mails?from=jane@example.com", "/mails/next?timeout=soon"] {
        let (status, body) = stage.control(Method::GET, question, None).await;
        assert_eq!(status, 422, "{question}: {body}");
    }
}
