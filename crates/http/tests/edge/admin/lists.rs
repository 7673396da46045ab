//! The list of users.

use std::collections::BTreeSet;

use doorward_application::ports::{Access, Store};
use doorward_domain::user::{User, UserStatus};
use doorward_http::Code;
use doorward_testkit::builders::user;
use serde_json::{Value, json};

use super::{admin, get};
use crate::{
    answer::Answer,
    harness::{Person, TestEdge},
};

/// Puts users 1001 to 1000 + `count` into the store, every third of them deactivated.
async fn crowd(edge: &TestEdge, count: u32) {
    let mut unit = edge.store.begin(Access::Write).await.expect("a unit");
    for n in 1..=count {
        let status = if n % 3 == 0 { UserStatus::Deactivated } else { UserStatus::Active };
        unit.users().insert(&User { status, ..user(1000 + n) }, None).await.expect("a user");
    }
    unit.commit().await.expect("a commit");
}

fn emails(answer: &Answer) -> Vec<&str> {
    let users = answer.body["users"].as_array().expect("users");
    users.iter().map(|user| user["email"].as_str().expect("an address")).collect()
}

/// Every page of the list with these filters, each of the length that was asked for.
async fn pages(edge: &TestEdge, who: &Person, filters: &str, limit: usize) -> Vec<Answer> {
    let mut pages: Vec<Answer> = Vec::new();
    loop {
        let cursor = pages.last().map_or("", |last| last.body["nextCursor"].as_str().expect("a cursor"));
        let page =
            get(edge, who, &format!("/auth/admin/users?{filters}&limit={limit}&cursor={cursor}")).await.expect(200);
        let (last, length) = (page.body["nextCursor"].is_null(), emails(&page).len());
        pages.push(page);
        if last {
            return pages;
        }
        assert_eq!(length, limit);
    }
}

#[actix_web::test]
async fn paging_through_120_users_sees_each_once() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    crowd(&edge, 119).await;
    for limit in [1, 7, 50, 60, 120, 200] {
        let pages = pages(&edge, &root, "", limit).await;
        assert_eq!(pages.len(), 120_usize.div_ceil(limit), "{limit}");
        let seen: Vec<_> = pages.iter().flat_map(emails).collect();
        assert_eq!(seen.len(), 120);
        assert_eq!(seen.into_iter().collect::<BTreeSet<_>>().len(), 120);
    }
    let first = get(&edge, &root, "/auth/admin/users").await.expect(200);
    assert_eq!(emails(&first).len(), 50);
}

#[actix_web::test]
async fn users_are_shown_without_their_profiles() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let answer = get(&edge, &root, "/auth/admin/users").await.expect(200);
    let user = json!({
        "id": edge.store.users()[0].id.to_string(), "email": "root@example.com", "emailVerified": false,
        "username": null, "firstName": "Root", "lastName": "Admin", "role": "ADMIN", "isActive": true, "locale": "en",
        "createdAt": "2026-01-01T12:00:00.123456Z", "lastLoginAt": "2026-01-01T12:00:00.123456Z", "deletesAt": null,
    });
    assert_eq!(answer.body, json!({"success": true, "users": [user], "nextCursor": null}));
}

#[actix_web::test]
async fn filters_narrow() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    edge.person(json!({"email": "boss@example.com", "role": "EMPLOYER", "company": "Tech Corp"})).await;
    edge.deactivate("boss@example.com").await;
    let cases = [
        ("search=JANE@ex", vec!["Jane@Example.com"]),
        ("search=jane+doe", vec!["boss@example.com", "Jane@Example.com"]),
        ("search=ane", vec![]),
        ("search=%25", vec![]),
        ("role=employer", vec!["boss@example.com"]),
        ("active=false", vec!["boss@example.com"]),
        ("active=true", vec!["Jane@Example.com", "root@example.com"]),
        ("search=jane+doe&active=true&role=CANDIDATE", vec!["Jane@Example.com"]),
        ("role=ADMIN&active=false", vec![]),
    ];
    for (filters, expected) in cases {
        let answer = get(&edge, &root, &format!("/auth/admin/users?{filters}")).await.expect(200);
        let mut found = emails(&answer);
        found.sort_unstable_by_key(|email| email.to_lowercase());
        assert_eq!(found, expected, "{filters}");
    }
}

#[actix_web::test]
async fn a_cursor_is_good_for_its_own_list_alone() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    crowd(&edge, 9).await;
    let first = get(&edge, &root, "/auth/admin/users?active=true&limit=2").await.expect(200);
    let cursor = first.body["nextCursor"].as_str().unwrap();
    for query in [
        format!("users?cursor={cursor}"),
        format!("users?active=false&cursor={cursor}"),
        format!("users?active=true&role=CANDIDATE&cursor={cursor}"),
        format!("users?active=true&search=u&cursor={cursor}"),
        format!("users?active=true&cursor={cursor}A"),
        format!("users?active=true&cursor={}", cursor.to_lowercase()),
        format!("invitations?cursor={cursor}"),
        format!("audit-events?cursor={cursor}"),
    ] {
        let refused = get(&edge, &root, &format!("/auth/admin/{query}")).await.refused(Code::ValidationFailed);
        assert_eq!(refused.fields(), [("cursor", "malformed")], "{query}");
    }
    let rest = pages(&edge, &root, "active=true", 2).await;
    assert_eq!(rest.iter().flat_map(emails).count(), 7);
    // Another length is the same list.
    let longer =
        get(&edge, &root, &format!("/auth/admin/users?active=true&limit=200&cursor={cursor}")).await.expect(200);
    assert_eq!((emails(&longer).len(), &longer.body["nextCursor"]), (5, &Value::Null));
}
