//! How a problem looks on the wire.

use actix_web::{
    HttpMessage, HttpRequest,
    body::BoxBody,
    dev::ServiceResponse,
    http::header::{CONTENT_TYPE, HeaderValue},
};
use doorward_application::FieldError;
use doorward_domain::Rejection;
use serde::Serialize;
use utoipa::ToSchema;

use super::{Code, Problem};
use crate::{
    extract, pages,
    who::{Facing, Routed},
};

/// An error: at once a problem of RFC 9457 and `{success, message}`.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// Where the code is explained.
    #[schema(format = "uri")]
    r#type: String,
    /// What kind of problem it is.
    title: &'static str,
    /// The status of the answer.
    status: u16,
    /// What is particular to this occurrence.
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
    /// Always `false`.
    success: bool,
    /// A sentence that a person may be shown.
    message: &'static str,
    /// What a program decides by.
    code: &'static str,
    /// The fields that were refused, of `validation_failed`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    errors: Vec<FieldProblem>,
    /// The answer's `X-Request-Id`, to quote to whoever runs the service.
    request_id: String,
}

/// A field that was refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FieldProblem)]
pub(crate) struct FieldProblem {
    /// The field, with dots into objects; empty if it is the body as a whole.
    pub(crate) field: String,
    /// Why, for programs.
    pub(crate) code: String,
    /// Why, for people.
    pub(crate) message: String,
    /// The same where it was a word of the domain that was refused: for pages, which say it in their own language.
    #[serde(skip)]
    pub(crate) rejection: Option<Rejection>,
}

impl From<FieldError> for FieldProblem {
    fn from(FieldError { field, rejection }: FieldError) -> Self {
        Self {
            field: field.to_owned(),
            code: rejection.code().to_owned(),
            message: rejection.to_string(),
            rejection: Some(rejection),
        }
    }
}

impl ProblemBody {
    /// The problem as the answer to this request shows it.
    pub(crate) fn new(problem: &Problem, public_url: &str, request_id: &str) -> Self {
        let Problem { code, detail, fields, .. } = problem;
        Self {
            r#type: format!("{public_url}/docs/errors#{}", code.as_str()),
            title: code.title(),
            status: code.status().as_u16(),
            detail: detail.clone(),
            success: false,
            message: code.message(),
            code: code.as_str(),
            errors: fields.clone(),
            request_id: request_id.to_owned(),
        }
    }
}

/// Gives an answer that is an error its body, whoever made it: the libraries underneath have error texts of their
/// own, and none of those is ours to show. Logs the cause.
pub(crate) fn shape(
    response: ServiceResponse<BoxBody>,
    public_url: &str,
    request_id: &str,
) -> ServiceResponse<BoxBody> {
    let status = response.status();
    if !status.is_client_error() && !status.is_server_error() {
        return response;
    }
    let error = response.response().error();
    let foreign = Problem::new(Code::of_foreign(status));
    let problem = error.and_then(|error| error.as_error::<Problem>()).unwrap_or(&foreign);
    log(problem, response.request());
    let status = problem.code.status();
    if facing(response.request()) == Facing::Person {
        let page = problem.page.clone().unwrap_or_else(|| pages::problem(response.request(), problem, request_id));
        return response.map_body(|head, _| {
            head.status = status;
            pages::dress(head.headers_mut());
            BoxBody::new(page)
        });
    }
    let body = serde_json::to_vec(&ProblemBody::new(problem, public_url, request_id)).unwrap_or_default();
    response.map_body(|head, _| {
        head.status = status;
        head.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
        BoxBody::new(body)
    })
}

/// What the request is answered with: as its route says; where there is none, as it asks for, but for the paths that
/// are for programs alone.
fn facing(request: &HttpRequest) -> Facing {
    let of_route = request.extensions().get::<Routed>().map(|routed| routed.facing);
    let is_for_programs = request.path().starts_with("/auth/");
    let asked_for = || if is_for_programs { Facing::Program } else { Facing::of(request.method(), request.headers()) };
    of_route.unwrap_or_else(asked_for)
}

/// Writes down what the client is not told. What concerns security is told from where it came (ASVS 16.2.1, 16.3), and
/// not whom it named: what is typed as a name at a sign-in may be a password.
pub(crate) fn log(problem: &Problem, request: &HttpRequest) {
    let code = problem.code.as_str();
    let cause = problem.cause.as_ref().map(tracing::field::display);
    let client = extract::address(request).map(tracing::field::display);
    match problem.code {
        failed if failed.status().is_server_error() => tracing::error!(code, cause, "the request failed"),
        Code::RefreshTokenReused => tracing::warn!(code, client, cause, "the request was refused"),
        Code::InvalidCredentials
        | Code::AccountDeactivated
        | Code::EmailNotVerified
        | Code::DeletionPending
        | Code::RoleNotAllowed
        | Code::CsrfRejected
        | Code::TooManyAttempts
        | Code::PasswordStopped
        | Code::Forbidden => tracing::info!(code, client, cause, "the request was refused"),
        _ => tracing::debug!(code, cause, "the request was refused"),
    }
}
