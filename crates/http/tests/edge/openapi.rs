//! What the OpenAPI document shows to those who write clients.

use actix_web::test::TestRequest;
use serde_json::{Value, json};

use crate::{
    admin::admin,
    answer::{Answer, DOCUMENT},
    harness::{OURS, Person, TestEdge},
    schema,
};

/// Every operation with its method and path.
fn operations() -> impl Iterator<Item = (String, &'static str, &'static Value)> {
    let paths = DOCUMENT["paths"].as_object().expect("paths");
    paths.iter().flat_map(|(path, item)| {
        let operations = item.as_object().expect("operations");
        operations.iter().map(move |(method, operation)| (method.to_uppercase(), path.as_str(), operation))
    })
}

/// The examples of a body: those that are written, or the one that its schema makes.
fn examples(json: &'static Value) -> Result<Vec<Value>, String> {
    let written = json["examples"].as_object().into_iter().flatten().map(|(_, example)| &example["value"]);
    let written: Vec<_> = written.chain(json.get("example")).cloned().collect();
    if written.is_empty() { schema::example(&json["schema"]).map(|made| vec![made]) } else { Ok(written) }
}

#[test]
fn every_operation_says_what_it_does_and_every_parameter_what_it_is() {
    for (method, path, operation) in operations() {
        let said = |value: &Value| value.as_str().is_some_and(|text| text.len() > 5);
        assert!(said(&operation["summary"]), "{method} {path}");
        for parameter in operation["parameters"].as_array().into_iter().flatten() {
            assert!(said(&parameter["description"]), "{method} {path}: {parameter}");
        }
        for (status, response) in operation["responses"].as_object().expect("responses") {
            assert!(said(&response["description"]), "{method} {path} {status}");
        }
    }
}

#[actix_web::test]
async fn an_empty_parameter_is_none_and_is_described_so() {
    let edge = TestEdge::new();
    let root = admin(&edge).await;
    let mut seen = 0;
    for (method, path, operation) in operations() {
        for parameter in operation["parameters"].as_array().into_iter().flatten().filter(|p| p["in"] == "query") {
            let name = parameter["name"].as_str().expect("a name");
            assert_eq!(parameter["allowEmptyValue"], true, "{method} {path} {name}");
            edge.call(root.get(&format!("{path}?{name}="))).await.expect(200);
            seen += 1;
        }
    }
    assert!(seen > 5);
}

#[test]
fn every_body_has_examples_and_they_are_what_is_described() {
    for (method, path, operation) in operations() {
        let answers = operation["responses"].as_object().expect("responses").values();
        for body in answers.chain(operation.get("requestBody")) {
            for (media_type, content) in body["content"].as_object().into_iter().flatten() {
                if media_type.ends_with("json") {
                    let examples = examples(content).unwrap_or_else(|lacks| panic!("{method} {path}: {lacks}"));
                    for example in examples {
                        let checked = schema::check(&content["schema"], &example);
                        assert_eq!(checked, Ok(()), "{method} {path}: {example}");
                    }
                }
            }
        }
    }
}

/// Some are for users of one role: it is enough that one takes them.
#[actix_web::test]
async fn every_example_of_a_request_is_taken() {
    for (method, path, operation) in operations() {
        let Some(json) = operation["requestBody"]["content"].get("application/json") else { continue };
        for example in examples(json).expect("an example") {
            let mut refusals = Vec::new();
            for role in ["CANDIDATE", "EMPLOYER", "ADMIN"] {
                let answer = send(&method, path, &example, role).await;
                if !is_about_what_was_sent(&answer) {
                    refusals.clear();
                    break;
                }
                refusals.push(answer.text);
            }
            assert_eq!(refusals, Vec::<String>::new(), "{method} {path} {example}");
        }
    }
}

async fn send(method: &str, path: &str, body: &Value, role: &str) -> Answer {
    let edge = TestEdge::new();
    let who: Person = match role {
        "ADMIN" => admin(&edge).await,
        _ => edge.person(json!({"email": "me@example.com", "role": role, "company": "Tech Corp"})).await,
    };
    edge.person(json!({"email": "other@example.com"})).await;
    let other = edge.store.users().iter().map(|user| user.id).max().expect("users");
    let path = path.replace("{id}", &other.to_string());
    let request = TestRequest::with_uri(&path).method(method.parse().expect("a method"));
    edge.call(who.bearing(request).insert_header(OURS).set_json(body)).await
}

/// Whether it was refused for its shape, or for who or where it was, which hides what is wrong with its shape.
fn is_about_what_was_sent(answer: &Answer) -> bool {
    let is_shape = [400, 415, 422].contains(&answer.status);
    let codes = ["invalid_token", "invalid_refresh_token", "user_already_exists"];
    let is_content = codes.iter().any(|code| answer.body["code"] == *code);
    (is_shape && !is_content) || [403, 404, 405, 409].contains(&answer.status)
}
