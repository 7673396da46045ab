use actix_web::test::TestRequest;
use doorward_http::{Code, openapi};
use serde_json::{Value, json};

use crate::harness::TestEdge;

async fn get(path: &str) -> crate::answer::Answer {
    TestEdge::new().call(TestRequest::get().uri(path)).await.expect(200)
}

#[actix_web::test]
async fn health_is_told() {
    assert_eq!(get("/health/live").await.body, json!({"success": true, "status": "live"}));
    assert_eq!(get("/health/ready").await.body, json!({"success": true, "status": "ready"}));
}

#[actix_web::test]
async fn keys_are_published_for_caches() {
    let answer = get("/.well-known/jwks.json").await;
    assert_eq!(answer.body["keys"][0]["kid"], "fake");
    assert_eq!(answer.header("cache-control"), Some("public, max-age=1"), "this node has not read the ring");
}

#[actix_web::test]
async fn the_document_that_is_served_is_the_one_that_is_printed() {
    assert_eq!(get("/openapi.json").await.body, serde_json::from_str::<Value>(&openapi()).unwrap());
}

#[actix_web::test]
async fn the_documentation_loads_nothing_from_elsewhere() {
    let page = get("/docs").await;
    assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"));
    let loaded: Vec<_> = page.text.split(['"']).filter(|text| text.contains('/') && !text.contains('<')).collect();
    assert_eq!(loaded.len(), 5, "{loaded:?}");
    for path in loaded {
        assert!(path.starts_with("/docs/"), "{path}");
        get(path).await;
    }
    assert!(page.header("content-security-policy").unwrap().contains("script-src 'self';"));
    let start = get("/docs/swagger-initializer.js").await.text;
    assert!(start.contains("/openapi.json") && start.contains("\"validatorUrl\": \"none\""), "{start}");
}

#[actix_web::test]
async fn a_file_of_the_documentation_that_is_packed_says_so() {
    for (file, encoding) in [("swagger-ui.css", Some("gzip")), ("swagger-initializer.js", None)] {
        let answer = get(&format!("/docs/{file}")).await;
        assert_eq!(answer.header("content-encoding"), encoding, "{file}");
        // The first byte of every gzip file (RFC 1952 §2.3.1) is no letter.
        assert_eq!(answer.text.starts_with('\u{1f}'), encoding.is_some(), "{file}");
    }
}

#[actix_web::test]
async fn every_code_has_its_place_in_the_page_that_types_point_to() {
    let page = get("/docs/errors").await.text;
    for code in Code::ALL {
        assert!(page.contains(&format!("<section id=\"{}\">", code.as_str())), "{code:?}");
    }
}
