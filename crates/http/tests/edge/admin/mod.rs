//! Administration, as administrators and others meet it.

mod audit_events;
mod invitations;
mod last_admin;
mod lists;
mod matrix;
mod paths;
mod sessions;
mod status;
mod users;

use actix_web::test::TestRequest;
use serde_json::Value;

pub(crate) use crate::harness::{admin, admin_at};
use crate::{
    answer::Answer,
    harness::{Person, TestEdge},
};

/// An id that nobody has.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// The path of a user, and perhaps what follows.
fn path_of(edge: &TestEdge, email: &str, rest: &str) -> String {
    let users = edge.store.users();
    let id = users.iter().find(|user| user.email.typed().eq_ignore_ascii_case(email)).expect("a user").id;
    format!("/auth/admin/users/{id}{rest}")
}

async fn get(edge: &TestEdge, who: &Person, path: &str) -> Answer {
    edge.call(who.get(path)).await
}

async fn post(edge: &TestEdge, who: &Person, path: &str) -> Answer {
    edge.call(who.bearing(TestRequest::post().uri(path))).await
}

async fn delete(edge: &TestEdge, who: &Person, path: &str) -> Answer {
    edge.call(who.bearing(TestRequest::delete().uri(path))).await
}

async fn send(edge: &TestEdge, who: &Person, path: &str, body: Value) -> Answer {
    edge.call(who.bearing(TestRequest::post().uri(path)).set_json(body)).await
}

async fn change(edge: &TestEdge, who: &Person, path: &str, body: Value) -> Answer {
    edge.call(who.bearing(TestRequest::patch().uri(path)).set_json(body)).await
}
