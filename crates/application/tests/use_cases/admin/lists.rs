//! Long lists, a page at a time.

use std::collections::BTreeSet;

use doorward_application::{
    admin::{AdminListError, AuditQuery, UserQuery},
    page::{Page, PageRequest},
};
use doorward_domain::{Rejection, UserId, user::User};

use super::office::Office;

/// An office with seven users beside the administrator.
async fn office() -> Office {
    let office = Office::new().await;
    for n in 0..7 {
        office.candidate(&format!("user{n}@example.com")).await;
    }
    office
}

async fn page(office: &Office, query: UserQuery) -> Result<Page<User>, AdminListError> {
    office.world.app.admin.list_users.execute(&office.root, query).await
}

fn limit(limit: u32) -> UserQuery {
    UserQuery { page: PageRequest { cursor: None, limit: Some(limit) }, ..UserQuery::default() }
}

fn at(cursor: &str, query: &UserQuery) -> UserQuery {
    let page = PageRequest { cursor: Some(cursor.to_owned()), ..query.page.clone() };
    UserQuery { page, ..query.clone() }
}

async fn fields(office: &Office, query: UserQuery) -> Vec<&'static str> {
    match page(office, query).await {
        Err(AdminListError::Invalid(errors)) => errors.0.iter().map(|error| error.field).collect(),
        other => panic!("{:?}", other.map(|page| page.items.len())),
    }
}

#[tokio::test]
async fn every_user_is_seen_exactly_once_whatever_the_limit() {
    let office = office().await;
    let mut all: Vec<UserId> = office.world.store.users().iter().map(|user| user.id).collect();
    all.reverse();
    for size in [1, 2, 3, 7, 8, 9, 200] {
        let (mut seen, mut query) = (Vec::new(), limit(size));
        loop {
            let page = page(&office, query.clone()).await.unwrap();
            assert!(page.items.len() <= size as usize && !page.items.is_empty());
            seen.extend(page.items.iter().map(|user| user.id));
            let Some(next) = page.next else { break };
            query = at(&next, &query);
        }
        assert_eq!(seen, all, "{size} a page");
    }
}

#[tokio::test]
async fn whoever_is_made_or_deleted_meanwhile_hides_nobody_else() {
    let office = office().await;
    let first = page(&office, limit(3)).await.unwrap();
    let last_seen = first.items.last().unwrap().id;
    office.world.app.admin.delete_user.execute(&office.root, last_seen).await.unwrap();
    office.candidate("late@example.com").await;
    let rest = page(&office, at(&first.next.unwrap(), &limit(200))).await.unwrap();
    let seen: BTreeSet<UserId> = first.items.iter().chain(&rest.items).map(|user| user.id).collect();
    assert_eq!((rest.items.len(), seen.len(), rest.next), (5, 8, None));
}

#[tokio::test]
async fn filters_narrow_and_an_empty_search_is_none() {
    let office = office().await;
    let user = office.world.user("user3@example.com").unwrap();
    office.world.app.admin.deactivate_user.execute(&office.root, user.id).await.unwrap();
    let search = |text: &str| UserQuery { search: Some(text.to_owned()), ..UserQuery::default() };
    for (query, count) in [
        (search(""), 8),
        (search("  "), 8),
        (search(" USER3 "), 1),
        (search("doe"), 7),
        (search("ser3"), 0),
        (UserQuery { role: Some("admin".to_owned()), ..UserQuery::default() }, 1),
        (UserQuery { active: Some(false), ..UserQuery::default() }, 1),
        (UserQuery { active: Some(true), ..UserQuery::default() }, 7),
        (UserQuery { role: Some("ADMIN".to_owned()), active: Some(false), ..search("user") }, 0),
    ] {
        let found = page(&office, query.clone()).await.unwrap().items;
        assert_eq!(found.len(), count, "{query:?}");
    }
}

#[tokio::test]
async fn a_cursor_is_good_for_its_own_list_and_filters_alone() {
    let office = office().await;
    let query = UserQuery { search: Some("user".to_owned()), ..limit(2) };
    let cursor = page(&office, query.clone()).await.unwrap().next.unwrap();
    assert_eq!(page(&office, at(&cursor, &query)).await.unwrap().items.len(), 2);
    let larger = UserQuery { page: PageRequest { cursor: None, limit: Some(5) }, ..query.clone() };
    assert_eq!(page(&office, at(&cursor, &larger)).await.unwrap().items.len(), 5);
    for other in [
        UserQuery { search: None, ..query.clone() },
        UserQuery { search: Some("use".to_owned()), ..query.clone() },
        UserQuery { role: Some("CANDIDATE".to_owned()), ..query.clone() },
        UserQuery { active: Some(true), ..query.clone() },
    ] {
        assert_eq!(fields(&office, at(&cursor, &other)).await, ["cursor"], "{other:?}");
    }
    let cursor = || PageRequest { cursor: Some(cursor.clone()), limit: None };
    let admin = &office.world.app.admin;
    let audit = AuditQuery { page: cursor(), ..AuditQuery::default() };
    assert!(admin.list_audit_events.execute(&office.root, audit).await.is_err());
    assert!(admin.list_invitations.execute(&office.root, cursor()).await.is_err());
}

#[tokio::test]
async fn a_cursor_that_was_tampered_with_is_refused() {
    let office = office().await;
    let cursor = page(&office, limit(2)).await.unwrap().next.unwrap();
    for at_character in 0..cursor.len() {
        let swapped = if cursor.as_bytes()[at_character] == b'A' { "B" } else { "A" };
        let mut tampered = cursor.clone();
        tampered.replace_range(at_character..=at_character, swapped);
        assert_eq!(fields(&office, at(&tampered, &limit(2))).await, ["cursor"], "{tampered}");
    }
    for tampered in ["", "A", "é", &cursor[1..], &cursor[..cursor.len() - 1], &format!("{cursor}AAAA")] {
        assert_eq!(fields(&office, at(tampered, &limit(2))).await, ["cursor"], "{tampered}");
    }
}

#[tokio::test]
async fn everything_that_is_wrong_with_a_query_is_told_at_once() {
    let office = Office::new().await;
    for bad in [0, 201, u32::MAX] {
        assert_eq!(fields(&office, limit(bad)).await, ["limit"]);
    }
    let page_of = PageRequest { cursor: Some("none".to_owned()), limit: Some(0) };
    let query =
        UserQuery { search: Some("é".repeat(101)), role: Some("CHIEF".to_owned()), active: None, page: page_of };
    assert_eq!(fields(&office, query).await, ["search", "role", "limit", "cursor"]);
    let longest = UserQuery { search: Some(format!(" {} ", "é".repeat(100))), ..UserQuery::default() };
    assert!(page(&office, longest).await.unwrap().items.is_empty());
    let Err(AdminListError::Invalid(errors)) =
        page(&office, UserQuery { search: Some("a".repeat(101)), ..UserQuery::default() }).await
    else {
        panic!("it was not refused")
    };
    assert_eq!(errors.0[0].rejection, Rejection::TooLong { max: 100 });
}
