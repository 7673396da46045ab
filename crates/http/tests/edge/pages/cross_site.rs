//! Forms that another site's page posts.

use actix_web::test::TestRequest;

use super::PAGES;
use crate::{
    account::{LINKS, link_to},
    harness::{OURS, TestEdge},
};

const FOREIGN: [&[(&str, &str)]; 7] = [
    &[],
    &[("origin", "https://evil.example")],
    &[("origin", "null")],
    &[("origin", "null"), ("sec-fetch-site", "cross-site")],
    &[("origin", "null"), ("sec-fetch-site", "same-site")],
    &[("sec-fetch-site", "cross-site")],
    &[("sec-fetch-site", "none")],
];

fn post(path: &str, fields: &[(&str, &str)], headers: &[(&'static str, &'static str)]) -> TestRequest {
    let request = TestRequest::post().uri(path).set_form(fields);
    headers.iter().fold(request, |request, header| request.insert_header(*header))
}

#[actix_web::test]
async fn a_form_from_elsewhere_is_refused_and_does_nothing() {
    for path in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, path).await;
        let before = edge.store.counts();
        for headers in FOREIGN {
            let refused = edge.call(post(path, &[("token", &token)], headers)).await.expect(403);
            assert_eq!(refused.heading(), "Cross-site request rejected", "{path} {headers:?}");
        }
        assert_eq!(edge.store.counts(), before);
    }
}

#[actix_web::test]
async fn every_page_asks_where_its_form_comes_from_with_cookies_and_without() {
    let mut edge = TestEdge::new();
    // A listed frontend may call the API, and that is all.
    edge.settings.cors_origins = vec!["https://evil.example".to_owned()];
    let jane = edge.jane().await;
    for path in PAGES {
        for headers in FOREIGN {
            edge.call(post(path, &[], headers)).await.expect(403);
            edge.call(post(path, &[], headers).insert_header(jane.cookies())).await.expect(403);
            edge.call(jane.bearing(post(path, &[], headers))).await.expect(403);
        }
    }
}

/// A page that passes no referrer on posts from the origin `null`, as browsers have it.
#[actix_web::test]
async fn a_form_of_our_own_page_is_taken_however_the_browser_says_so() {
    let edge = TestEdge::new();
    let jane = edge.jane().await;
    let ours: [&[_]; 3] =
        [&[OURS], &[("sec-fetch-site", "same-origin")], &[("origin", "null"), ("sec-fetch-site", "same-origin")]];
    for headers in ours {
        let fields = [("email", "jane@example.com")];
        edge.call(post("/forgot-password", &fields, headers)).await.expect(200);
        edge.call(post("/forgot-password", &fields, headers).insert_header(jane.cookies())).await.expect(200);
    }
}
