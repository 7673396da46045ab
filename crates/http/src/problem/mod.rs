//! Problems: every answer that is not a success, in one shape (RFC 9457).
//!
//! A [`Problem`] has two texts. What the client reads is made of its [`Code`] alone, so that nothing slips into it;
//! what the operator reads is the cause, which is logged once, when the answer is written.

mod body;
mod code;

use std::{error::Error, fmt};

use actix_web::{
    HttpResponse, ResponseError,
    cookie::Cookie,
    http::{
        StatusCode,
        header::{self, HeaderName, HeaderValue, TryIntoHeaderValue},
    },
};
use askama::Template;
use doorward_application::{Fault, FieldErrors, ports::HashError, throttle::Throttled};

pub(crate) use body::{FieldProblem, ProblemBody, log, shape};
pub use code::Code;

/// How much of a budget is left.
pub(crate) const RATE_LIMIT: HeaderName = HeaderName::from_static("ratelimit");
/// How large it is.
pub(crate) const RATE_LIMIT_POLICY: HeaderName = HeaderName::from_static("ratelimit-policy");

/// Why a request was not done.
#[derive(Debug)]
pub struct Problem {
    code: Code,
    detail: Option<String>,
    fields: Vec<FieldProblem>,
    headers: Vec<(HeaderName, HeaderValue)>,
    page: Option<String>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Problem {
    /// A problem of this kind, about which there is no more to say.
    #[must_use]
    pub const fn new(code: Code) -> Self {
        Self { code, detail: None, fields: Vec::new(), headers: Vec::new(), page: None, cause: None }
    }

    /// Adds what is particular to this occurrence. It must not repeat what the client sent.
    pub(crate) fn with_detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into());
        self
    }

    /// Names the fields that were refused.
    pub(crate) fn with_fields(mut self, fields: impl IntoIterator<Item = FieldProblem>) -> Self {
        self.fields.extend(fields);
        self
    }

    /// Adds a header to the answer. A value that no header can have is left out.
    pub(crate) fn with_header(mut self, name: HeaderName, value: impl TryIntoHeaderValue) -> Self {
        self.headers.extend(value.try_into_value().ok().map(|value| (name, value)));
        self
    }

    /// Sets cookies beside the answer, as a rule to remove them.
    pub(crate) fn with_cookies<'c>(self, cookies: impl IntoIterator<Item = Cookie<'c>>) -> Self {
        cookies
            .into_iter()
            .fold(self, |problem, cookie| problem.with_header(header::SET_COOKIE, cookie.encoded().to_string()))
    }

    /// Shows it as this page, which a person can go on with. For the routes that are pages.
    pub(crate) fn shown_as(mut self, page: &impl Template) -> Self {
        match page.render() {
            Ok(page) => Self { page: Some(page), ..self },
            Err(cause) => {
                self.code = Code::InternalError;
                self.caused_by(cause)
            }
        }
    }

    /// Keeps what the operator should know.
    pub(crate) fn caused_by(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.cause = Some(cause.into());
        self
    }

    /// Which kind of problem it is.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The fields that were refused.
    pub(crate) fn fields(&self) -> &[FieldProblem] {
        &self.fields
    }
}

impl From<Code> for Problem {
    fn from(code: Code) -> Self {
        Self::new(code)
    }
}

impl From<FieldErrors> for Problem {
    fn from(FieldErrors(errors): FieldErrors) -> Self {
        Self::new(Code::ValidationFailed).with_fields(errors.into_iter().map(FieldProblem::from))
    }
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Self {
        let code = match &fault {
            // Without a key that this node can open, others can do it.
            Fault::Store(_) | Fault::Sign(_) => Code::Unavailable,
            Fault::Throttled(throttled) => return (*throttled).into(),
            Fault::Hash(HashError::Overloaded) | Fault::Contended | Fault::Crowded => Code::Overloaded,
            Fault::Hash(HashError::Failed(_))
            | Fault::Renew(_)
            | Fault::Smith(_)
            | Fault::RefreshKey(_)
            | Fault::Inconsistent(_) => Code::InternalError,
        };
        Self::new(code).caused_by(fault)
    }
}

/// When to try again, and how much of what is allowed (draft-ietf-httpapi-ratelimit-headers-10).
impl From<Throttled> for Problem {
    fn from(throttled: Throttled) -> Self {
        /// Where waiting is of no use.
        const LONG: u64 = 24 * 60 * 60;
        let Throttled { limit, budget, wait } = throttled;
        let code = if wait.is_some() { Code::TooManyAttempts } else { Code::PasswordStopped };
        // Up to the next second: whoever comes back then is not early.
        let seconds = wait.map_or(LONG, |wait| wait.as_secs() + 1);
        let name = limit.as_str();
        Self::new(code)
            .with_header(header::RETRY_AFTER, seconds)
            .with_header(RATE_LIMIT, format!("\"{name}\";r=0;t={seconds}"))
            .with_header(RATE_LIMIT_POLICY, format!("\"{name}\";q={};w={}", budget.attempts, budget.per.as_secs()))
            .caused_by(throttled)
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}

impl ResponseError for Problem {
    fn status_code(&self) -> StatusCode {
        self.code.status()
    }

    /// Status and headers. The body is written by `shape`, which alone knows the request's id.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::build(self.code.status());
        if let Some(challenge) = self.code.challenge() {
            response.append_header((header::WWW_AUTHENTICATE, challenge));
        }
        if let Some(seconds) = self.code.retry_after() {
            response.append_header((header::RETRY_AFTER, seconds));
        }
        for header in &self.headers {
            response.append_header(header.clone());
        }
        response.finish()
    }
}
