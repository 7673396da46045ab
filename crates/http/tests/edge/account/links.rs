//! What every link of a mail has in common.

use std::time::Duration;

use doorward_http::Code;
use serde_json::json;

use super::{LINKS, follow, link_to};
use crate::harness::TestEdge;

/// How long each link works.
fn lifetime(page: &str) -> Duration {
    match page {
        "/reset-password" => Duration::from_mins(30),
        "/undo-email-change" | "/not-me" => Duration::from_hours(7 * 24),
        _ => Duration::from_hours(24),
    }
}

#[actix_web::test]
async fn a_link_works_once() {
    for page in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, page).await;
        let answer = follow(&edge, page, &token).await.expect(200);
        assert!(answer.body["message"].is_string() && answer.set_cookies().is_empty(), "{page}: {}", answer.text);
        follow(&edge, page, &token).await.refused(Code::InvalidToken);
    }
}

#[actix_web::test]
async fn a_link_works_until_its_time_is_over() {
    for page in LINKS {
        for (late, status) in [(false, 200), (true, 400)] {
            let edge = TestEdge::new();
            let token = link_to(&edge, &edge.jane().await, page).await;
            let moment = if late { lifetime(page) } else { lifetime(page).saturating_sub(Duration::from_secs(1)) };
            edge.clock.advance(moment);
            follow(&edge, page, &token).await.expect(status);
        }
    }
}

#[actix_web::test]
async fn the_token_of_one_link_is_none_of_another() {
    for page in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, page).await;
        for other in LINKS.into_iter().filter(|other| *other != page) {
            follow(&edge, other, &token).await.refused(Code::InvalidToken);
        }
        follow(&edge, page, &token).await.expect(200);
    }
}

#[actix_web::test]
async fn what_is_no_token_is_refused_and_leaves_the_token_good() {
    for page in LINKS {
        let edge = TestEdge::new();
        let token = link_to(&edge, &edge.jane().await, page).await;
        let cut = &token[1..];
        for wrong in ["", "x", cut, &format!("{token}="), &format!(" {token}"), &"A".repeat(43), "\u{0}", "é"] {
            follow(&edge, page, wrong).await.refused(Code::InvalidToken);
        }
        follow(&edge, page, &token).await.expect(200);
    }
}

#[actix_web::test]
async fn nothing_else_is_taken_beside_a_token() {
    let edge = TestEdge::new();
    for page in LINKS {
        let path = format!("/auth{page}");
        let refused = edge.post(&path, json!({"token": "x", "email": "thief@example.com"})).await;
        assert_eq!(refused.refused(Code::ValidationFailed).fields(), [("email", "unknown_field")]);
    }
}

#[actix_web::test]
async fn who_wishes_for_a_link_is_told_the_same_whether_there_is_an_account_or_not() {
    let edge = TestEdge::new();
    edge.jane().await;
    for path in ["/auth/forgot-password", "/auth/resend-verification"] {
        let known = edge.post(path, json!({"email": "jane@example.com"})).await.expect(202);
        let unknown = edge.post(path, json!({"email": "john@example.com"})).await.expect(202);
        assert_eq!(known.text, unknown.text);
        let refused = edge.post(path, json!({"email": "nobody"})).await.refused(Code::ValidationFailed);
        assert_eq!(refused.fields(), [("email", "malformed")]);
        let two = json!({"email": ["jane@example.com", "thief@example.com"]});
        assert_eq!(edge.post(path, two).await.refused(Code::ValidationFailed).fields(), [("email", "wrong_type")]);
    }
}
