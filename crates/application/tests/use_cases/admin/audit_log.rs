//! The audit log, as administrators read it.

use doorward_application::{
    admin::{AdminListError, AuditQuery, ExportAudit},
    page::PageRequest,
};
use doorward_domain::audit::{AuditEvent, AuditKind};

use super::office::Office;

async fn read(office: &Office, query: AuditQuery) -> Vec<AuditEvent> {
    office.world.app.admin.list_audit_events.execute(&office.root, query).await.unwrap().items
}

/// The fields that were refused.
async fn refused(office: &Office, query: AuditQuery) -> Vec<&'static str> {
    match office.world.app.admin.list_audit_events.execute(&office.root, query).await {
        Err(AdminListError::Invalid(errors)) => errors.0.iter().map(|error| error.field).collect(),
        other => panic!("{:?}", other.map(|page| page.items)),
    }
}

#[tokio::test]
async fn entries_are_read_the_latest_first_and_reading_leaves_none() {
    let office = Office::new().await;
    office.candidate("jane@example.com").await;
    let mut all = office.world.store.audit_events();
    all.reverse();
    assert_eq!(read(&office, AuditQuery::default()).await, all);
    assert_eq!(office.world.store.audit_events().len(), all.len());
}

#[tokio::test]
async fn entries_are_found_by_user_and_by_kind() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    office.candidate("john@example.com").await;
    office.world.app.admin.start_reset.execute(&office.root, jane.id).await.unwrap();
    let about = |event: &AuditEvent| event.user_id == Some(jane.id) || event.actor_id == Some(jane.id);

    let found = read(&office, AuditQuery { user: Some(jane.id), ..AuditQuery::default() }).await;
    assert!(
        found.iter().all(about) && found.len() == office.world.store.audit_events().into_iter().filter(about).count()
    );
    let kind = || Some(AuditKind::SignedUp.as_str().to_owned());
    assert_eq!(read(&office, AuditQuery { kind: kind(), ..AuditQuery::default() }).await.len(), 2);
    let both = AuditQuery { user: Some(jane.id), kind: kind(), ..AuditQuery::default() };
    let found = read(&office, both).await;
    assert_eq!((found.len(), found[0].user_id, found[0].kind), (1, Some(jane.id), AuditKind::SignedUp));
}

#[tokio::test]
async fn a_deleted_users_entries_are_found_by_the_id() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    office.world.app.admin.delete_user.execute(&office.root, jane.id).await.unwrap();
    let found = read(&office, AuditQuery { user: Some(jane.id), ..AuditQuery::default() }).await;
    assert_eq!(found[0].kind, AuditKind::AccountDeleted);
    assert!(found.len() > 1);
}

#[tokio::test]
async fn an_unknown_kind_and_a_bad_page_are_told_at_once() {
    let office = Office::new().await;
    let page = PageRequest { cursor: Some("AAAA".to_owned()), limit: Some(0) };
    let query = AuditQuery { user: None, kind: Some("SignedUp".to_owned()), page };
    assert_eq!(refused(&office, query).await, ["type", "limit", "cursor"]);
    let query = AuditQuery { kind: Some(String::new()), ..AuditQuery::default() };
    assert_eq!(refused(&office, query).await, ["type"]);
}

#[tokio::test]
async fn every_entry_is_seen_exactly_once_and_a_cursor_keeps_its_filters() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await.user;
    let of_root = |cursor| AuditQuery {
        user: Some(office.root.user.id),
        kind: None,
        page: PageRequest { cursor, limit: Some(1) },
    };
    for _ in 0..3 {
        office.world.app.admin.start_reset.execute(&office.root, jane.id).await.unwrap();
    }
    let all = read(&office, AuditQuery { page: PageRequest::default(), ..of_root(None) }).await;
    let list = async |query| office.world.app.admin.list_audit_events.execute(&office.root, query).await.unwrap();
    let (mut seen, mut cursor) = (Vec::new(), None);
    loop {
        let page = list(of_root(cursor)).await;
        seen.extend(page.items);
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    assert_eq!(seen, all);
    let cursor = list(of_root(None)).await.next;
    for other in [
        AuditQuery { user: Some(jane.id), ..of_root(cursor.clone()) },
        AuditQuery { kind: Some("reset_started".to_owned()), ..of_root(cursor.clone()) },
    ] {
        assert_eq!(refused(&office, other).await, ["cursor"]);
    }
}

#[tokio::test]
async fn the_export_has_every_entry_once_the_oldest_first() {
    let office = Office::new().await;
    let jane = office.candidate("jane@example.com").await;
    for _ in 0..ExportAudit::PAGE {
        office.world.app.account.export.execute(&jane).await.unwrap();
    }
    let (mut exported, mut pages) = (Vec::<AuditEvent>::new(), 0);
    loop {
        let page = office.world.app.admin.export_audit.page(exported.last().map(|last| last.id)).await.unwrap();
        if page.is_empty() {
            break;
        }
        exported.extend(page);
        pages += 1;
    }
    assert_eq!(exported, office.world.store.audit_events());
    assert_eq!(pages, 2);
}
