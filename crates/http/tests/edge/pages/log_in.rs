//! `/login`

use doorward_http::Code;

use super::open;
use crate::harness::{PASSWORD, TestEdge};

#[actix_web::test]
async fn a_wrong_password_keeps_the_address_and_says_no_more() {
    let edge = TestEdge::new();
    edge.jane().await;
    let refused = async |email| {
        let page = edge.submit("/login", &[("email", email), ("password", "not the one")]).await.expect(401);
        assert_eq!((page.value("email"), page.value("password")), (email, ""));
        assert!(page.set_cookies().is_empty() && !page.text.contains("not the one"));
        page.text.replace(email, "")
    };
    let known = refused("jane@example.com").await;
    assert!(known.contains("<div class=\"alert\" role=\"alert\">\n<p>Invalid credentials</p>"), "{known}");
    assert_eq!(known, refused("john@example.com").await);
}

#[actix_web::test]
async fn whoever_may_not_sign_in_is_told_with_the_right_password_alone() {
    let mut edge = TestEdge::new();
    edge.jane().await;
    edge.rules.require_verified_email = true;
    let jane = |password| [("email", "jane@example.com"), ("password", password)];
    let page = edge.submit("/login", &jane(PASSWORD)).await.expect(403);
    assert!(
        page.text.contains(Code::EmailNotVerified.message()) && page.text.contains("href=\"/resend-verification\"")
    );
    edge.deactivate("Jane@Example.com").await;
    let page = edge.submit("/login", &jane(PASSWORD)).await.expect(403);
    assert!(page.text.contains("<p>Account is deactivated</p>"), "{}", page.text);
    edge.submit("/login", &jane("not the one")).await.expect(401);
}

#[actix_web::test]
async fn a_browser_keeps_its_cookies_if_it_is_to() {
    let edge = TestEdge::new();
    edge.jane().await;
    let fields = [("email", "jane"), ("password", PASSWORD), ("rememberMe", "on")];
    for (fields, kept) in [(&fields[..], true), (&fields[..2], false)] {
        let cookies = edge.submit("/login", fields).await.expect(303);
        assert!(cookies.set_cookies().iter().all(|cookie| cookie.contains("Max-Age") == kept));
    }
    assert!(open(&edge, "/login").await.expect(200).field("rememberMe").contains(" checked"));
}

#[actix_web::test]
async fn no_one_is_shown_the_way_to_a_sign_up_that_is_closed() {
    let mut edge = TestEdge::new();
    assert!(open(&edge, "/login").await.expect(200).text.contains("href=\"/register\""));
    edge.rules.enabled = false;
    assert!(!open(&edge, "/login").await.expect(200).text.contains("href=\"/register\""));
    assert!(open(&edge, "/register").await.expect(403).text.contains(Code::RegistrationClosed.message()));
}
