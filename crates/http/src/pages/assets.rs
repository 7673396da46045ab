//! `/assets/{file}`: what pages load.

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderValue},
};

use crate::{
    edge::Edge,
    problem::{Code, Problem},
};

/// Another name for other contents: so browsers may keep the file for good.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// A logo that somebody opens by itself is a document, which may be drawn and nothing else.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'unsafe-inline'; sandbox; base-uri 'none'; frame-ancestors 'none'",
);

/// Serves it.
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, Problem> {
    let file = request.match_info().get("file").unwrap_or_default();
    let asset = Edge::of(&request).settings.theme.asset(file).ok_or(Code::NotFound)?;
    let response = HttpResponse::Ok()
        .insert_header((CONTENT_TYPE, asset.media_type))
        .insert_header((CONTENT_SECURITY_POLICY, POLICY))
        .insert_header((CACHE_CONTROL, FOR_GOOD))
        .body(asset.bytes.clone());
    Ok(response)
}
