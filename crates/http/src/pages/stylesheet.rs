//! `/assets/{file}`: how the pages look.

use std::sync::LazyLock;

use actix_web::{
    HttpRequest, HttpResponse,
    http::header::{CACHE_CONTROL, ContentType, HeaderValue},
};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use doorward_domain::Digest;

use crate::problem::{Code, Problem};

const STYLES: &str = include_str!("../../assets/plain.css");

/// Another name for other contents: so browsers may keep the file for good.
const FOR_GOOD: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

static NAME: LazyLock<String> = LazyLock::new(|| {
    let digest = Digest::of(STYLES.as_bytes());
    format!("plain-{}.css", BASE64_URL_SAFE_NO_PAD.encode(&digest.as_bytes()[..9]))
});

/// Where the stylesheet is.
pub(super) fn path() -> String {
    format!("/assets/{}", *NAME)
}

/// Serves it.
pub(crate) async fn show(request: HttpRequest) -> Result<HttpResponse, Problem> {
    if request.match_info().get("file") != Some(&*NAME) {
        return Err(Code::NotFound.into());
    }
    let content_type = ContentType("text/css; charset=utf-8".parse().expect("a media type"));
    Ok(HttpResponse::Ok().insert_header(content_type).insert_header((CACHE_CONTROL, FOR_GOOD)).body(STYLES))
}
