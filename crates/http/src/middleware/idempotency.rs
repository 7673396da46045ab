//! Requests with an `Idempotency-Key`: what was done once is answered once more.

use actix_web::{
    Error, HttpMessage, HttpRequest, HttpResponse,
    body::{BoxBody, MessageBody, to_bytes},
    dev::{Payload, ServiceRequest, ServiceResponse},
    http::{
        StatusCode,
        header::{HeaderName, HeaderValue, SET_COOKIE},
    },
    middleware::Next,
    web::Bytes,
};
use doorward_application::idempotency::{Acted, IdempotencyError, KeyedRequest, Once};
use doorward_domain::{Secret, UserId};
use serde::{Deserialize, Serialize};

use super::csrf;
use crate::{
    edge::Edge,
    extract::receive,
    problem::{Code, Problem},
    who::Who,
};

pub(super) const KEY: HeaderName = HeaderName::from_static("idempotency-key");
pub(super) const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// An answer as it is kept.
#[derive(Serialize, Deserialize)]
struct Kept {
    status: u16,
    headers: Vec<(String, String)>,
    body: String,
}

impl From<IdempotencyError> for Problem {
    fn from(error: IdempotencyError) -> Self {
        match error {
            IdempotencyError::InvalidKey => {
                Self::new(Code::MalformedRequest).with_detail("Idempotency-Key must be 1 to 255 visible characters.")
            }
            IdempotencyError::AnotherRequest => Code::IdempotencyKeyReused.into(),
            IdempotencyError::InProgress => Code::RequestInProgress.into(),
            IdempotencyError::Fault(fault) => fault.into(),
        }
    }
}

/// Passes the request on, once for each key. A key counts where an account is made, and where whoever is signed in
/// creates or changes something; elsewhere it is passed over.
pub(crate) async fn once(
    who: Who,
    principal: Option<UserId>,
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let counts = who.may_be_done_once(request.method());
    match request.headers().get(KEY).filter(|_| counts).cloned() {
        // Boxed: those without a key, nearly all, need not make room for it.
        Some(key) => Box::pin(keyed(key, principal, request, next)).await,
        None => next.call(request).await.map(ServiceResponse::map_into_boxed_body),
    }
}

async fn keyed(
    key: HeaderValue,
    principal: Option<UserId>,
    mut request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    if request.headers().get_all(KEY).count() > 1 {
        return Err(Problem::from(IdempotencyError::InvalidKey).into());
    }
    let body = receive(request.take_payload()).await?.freeze();
    request.set_payload(Payload::from(body.clone()));
    let kept_request = request.request().clone();
    let target = format!("{} {}", request.method(), request.uri());
    let keyed = KeyedRequest { key: key.to_str().unwrap_or_default(), principal, target: &target, body: &body };
    let handler = async {
        match next.call(request).await {
            Ok(response) => keep(response.map_into_boxed_body()).await,
            Err(error) => {
                let broke = error.as_response_error().status_code().is_server_error();
                Acted { response: Err(error), kept: None, broke }
            }
        }
    };
    let app = &Edge::of(&kept_request).app;
    match app.idempotency.execute(keyed, handler).await.map_err(Problem::from)? {
        Once::Now(response) => response,
        Once::Before(kept) => {
            let response = replay(&kept, &kept_request)?;
            Ok(ServiceResponse::new(kept_request, response))
        }
    }
}

/// The answer, and what is kept of it if it is a good one.
async fn keep(response: ServiceResponse<BoxBody>) -> Acted<Result<ServiceResponse<BoxBody>, Error>> {
    let status = response.status();
    if !status.is_success() {
        return Acted { response: Ok(response), kept: None, broke: status.is_server_error() };
    }
    let (request, response) = response.into_parts();
    let (response, body) = response.into_parts();
    let Ok(body) = to_bytes(body).await else {
        let problem = Problem::new(Code::InternalError).caused_by("the answer has no body that could be kept");
        return Acted { response: Err(problem.into()), kept: None, broke: true };
    };
    let text = |value: &HeaderValue| value.to_str().map(str::to_owned).ok();
    let headers = response.headers().iter().filter_map(|(name, value)| Some((name.to_string(), text(value)?)));
    let kept =
        Kept { status: status.as_u16(), headers: headers.collect(), body: String::from_utf8_lossy(&body).into_owned() };
    let kept = serde_json::to_vec(&kept).ok().map(Secret::new);
    Acted { response: Ok(ServiceResponse::new(request, response.set_body(BoxBody::new(body)))), kept, broke: false }
}

fn replay(kept: &Secret<Vec<u8>>, request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let unreadable = |cause: String| Problem::new(Code::InternalError).caused_by(cause);
    let Kept { status, headers, body } =
        serde_json::from_slice(kept.expose()).map_err(|error| unreadable(error.to_string()))?;
    let status = StatusCode::from_u16(status).map_err(|error| unreadable(error.to_string()))?;
    // The handler, which is not asked again, would have asked who wants the cookies.
    if headers.iter().any(|(name, _)| name.eq_ignore_ascii_case(SET_COOKIE.as_str())) {
        csrf::demand(Edge::of(request), request.headers())?;
    }
    let mut response = HttpResponse::build(status);
    for header in headers {
        response.append_header(header);
    }
    response.insert_header((REPLAYED, "true"));
    Ok(response.body(Bytes::from(body)))
}
