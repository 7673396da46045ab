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
use doorward_application::ports::{Access, Store};
use doorward_domain::Role;
use doorward_testkit::builders::{noon, profile};
use serde_json::{Value, json};

use crate::{
    answer::Answer,
    harness::{PASSWORD, Person, TestEdge},
};

/// An id that nobody has.
const NOBODY: &str = "00000000-0000-7000-8000-000000000000";

/// Signs an administrator up and in.
pub(crate) async fn admin(edge: &TestEdge) -> Person {
    admin_at(edge, "root@example.com").await
}

/// The same at this address.
pub(crate) async fn admin_at(edge: &TestEdge, email: &str) -> Person {
    edge.person(json!({"email": email, "firstName": "Root", "lastName": "Admin"})).await;
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    let id = edge.store.users().iter().find(|user| user.email.typed() == email).expect("a user").id;
    let mut user = unit.users().lock(id).await.expect("a look").expect("a user");
    user.role = Role::Admin;
    user.epoch += 1;
    unit.users().update(&user).await.expect("an update");
    unit.profiles().archive(id, Role::Candidate, noon()).await.expect("an old profile");
    unit.profiles().insert(id, &profile(Role::Admin)).await.expect("a new profile");
    unit.commit().await.expect("a commit");
    Person::of(&edge.post("/auth/login", json!({"email": email, "password": PASSWORD})).await.expect(200))
}

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
