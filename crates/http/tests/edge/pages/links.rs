//! The pages that a mail's link opens.

use actix_web::{http::Method, test::TestRequest};
use doorward_http::Code;

use super::{PAGES, open};
use crate::{
    account::{LINKS, NEW_PASSWORD, follow, link_to},
    harness::TestEdge,
};

#[actix_web::test]
async fn a_page_is_html_that_may_load_what_is_here_and_post_its_form_here() {
    let edge = TestEdge::new();
    for path in PAGES {
        let page = open(&edge, &format!("{path}?token=abc&utm_source=mail")).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
        let policy = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; \
                      form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; \
                      trusted-types doorward";
        assert_eq!(page.header("content-security-policy"), Some(policy));
        assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
        assert_eq!(page.header("cache-control"), Some("no-store"));
        assert!(page.text.starts_with("<!DOCTYPE html>\n<html lang=\"en\" "), "{}", page.text);
        assert!(page.text.contains(&format!(" method=\"post\" action=\"{path}\"")), "{}", page.text);
        for forbidden in ["<style", " style=", " onclick=", "http://", "https://", "javascript:"] {
            assert!(!page.text.contains(forbidden), "{forbidden} on {path}");
        }
        for script in page.text.split("<script").skip(1) {
            assert!(script.starts_with(" type=\"module\" src=\"/assets/"), "{script}");
        }
        assert!(page.set_cookies().is_empty());
    }
}

#[actix_web::test]
async fn to_open_a_link_changes_nothing() {
    for path in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, path).await;
        let before = edge.store.counts();
        for method in [Method::GET, Method::HEAD, Method::GET] {
            let request = TestRequest::with_uri(&format!("{path}?token={token}")).method(method);
            edge.call(request).await.expect(200);
        }
        assert_eq!(edge.store.counts(), before, "{path}");
        follow(&edge, path, &token).await.expect(200);
    }
}

#[actix_web::test]
async fn the_button_does_what_the_page_says_once() {
    for path in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, path).await;
        let page = open(&edge, &format!("{path}?token={token}")).await.expect(200);
        assert_eq!(page.value("token"), token);
        let mut fields = vec![("token", page.value("token"))];
        if path == "/reset-password" {
            assert!(page.field("password").contains("autocomplete=\"new-password\""));
            fields.push(("password", NEW_PASSWORD));
        }
        let done = edge.submit(path, &fields).await;
        if path == "/reset-password" {
            assert_eq!((done.status, done.header("location")), (303, Some("/login")));
        } else {
            let done = done.expect(200);
            assert!(!done.text.contains("name=\"token\"") && done.set_cookies().is_empty(), "{}", done.text);
        }
        follow(&edge, path, &token).await.refused(Code::InvalidToken);
        let again = edge.submit(path, &fields).await.expect(400);
        assert_eq!(again.heading(), Code::InvalidToken.title());
        assert!(again.text.contains(Code::InvalidToken.message()));
    }
}

#[actix_web::test]
async fn a_link_without_its_token_says_so_at_once() {
    let edge = TestEdge::new();
    for path in LINKS {
        for query in ["", "?token=", "?Token=abc", "?token=%ff"] {
            let page = open(&edge, &format!("{path}{query}")).await.expect(400);
            assert_eq!(page.heading(), Code::InvalidToken.title(), "{path}{query}");
        }
    }
}

#[actix_web::test]
async fn what_a_page_looks_like_is_kept_for_good_under_a_name_of_its_own() {
    let edge = TestEdge::new();
    let page = open(&edge, "/forgot-password").await.expect(200);
    let path = page.text.split_once("<link rel=\"stylesheet\" href=\"").and_then(|(_, rest)| rest.split_once('"'));
    let styles = open(&edge, path.expect("a stylesheet").0).await.expect(200);
    assert_eq!(styles.header("content-type"), Some("text/css; charset=utf-8"));
    assert_eq!(styles.header("cache-control"), Some("public, max-age=31536000, immutable"));
    assert!(styles.text.contains(":focus-visible"));
    for other in ["/assets/doorward.css", "/assets/doorward-0.css", "/assets/..%2fdoorward.css"] {
        open(&edge, other).await.expect(404);
    }
}
