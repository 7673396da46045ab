//! The access token of a request.

use actix_web::http::header::{self, HeaderMap};
use memchr::memchr3;

use crate::problem::{Code, Problem};

/// The token of the `Authorization` header (RFC 6750 §2.1), if the request has that header.
///
/// A header that is there and holds no bearer token is an error, never a reason to look elsewhere: a client that
/// sends one means it.
pub(crate) fn token(headers: &HeaderMap) -> Result<Option<&str>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION);
    let Some(value) = values.next() else { return Ok(None) };
    let token = str::from_utf8(value.as_bytes()).ok().filter(|_| values.next().is_none()).and_then(read);
    let refused = || Problem::new(Code::InvalidAccessToken).with_detail("`Authorization` must be one `Bearer` token.");
    token.map(Some).ok_or_else(refused)
}

fn read(value: &str) -> Option<&str> {
    let (scheme, token) = value.trim().split_once(' ')?;
    let token = token.trim_start();
    // What parts one credential from the next is in no token (RFC 6750 §2.1).
    let is_one = memchr3(b' ', b'\t', b',', token.as_bytes()).is_none();
    (scheme.eq_ignore_ascii_case("bearer") && !token.is_empty() && is_one).then_some(token)
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

    use super::token;

    fn read(values: &[&'static str]) -> Result<Option<String>, ()> {
        let mut headers = HeaderMap::new();
        for value in values {
            headers.append(AUTHORIZATION, HeaderValue::from_static(value));
        }
        token(&headers).map(|token| token.map(ToOwned::to_owned)).map_err(drop)
    }

    #[test]
    fn the_scheme_is_read_in_any_case() {
        for value in ["Bearer a.b.c", "bearer a.b.c", "BEARER   a.b.c", "bEaReR a.b.c "] {
            assert_eq!(read(&[value]), Ok(Some("a.b.c".to_owned())), "{value}");
        }
    }

    #[test]
    fn no_header_is_no_token() {
        assert_eq!(read(&[]), Ok(None));
    }

    #[test]
    fn a_header_that_is_not_one_bearer_token_is_refused() {
        for value in ["", "Bearer", "Bearer ", "Basic YTpi", "a.b.c", "Bearer a b", "Bearer a,Bearer b", "Bearer\ta"] {
            assert_eq!(read(&[value]), Err(()), "{value:?}");
        }
        assert_eq!(read(&["Bearer a", "Bearer a"]), Err(()));
    }
}
