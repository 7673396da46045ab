//! The extractor for actix-web.

use std::{fmt, future::Future, pin::Pin};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, ResponseError,
    dev::Payload,
    http::{
        StatusCode,
        header::{self, HeaderMap},
    },
    web::Data,
};
use serde::Serialize;

use crate::{Claims, Refusal, Verifier, VerifyError};

/// Who makes the request: the claims of the one access token in its `Authorization` header (RFC 6750 §2.1).
///
/// The [`Verifier`] is the application's: `App::new().app_data(Data::new(verifier.clone()))`. A request without a good
/// token is answered before the handler is called; see [`Unauthenticated`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authenticated(pub Claims);

/// The answer to a request without a good token: `application/problem+json` (RFC 9457), with the codes and sentences
/// that doorward's own answers have.
///
/// 401 with `WWW-Authenticate` (RFC 6750 §3) where it is about the token; 503 with `Retry-After` where nothing can be
/// said about the token now; 500 where the application has no [`Verifier`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unauthenticated {
    problem: Problem,
    server_url: String,
}

/// One of doorward's codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Problem {
    AuthenticationRequired,
    InvalidAccessToken,
    AccessTokenExpired,
    SessionEnded,
    StaleClaims,
    Unavailable,
    InternalError,
}

impl Problem {
    /// After how many seconds to try again what cannot be answered now.
    const RETRY_AFTER: u32 = 5;

    const fn status(self) -> StatusCode {
        match self {
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::InternalError => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::UNAUTHORIZED,
        }
    }

    /// Code, title and message, as doorward has them.
    const fn words(self) -> [&'static str; 3] {
        match self {
            Self::AuthenticationRequired => {
                ["authentication_required", "Authentication required", "Sign in to continue."]
            }
            Self::InvalidAccessToken => {
                ["invalid_access_token", "Invalid access token", "The access token is not valid."]
            }
            Self::AccessTokenExpired => {
                ["access_token_expired", "Access token expired", "The access token has expired."]
            }
            Self::SessionEnded => ["session_ended", "Session ended", "The session has ended. Sign in again."],
            Self::StaleClaims => ["stale_claims", "Stale claims", "What you may do has changed. Refresh the session."],
            Self::Unavailable => {
                ["unavailable", "Unavailable", "The service is not available right now. Try again in a moment."]
            }
            Self::InternalError => ["internal_error", "Internal error", "Something went wrong here. Try again later."],
        }
    }

    /// Without a token, nothing is told (RFC 6750 §3.1).
    const fn challenge(self) -> Option<&'static str> {
        match self {
            Self::AuthenticationRequired => Some("Bearer"),
            Self::Unavailable | Self::InternalError => None,
            _ => Some("Bearer error=\"invalid_token\""),
        }
    }
}

impl From<&VerifyError> for Problem {
    fn from(error: &VerifyError) -> Self {
        match error {
            VerifyError::Refused(Refusal::Expired) => Self::AccessTokenExpired,
            VerifyError::Refused(_) | VerifyError::KeyRevoked => Self::InvalidAccessToken,
            VerifyError::SessionEnded => Self::SessionEnded,
            VerifyError::StaleClaims => Self::StaleClaims,
            VerifyError::FeedLost | VerifyError::KeysUnavailable => Self::Unavailable,
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: String,
    title: &'a str,
    status: u16,
    success: bool,
    message: &'a str,
    code: &'a str,
}

impl fmt::Display for Unauthenticated {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [_, title, _] = self.problem.words();
        f.write_str(title)
    }
}

impl ResponseError for Unauthenticated {
    fn status_code(&self) -> StatusCode {
        self.problem.status()
    }

    fn error_response(&self) -> HttpResponse {
        let status = self.status_code();
        let [code, title, message] = self.problem.words();
        let r#type = format!("{}/docs/errors#{code}", self.server_url);
        let mut response = HttpResponse::build(status);
        if let Some(challenge) = self.problem.challenge() {
            response.insert_header((header::WWW_AUTHENTICATE, challenge));
        }
        if status == StatusCode::SERVICE_UNAVAILABLE {
            response.insert_header((header::RETRY_AFTER, Problem::RETRY_AFTER));
        }
        let body = Body { r#type, title, status: status.as_u16(), success: false, message, code };
        response.content_type("application/problem+json").json(body)
    }
}

impl FromRequest for Authenticated {
    type Error = Unauthenticated;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Unauthenticated>>>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let verifier = request.app_data::<Data<Verifier>>().map(Data::get_ref);
        let verifier = verifier.or_else(|| request.app_data::<Verifier>()).cloned();
        let token = token(request.headers()).map(|token| token.map(str::to_owned));
        Box::pin(async move {
            let Some(verifier) = verifier else {
                tracing::error!("the application has no doorward_verifier::Verifier among its data");
                return Err(Unauthenticated { problem: Problem::InternalError, server_url: String::new() });
            };
            let refuse = |problem| Unauthenticated { problem, server_url: verifier.server_url().to_owned() };
            let token = token.map_err(refuse)?.ok_or_else(|| refuse(Problem::AuthenticationRequired))?;
            let verdict = verifier.verify(&token).await;
            verdict.map(Self).map_err(|error| {
                tracing::debug!(%error, "a token was not accepted");
                refuse(Problem::from(&error))
            })
        })
    }
}

/// The one bearer token of the header, if the request has that header. A header that is there and holds none is an
/// error: a client that sends one means it.
fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let token = value.to_str().ok().filter(|_| values.next().is_none()).and_then(read);
    token.map(Some).ok_or(Problem::InvalidAccessToken)
}

fn read(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim_start();
    // What RFC 6750 allows in a token; a comma or a space would be a second credential.
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._~+/=".contains(&b);
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && token.bytes().all(allowed)).then_some(token)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

    use super::{Problem, token};

    fn read(values: &[&'static str]) -> Result<Option<String>, Problem> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        token(&headers).map(|token| token.map(str::to_owned))
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c", "bEaReR a.b.c "] {
            assert_eq!(read(&[value]), Ok(Some("a.b.c".to_owned())), "{value}");
        }
    }

    #[test]
    fn no_header_is_no_token_and_any_other_is_refused() {
        assert_eq!(read(&[]), Ok(None));
        for value in ["", "Bearer", "Bearer ", "Basic YTpi", "a.b.c", "Bearer a b", "Bearer a,Bearer b", "Bearer\ta"] {
            assert_eq!(read(&[value]), Err(Problem::InvalidAccessToken), "{value:?}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(Problem::InvalidAccessToken));
    }
}
