//! The description of the API.

use rstest::rstest;

use crate::app::{Database, Database::*, TestApp};

#[rstest]
#[tokio::test]
async fn the_description_names_every_api_route_with_its_errors(#[values(Sqlite)] on: Database) {
    let app = TestApp::start(on).await;
    let answer = app.request("GET", "/openapi.json").send().await;
    let api = &answer.body;
    assert!(api["openapi"].as_str().is_some_and(|version| version.starts_with("3.1")), "{}", api["openapi"]);
    for route in doorward_http::routes::table() {
        if route.path.starts_with("/docs") || route.path == "/openapi.json" {
            continue;
        }
        let operation = &api["paths"][route.path][route.method.as_str().to_lowercase()];
        assert!(operation.is_object(), "{} {} is not described", route.method, route.path);
        let responses = operation["responses"].as_object().expect("responses");
        assert!(responses.keys().any(|status| status.starts_with('2')), "{}", route.path);
        if route.path.starts_with("/auth") {
            assert!(responses.keys().any(|status| status.starts_with('4')), "{}", route.path);
        }
    }
}

#[rstest]
#[tokio::test]
async fn the_documentation_loads_nothing_from_elsewhere(#[values(Sqlite)] on: Database) {
    let app = TestApp::start(on).await;
    let page = app.request("GET", "/docs").send().await;
    assert_eq!(page.status.as_u16(), 200);
    for foreign in ["src=\"http", "href=\"http", "src=\"//", "href=\"//", "cdn."] {
        assert!(!page.text.contains(foreign), "{foreign} in {}", page.text);
    }
    let errors = app.request("GET", "/docs/errors").send().await;
    assert!(errors.text.contains("id=\"invalid_credentials\""), "{}", errors.text);
}
