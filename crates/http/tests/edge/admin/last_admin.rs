//! The last administrator stays.

use doorward_http::Code;
use serde_json::json;

use super::{admin, admin_at, change, delete, get, path_of, post};
use crate::{
    answer::Answer,
    harness::{Person, TestEdge},
};

async fn every_way_out(edge: &TestEdge, who: &Person) -> [Answer; 3] {
    let path = path_of(edge, "root@example.com", "");
    [
        change(edge, who, &path, json!({"role": "CANDIDATE"})).await,
        post(edge, who, &format!("{path}/deactivate")).await,
        delete(edge, who, &path).await,
    ]
}

#[actix_web::test]
async fn the_last_administrator_is_neither_demoted_nor_deactivated_nor_deleted() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    for answer in every_way_out(&edge, &root).await {
        answer.refused(Code::LastAdmin);
    }
    get(&edge, &root, "/auth/admin/users").await.expect(200);
}

#[actix_web::test]
async fn an_administrator_who_cannot_sign_in_is_no_other() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    admin_at(&edge, "other@example.com").await;
    post(&edge, &root, &path_of(&edge, "other@example.com", "/deactivate")).await.expect(200);
    for answer in every_way_out(&edge, &root).await {
        answer.refused(Code::LastAdmin);
    }
    post(&edge, &root, &path_of(&edge, "other@example.com", "/activate")).await.expect(200);
    delete(&edge, &root, &path_of(&edge, "root@example.com", "")).await.expect(200);
}
