use std::time::Duration;

use doorward_testkit::server::{Code, Fault, MailFilter, MessageKind, NewTestUser, Role, TestServer};

#[tokio::test]
async fn a_token_that_has_expired_is_refreshed() {
    let auth = TestServer::start().await.unwrap();
    auth.create_user(&NewTestUser::new("jane@example.com").role(Role::Admin)).await.unwrap();
    auth.snapshot("jane").await.unwrap();

    // What your product does with doorward, it does with `auth.url()`.
    let jane = auth.sign_in("jane@example.com").await.unwrap();
    let me = reqwest::Client::new().get(format!("{}/auth/me", auth.url())).bearer_auth(&jane.access_token);
    assert_eq!(me.try_clone().unwrap().send().await.unwrap().status(), 200);
    auth.advance(Duration::from_mins(10)).await.unwrap();
    assert_eq!(me.try_clone().unwrap().send().await.unwrap().status(), 401);

    // As it was: Jane is there and nobody is signed in, at the time of then.
    auth.restore("jane").await.unwrap();
    let jane = auth.sign_in("jane@example.com").await.unwrap();
    let me = reqwest::Client::new().get(format!("{}/auth/me", auth.url())).bearer_auth(&jane.access_token);

    // A mail, as soon as it was sent.
    let forgot = reqwest::Client::new().post(format!("{}/auth/forgot-password", auth.url()));
    forgot.json(&serde_json::json!({ "email": "jane@example.com" })).send().await.unwrap();
    let reset = MailFilter::to("jane@example.com").of(MessageKind::ResetPassword);
    let mail = auth.latest_mail(&reset).await.unwrap().unwrap();
    assert!(mail.link.as_ref().unwrap().contains("/reset-password?token="));

    // The next request fails; the one after it does not.
    auth.fail(Fault::next("/auth/me", Code::Overloaded)).unwrap();
    assert_eq!(me.try_clone().unwrap().send().await.unwrap().status(), 503);
    assert_eq!(me.send().await.unwrap().status(), 200);
}
