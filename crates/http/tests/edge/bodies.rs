//! What a client may send as a body, tried on every route that takes one.

use actix_web::{http::header, test::TestRequest, web::Bytes};
use doorward_http::Code;
use proptest::prelude::*;

use crate::{answer::Answer, harness::TestEdge};

const WITH_BODY: [&str; 14] = [
    "/auth/register",
    "/auth/login",
    "/auth/refresh",
    "/auth/logout",
    "/auth/verify-email",
    "/auth/resend-verification",
    "/auth/forgot-password",
    "/auth/reset-password",
    "/auth/confirm-email",
    "/auth/undo-email-change",
    "/auth/not-me",
    "/login",
    "/refresh",
    "/logout",
];

async fn send(edge: &TestEdge, path: &str, media_type: &str, body: impl Into<Bytes>) -> Answer {
    let request = TestRequest::post().uri(path).insert_header((header::CONTENT_TYPE, media_type)).set_payload(body);
    edge.call(request).await
}

#[actix_web::test]
async fn every_way_to_send_a_wrong_body_has_its_answer() {
    let edge = TestEdge::new();
    let large = format!("{{\"password\": \"{}\"}}", "x".repeat(64 * 1024));
    let cases: [(&[u8], Code); 9] = [
        (b"{", Code::MalformedJson),
        (b"{\"password\": \"\xff\"}", Code::MalformedJson),
        (b"{\"password\": \"a\", \"password\": \"b\"}", Code::MalformedJson),
        (b"{\"x\": {\"y\": 1, \"y\": 1}}", Code::MalformedJson),
        (b"{} {}", Code::MalformedJson),
        (b"[]", Code::ValidationFailed),
        (b"\"text\"", Code::ValidationFailed),
        (b"{\"surprise\": 1}", Code::ValidationFailed),
        (large.as_bytes(), Code::BodyTooLarge),
    ];
    for path in WITH_BODY {
        for (body, code) in cases {
            send(&edge, path, "application/json", body.to_vec()).await.refused(code);
        }
        send(&edge, path, "text/plain", "{}").await.refused(Code::UnsupportedMediaType);
        send(&edge, path, "application/x-www-form-urlencoded", "password=x").await.refused(Code::UnsupportedMediaType);
    }
}

#[actix_web::test]
async fn a_signed_in_user_is_known_before_the_body_is_read() {
    let edge = TestEdge::new();
    let request = || TestRequest::patch().uri("/auth/me").insert_header((header::CONTENT_TYPE, "application/json"));
    edge.call(request().set_payload("{")).await.refused(Code::AuthenticationRequired);
    let jane = edge.jane().await;
    edge.call(jane.bearing(request().set_payload("{"))).await.refused(Code::MalformedJson);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_body_gets_a_server_error(bytes in any::<Vec<u8>>(), text in "[{}\\[\\]\":,a-z0-9 \\\\]{0,40}", path in 0..WITH_BODY.len()) {
        actix_web::rt::System::new().block_on(async {
            let edge = TestEdge::new();
            for body in [bytes, text.into_bytes()] {
                let answer = send(&edge, WITH_BODY[path], "application/json", body).await;
                assert!((400..500).contains(&answer.status), "{}", answer.status);
            }
        });
    }
}
