//! `GET /openapi.json`, and the document itself.

use std::{collections::BTreeMap, sync::LazyLock};

use actix_web::{HttpResponse, http::header::ContentType};
use doorward_application::FieldError;
use doorward_domain::Rejection;
use utoipa::{
    OpenApi,
    openapi::{
        self, ContentBuilder, Object, Ref, RefOr, Required, ResponseBuilder, Type,
        example::{Example, ExampleBuilder},
        path::{HttpMethod, Operation, Parameter, ParameterBuilder, ParameterIn},
        security::{ApiKey, ApiKeyValue, HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme},
    },
};

use crate::{
    problem::{Code, FieldProblem, Problem, ProblemBody},
    routes::{self, Row, Who},
};

static DOCUMENT: LazyLock<String> = LazyLock::new(openapi);

pub(crate) const ERRORS: &[Code] = &[];

/// Describes this service for machines (OpenAPI 3.1).
#[utoipa::path(
    get, path = "/openapi.json", operation_id = "openapi", tag = "Operations",
    responses((
        status = 200, description = "This document.", body = Object,
        example = json!({"openapi": "3.1.0", "info": {"title": "doorward"}, "paths": {}}),
    )),
)]
pub(crate) async fn handle() -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(DOCUMENT.as_str())
}

/// The OpenAPI document, as pretty JSON.
#[must_use]
pub fn openapi() -> String {
    document().to_pretty_json().expect("what utoipa makes is JSON")
}

/// What the endpoints say of themselves, completed by what the table of routes says of them.
fn document() -> openapi::OpenApi {
    let mut document = routes::Documented::openapi();
    document.info = openapi::Info::new("doorward", env!("CARGO_PKG_VERSION"));
    document.info.description = Some("A self-hosted authentication server.".to_owned());
    document.servers = Some(vec![openapi::Server::new("/")]);
    let components = document.components.get_or_insert_default();
    let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
    let cookie = ApiKeyValue::with_description("__Host-token", "On plain HTTP: `token`.");
    components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    components.add_security_scheme("cookie", SecurityScheme::ApiKey(ApiKey::Cookie(cookie)));
    for row in routes::table() {
        if let Some(operation) = operation(&mut document, &row) {
            complete(operation, &row);
        }
    }
    document
}

/// What the document says of this row.
fn operation<'d>(document: &'d mut openapi::OpenApi, row: &Row) -> Option<&'d mut Operation> {
    let item = document.paths.paths.get_mut(row.path)?;
    match method(row)? {
        HttpMethod::Get => item.get.as_mut(),
        HttpMethod::Post => item.post.as_mut(),
        HttpMethod::Patch => item.patch.as_mut(),
        HttpMethod::Delete => item.delete.as_mut(),
        HttpMethod::Put | HttpMethod::Options | HttpMethod::Head | HttpMethod::Trace => None,
    }
}

fn method(row: &Row) -> Option<HttpMethod> {
    let methods = [HttpMethod::Get, HttpMethod::Post, HttpMethod::Patch, HttpMethod::Delete];
    let names = ["GET", "POST", "PATCH", "DELETE"];
    names.into_iter().position(|name| row.method.as_str() == name).and_then(|at| methods.into_iter().nth(at))
}

/// Adds who may call it, and every way in which it fails.
fn complete(operation: &mut Operation, row: &Row) {
    if row.who.is_signed_in() {
        let schemes = ["bearer", "cookie"].map(|scheme| SecurityRequirement::new(scheme, Vec::<String>::new()));
        operation.security = Some(schemes.to_vec());
    }
    let mut by_status = BTreeMap::<u16, Vec<Code>>::new();
    for code in errors(row, operation) {
        by_status.entry(code.status().as_u16()).or_default().push(code);
    }
    if row.who.may_be_done_once(&row.method) {
        operation.parameters.get_or_insert_default().push(RefOr::T(idempotency_key()));
    }
    for parameter in operation.parameters.iter_mut().flatten().filter(|parameter| is_in_query(parameter)) {
        say_that_empty_is_none(parameter);
    }
    for (status, codes) in by_status {
        operation.responses.responses.insert(status.to_string(), response(&codes).into());
    }
}

/// The codes of a route: its own, and those of whatever stands before its handler.
fn errors(row: &Row, operation: &Operation) -> Vec<Code> {
    let mut codes = vec![Code::BodyTooLarge, Code::HeadersTooLarge, Code::InternalError, Code::Unavailable];
    codes.extend(row.errors);
    match row.who {
        Who::Anyone | Who::Visitor | Who::SignedIn | Who::Admin => {}
        Who::SigningIn | Who::SigningUp => codes.push(Code::Overloaded),
    }
    if row.who.is_signed_in() {
        codes.extend([
            Code::AuthenticationRequired,
            Code::InvalidAccessToken,
            Code::AccessTokenExpired,
            Code::SessionEnded,
            Code::StaleClaims,
        ]);
    }
    if row.who == Who::Admin {
        codes.push(Code::Forbidden);
    }
    if row.who.may_be_done_once(&row.method) {
        codes.extend([
            Code::MalformedRequest,
            Code::RequestTimeout,
            Code::RequestInProgress,
            Code::IdempotencyKeyReused,
        ]);
    }
    if operation.request_body.is_some() {
        codes.extend([
            Code::MalformedRequest,
            Code::MalformedJson,
            Code::RequestTimeout,
            Code::UnsupportedMediaType,
            Code::ValidationFailed,
        ]);
    }
    if operation.parameters.iter().flatten().any(is_in_query) {
        codes.extend([Code::MalformedRequest, Code::ValidationFailed]);
    }
    if !row.method.is_safe() {
        codes.push(Code::CsrfRejected);
    }
    codes.sort_unstable();
    codes.dedup();
    codes
}

fn is_in_query(parameter: &RefOr<Parameter>) -> bool {
    matches!(parameter, RefOr::T(parameter) if parameter.parameter_in == ParameterIn::Query)
}

/// `?limit=` is what a form sends whose field is empty, and counts as no limit. utoipa has no name for that.
fn say_that_empty_is_none(parameter: &mut RefOr<Parameter>) {
    if let RefOr::T(parameter) = parameter {
        parameter.extensions.get_or_insert_default().insert("allowEmptyValue".to_owned(), true.into());
    }
}

fn idempotency_key() -> Parameter {
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(
            "A name of your own for this request, of 1 to 255 visible characters. The same request with the same key \
             is not done twice: it is answered as it was the first time.",
        ))
        .schema(Some(Object::with_type(Type::String)))
        .build()
}

fn response(codes: &[Code]) -> openapi::Response {
    let lines: Vec<_> = codes.iter().map(|code| format!("`{}`: {}", code.as_str(), code.message())).collect();
    let examples = codes.iter().map(|code| (code.as_str().to_owned(), RefOr::T(example(*code))));
    let content =
        ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).examples_from_iter(examples).build();
    ResponseBuilder::new().description(lines.join("\n\n")).content("application/problem+json", content).build()
}

fn example(code: Code) -> Example {
    let refused = (code == Code::ValidationFailed).then(|| {
        let rejection = Rejection::Malformed { expected: "an email address" };
        FieldProblem::from(FieldError { field: "email", rejection })
    });
    let problem = Problem::new(code).with_fields(refused);
    let body = ProblemBody::new(&problem, "https://auth.example.com", "01989f3e-7a2c-7e11-b0a1-5c0a6a8b7f3d");
    ExampleBuilder::new().summary(code.title()).value(serde_json::to_value(body).ok()).build()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::openapi;
    use crate::routes::{Row, Who, table};

    fn document() -> Value {
        serde_json::from_str(&openapi()).unwrap()
    }

    #[test]
    fn describes_exactly_the_routes_of_the_table() {
        let document = document();
        let described: BTreeSet<_> = document["paths"]
            .as_object()
            .unwrap()
            .iter()
            .flat_map(|(path, item)| {
                item.as_object().unwrap().keys().map(move |method| (method.to_uppercase(), path.clone()))
            })
            .collect();
        let served = table().iter().map(|row| (row.method.to_string(), row.path.to_owned())).collect();
        assert_eq!(described, served);
    }

    #[test]
    fn is_openapi_3_1_and_every_reference_leads_somewhere() {
        let document = document();
        assert!(document["openapi"].as_str().unwrap().starts_with("3.1."));
        let text = document.to_string();
        for reference in text.split("\"$ref\":\"#").skip(1) {
            let pointer = reference.split('"').next().unwrap();
            assert!(document.pointer(pointer).is_some(), "{pointer}");
        }
    }

    /// The first table of docs/reference/api.md is what the document and the table of routes say.
    #[test]
    fn the_reference_lists_exactly_these_routes() {
        let document = document();
        let line = |row: Row| {
            let operation = &document["paths"][row.path][row.method.as_str().to_lowercase()];
            let who = match row.who {
                Who::Anyone | Who::Visitor => "anyone",
                Who::SigningIn | Who::SigningUp => "signing in",
                Who::SignedIn => "signed in",
                Who::Admin => "administrators",
            };
            let does = operation["summary"].as_str().unwrap();
            let statuses = operation["responses"].as_object().unwrap().keys().filter(|status| status.starts_with('2'));
            let statuses = statuses.map(String::as_str).collect::<Vec<_>>().join(" ");
            let codes = row.errors.iter().fold(String::new(), |codes, code| codes + &format!(" `{}`", code.as_str()));
            format!("| {} | `{}` | {who} | {does} | {statuses} |{codes} |", row.method, row.path)
        };
        let existing: Vec<_> = table().into_iter().map(line).collect();
        let (listed, _) = include_str!("../../../../docs/reference/api.md").split_once("## Who").unwrap();
        let listed: Vec<_> = listed.lines().filter(|line| line.contains("| `/")).collect();
        assert_eq!(listed, existing, "\n{}", existing.join("\n"));
    }

    #[test]
    fn no_two_operations_share_a_name() {
        let document = document();
        let operations = document["paths"].as_object().unwrap().values().flat_map(|i| i.as_object().unwrap().values());
        let names: Vec<_> = operations.map(|operation| operation["operationId"].as_str().unwrap()).collect();
        assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
    }
}
