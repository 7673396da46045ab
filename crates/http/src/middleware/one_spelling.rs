//! One way to write each path.

use actix_web::{
    Error,
    body::{BoxBody, MessageBody},
    dev::{ServiceRequest, ServiceResponse},
    middleware::Next,
};

use crate::problem::{Code, Problem};

/// Finds nothing under another spelling of a path. The router reads `/auth/%6de` as `/auth/me`, and a proxy whose rules
/// are about paths does not: what it keeps closed would be open.
pub(crate) async fn find_one_spelling(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    // As it was sent, and not as the router reads it.
    if !is_the_one(request.uri().path()) {
        return Ok(request.error_response(Problem::new(Code::NotFound)));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// Whether a path is written as a route is: no route, and nothing that stands in one, has a character that must be
/// percent-encoded, an empty segment, or one of dots.
fn is_the_one(path: &str) -> bool {
    let mut segments = path.strip_prefix('/').unwrap_or(path).split('/');
    path == "/" || !path.contains(['%', '\\', ';']) && segments.all(|segment| !["", ".", ".."].contains(&segment))
}

#[cfg(test)]
mod tests {
    use super::is_the_one;

    #[test]
    fn a_path_has_one_spelling() {
        for path in ["/", "/login", "/auth/me", "/.well-known/jwks.json", "/docs/swagger-ui.css", "*", "/auth/..."] {
            assert!(is_the_one(path), "{path}");
        }
        for path in [
            "",
            "//",
            "//login",
            "/login/",
            "/auth//me",
            "/auth/%6de",
            "/auth%2fme",
            "/auth/./me",
            "/auth/../auth/me",
            "/auth/me/.",
            "/auth\\me",
            "/auth/me;a=b",
            "/auth/me%00",
        ] {
            assert!(!is_the_one(path), "{path}");
        }
    }
}
