//! What every answer tells the browser.

use actix_web::{
    http::header::{
        CACHE_CONTROL, CONTENT_SECURITY_POLICY, HeaderName, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
        X_CONTENT_TYPE_OPTIONS,
    },
    middleware::DefaultHeaders,
};

/// The headers of every answer whose handler has not set them otherwise (ASVS 3.4, 14.3.2): nothing is stored,
/// framed, sniffed or passed on, and after the first visit over TLS there is no other way in.
pub(crate) fn security_headers(https: bool) -> DefaultHeaders {
    let headers = DefaultHeaders::new()
        .add((CACHE_CONTROL, "no-store"))
        .add((CONTENT_SECURITY_POLICY, "default-src 'none'; base-uri 'none'; frame-ancestors 'none'"))
        .add((HeaderName::from_static("cross-origin-opener-policy"), "same-origin"))
        // Else a page elsewhere could tell by a picture that loads or does not whether somebody is signed in here.
        .add((HeaderName::from_static("cross-origin-resource-policy"), "same-origin"))
        .add((REFERRER_POLICY, "no-referrer"))
        .add((X_CONTENT_TYPE_OPTIONS, "nosniff"));
    if https { headers.add((STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains")) } else { headers }
}
