//! The life of an account: its address, its password, its end.

mod addresses;
mod deletion;
mod export;
mod links;
mod passwords;

use doorward_application::ports::MessageKind;
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

/// What the links of mails lead to, each by the route that takes its token.
pub(crate) const LINKS: [&str; 5] =
    ["/verify-email", "/confirm-email", "/undo-email-change", "/not-me", "/reset-password"];

pub(crate) const NEW_PASSWORD: &str = "another harbour at dusk";
pub(crate) const NEW_EMAIL: &str = "roe@example.com";

/// What a mail's link to this page carries, after what has to happen for such a mail.
pub(crate) async fn link_to(edge: &TestEdge, jane: &Person, page: &str) -> String {
    match page {
        "/verify-email" => edge.link(MessageKind::VerifyEmail).await,
        "/reset-password" => {
            edge.post("/auth/forgot-password", json!({"email": "jane@example.com"})).await.expect(202);
            edge.link(MessageKind::ResetPassword).await
        }
        "/confirm-email" => {
            change_email(edge, jane, NEW_EMAIL, PASSWORD).await.expect(202);
            edge.link(MessageKind::ConfirmEmail).await
        }
        "/undo-email-change" => {
            for before in ["/verify-email", "/confirm-email"] {
                let token = Box::pin(link_to(edge, jane, before)).await;
                edge.post(&format!("/auth{before}"), json!({"token": token})).await.expect(200);
            }
            edge.link(MessageKind::EmailChanged).await
        }
        "/not-me" => {
            // Nobody is told at an address that was never proven.
            edge.amend("Jane@Example.com", |user| user.email_verified_at = Some(user.created_at)).await;
            change_password(edge, jane, PASSWORD, PASSWORD).await.expect(200);
            edge.link(MessageKind::PasswordChanged).await
        }
        other => panic!("no link leads to {other}"),
    }
}

/// Posts a link's token to its route of the API, with what else that wants.
pub(crate) async fn follow(edge: &TestEdge, page: &str, token: &str) -> Answer {
    let mut body = json!({"token": token});
    if page == "/reset-password" {
        body["password"] = NEW_PASSWORD.into();
    }
    edge.post(&format!("/auth{page}"), body).await
}

pub(crate) async fn change_email(edge: &TestEdge, person: &Person, to: &str, password: &str) -> Answer {
    send(edge, person, "/auth/change-email", json!({"newEmail": to, "password": password})).await
}

pub(crate) async fn change_password(edge: &TestEdge, person: &Person, from: &str, to: &str) -> Answer {
    send(edge, person, "/auth/change-password", json!({"currentPassword": from, "newPassword": to})).await
}

async fn send(edge: &TestEdge, person: &Person, path: &str, body: Value) -> Answer {
    edge.call(person.bearing(actix_web::test::TestRequest::post().uri(path)).set_json(body)).await
}
