//! `/admin/users/new`: an account for someone else.

use doorward_application::ports::MessageKind;
use doorward_domain::Role;
use doorward_http::Code;

use super::people::{LIST, found, led, path_of, submit, visit};
use crate::{admin::admin, harness::TestEdge};

const JOHN: [(&str, &str); 8] = [
    ("role", "EMPLOYER"),
    ("company", "Tech Corp"),
    ("firstName", "John"),
    ("lastName", "Smith"),
    ("email", "john@example.com"),
    ("username", "john"),
    ("phoneNumber", "+49 30 1234"),
    ("locale", "de"),
];

/// John, but for this field.
fn john<'a>(name: &str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    JOHN.into_iter().map(|field| if field.0 == name { (field.0, value) } else { field }).collect()
}

#[actix_web::test]
async fn an_account_is_made_of_any_role_and_its_owner_is_written_to() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let page = visit(&edge, &root, "/admin/users/new").await.expect(200);
    for role in Role::ALL {
        assert!(page.text.contains(&format!("value=\"{role}\" required>")), "{}", page.text);
    }
    assert!(page.text.contains("<option value=\"en\" selected>English</option>"), "{}", page.text);
    assert!(page.field("firstName").contains("autocomplete=\"off\""), "{}", page.field("firstName"));
    let made = submit(&edge, &root, LIST, &JOHN).await.expect(303);
    assert_eq!(led(&made), (&*path_of(&edge, "john@example.com", ""), "user_created"));
    let john = found(&edge, "john@example.com").expect("a user");
    assert_eq!((john.role, john.locale.as_str(), john.email_verified_at), (Role::Employer, "de", None));
    let message = edge.store.messages().pop().expect("a message");
    assert_eq!((message.kind, message.to.typed()), (MessageKind::AccountCreated, "john@example.com"));
    let page = visit(&edge, &root, &path_of(&edge, "john@example.com", "")).await.expect(200);
    assert_eq!((page.value("companyName"), page.value("phoneNumber")), ("Tech Corp", "+49 30 1234"));
    // The company was typed before the role was changed to one that has none.
    let fields =
        [("role", "ADMIN"), ("company", "X"), ("firstName", "A"), ("lastName", "B"), ("email", "a@example.com")];
    submit(&edge, &root, LIST, &fields).await.expect(303);
    assert_eq!(found(&edge, "a@example.com").map(|user| user.role), Some(Role::Admin));
}

#[actix_web::test]
async fn what_is_missing_is_named_and_what_was_typed_stays() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let page = submit(&edge, &root, LIST, &[]).await.expect(422);
    for name in ["role", "firstName", "lastName"] {
        assert!(!page.error(name).is_empty(), "{name}");
    }
    let page = submit(&edge, &root, LIST, &john("company", " ")).await.expect(422);
    assert_eq!(page.error("company"), "This is required.");
    assert_eq!((page.value("email"), page.value("username")), ("john@example.com", "john"));
    assert!(page.text.contains("value=\"EMPLOYER\" required checked>"), "{}", page.text);
    assert!(page.text.contains("<option value=\"de\" selected>"), "{}", page.text);
    assert!(page.text.contains("<title>Error: New person · doorward</title>"), "{}", page.text);
    assert_eq!(found(&edge, "john@example.com"), None);
}

#[actix_web::test]
async fn names_that_are_taken_are_told() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    edge.jane().await;
    let page = submit(&edge, &root, LIST, &john("email", "JANE@example.com")).await.expect(400);
    assert!(page.text.contains(Code::UserAlreadyExists.message()) && page.value("email") == "JANE@example.com");
    let page = submit(&edge, &root, LIST, &john("username", "Jane")).await.expect(409);
    assert!(page.text.contains(Code::UsernameTaken.message()) && page.value("username") == "Jane");
    assert_eq!(found(&edge, "john@example.com"), None);
}

#[actix_web::test]
async fn what_is_typed_is_text_and_never_markup() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let evil = "<script>alert(1)</script>";
    submit(&edge, &root, LIST, &john("lastName", evil)).await.expect(303);
    let (person, query) = (path_of(&edge, "john@example.com", ""), format!("{LIST}?search=%22%3E%3Cscript%3E"));
    let mut pages = vec![submit(&edge, &root, LIST, &john("email", evil)).await.expect(422)];
    for path in [LIST, &person, &query] {
        pages.push(visit(&edge, &root, path).await.expect(200));
    }
    pages.push(submit(&edge, &root, &person, &[("firstName", evil), ("phoneNumber", evil)]).await.expect(422));
    pages.push(submit(&edge, &root, &format!("{person}/role"), &[("role", evil), ("company", evil)]).await.expect(422));
    for page in pages {
        assert!(!page.text.contains("<script>"), "{}", page.text);
    }
    assert!(visit(&edge, &root, LIST).await.text.contains(">John &#60;script&#62;alert(1)&#60;/script&#62;</a>"));
}
