//! Requests that another site's page makes with this site's cookies.
//!
//! A browser attaches cookies to a request whoever made it. `SameSite` stops most of that, not all: another host of
//! the same site counts as the same site, and a listed frontend may need `SameSite=None`. So whoever changes
//! something with a cookie says where the request comes from, which a page cannot lie about.

use actix_web::http::{
    Method,
    header::{HeaderMap, HeaderName, HeaderValue, ORIGIN},
};

use crate::{
    edge::{Edge, EdgeSettings},
    problem::{Code, Problem},
    who::{Facing, SEC_FETCH_SITE, Who},
};

/// What of a request decides whether it must come from a page of ours.
#[derive(Clone, Copy, Debug)]
struct Facts {
    /// It changes nothing by its method (RFC 9110 §9.2.1).
    safe: bool,
    /// Whom its route is for.
    who: Who,
    /// What its route answers with.
    facing: Facing,
    /// It has an `Authorization` header, which no page can make a browser attach.
    has_header: bool,
    /// It brings one of our cookies.
    brings_cookie: bool,
}

/// Whether the request must come from a page of ours. A form must, whatever it brings. Where a session is opened or continued, the header is no
/// credential, so a cookie is looked at even beside one: else a foreign page could sign its victim in as somebody else
/// (login CSRF).
const fn must_be_ours(facts: Facts) -> bool {
    match facts.who {
        _ if facts.safe => false,
        _ if matches!(facts.facing, Facing::Person) => true,
        Who::SigningIn | Who::SigningUp => facts.brings_cookie,
        Who::Anyone | Who::Visitor | Who::SignedIn | Who::Admin => facts.brings_cookie && !facts.has_header,
    }
}

/// Whether the request comes from a page of ours or of a listed origin. `null` is what every sandboxed page is.
fn is_ours(origin: Option<&str>, fetch_site: Option<&str>, listed: &[String], settings: &EdgeSettings) -> bool {
    match origin {
        Some("null") => false,
        Some(origin) if origin == settings.public_url || listed.iter().any(|listed| listed == origin) => true,
        _ => fetch_site == Some("same-origin"),
    }
}

/// Refuses a request that relies on a cookie and does not come from a page of ours.
pub(crate) fn check(
    edge: &Edge,
    who: Who,
    facing: Facing,
    method: &Method,
    headers: &HeaderMap,
) -> Result<(), Problem> {
    let brought = edge.cookies().brought(headers);
    let facts = Facts {
        safe: method.is_safe(),
        who,
        facing,
        has_header: headers.contains_key(actix_web::http::header::AUTHORIZATION),
        brings_cookie: brought.access_token.is_some() || brought.refresh_token.is_some(),
    };
    if !must_be_ours(facts) {
        return Ok(());
    }
    let (origin, fetch_site) = said(headers);
    // The pages with our forms pass no referrer on, so browsers post them with the origin `null`, and the other word
    // counts: of a sandboxed page, which is `null` too, that is never `same-origin` (Fetch Metadata, §2.4).
    let origin = origin.filter(|origin| facing == Facing::Program || *origin != "null");
    // A listed frontend calls the API; the forms of pages are posted by those pages alone.
    let listed = if facing == Facing::Program { &edge.settings.cors_origins[..] } else { &[] };
    judge(is_ours(origin, fetch_site, listed, &edge.settings))
}

/// Refuses a request that does not come from a page of ours. For the requests that ask for cookies to be set.
pub(crate) fn demand(edge: &Edge, headers: &HeaderMap) -> Result<(), Problem> {
    let (origin, fetch_site) = said(headers);
    judge(is_ours(origin, fetch_site, &edge.settings.cors_origins, &edge.settings))
}

/// What the browser says of where the request comes from. A header that stands twice is nobody's word.
fn said(headers: &HeaderMap) -> (Option<&str>, Option<&str>) {
    let only = |name: HeaderName| {
        let mut values = headers.get_all(name);
        values.next().filter(|_| values.next().is_none()).map(HeaderValue::to_str)?.ok()
    };
    (only(ORIGIN), only(SEC_FETCH_SITE))
}

fn judge(is_ours: bool) -> Result<(), Problem> {
    if is_ours { Ok(()) } else { Err(Code::CsrfRejected.into()) }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use actix_web::cookie::SameSite;

    use super::{Facts, is_ours, must_be_ours};
    use crate::{
        edge::EdgeSettings,
        who::{Facing, Who},
    };

    const COOKIE: Facts =
        Facts { safe: false, who: Who::SignedIn, facing: Facing::Program, has_header: false, brings_cookie: true };

    #[test]
    fn what_changes_something_by_a_cookie_must_be_ours() {
        assert!(must_be_ours(COOKIE));
        assert!(must_be_ours(Facts { who: Who::Anyone, ..COOKIE }));
        assert!(!must_be_ours(Facts { safe: true, ..COOKIE }));
        assert!(!must_be_ours(Facts { brings_cookie: false, ..COOKIE }));
    }

    #[test]
    fn a_form_must_be_ours_whatever_it_brings() {
        let form = Facts { facing: Facing::Person, ..COOKIE };
        for who in [Who::Anyone, Who::SignedIn, Who::Admin] {
            assert!(must_be_ours(Facts { who, brings_cookie: false, has_header: true, ..form }));
        }
        assert!(!must_be_ours(Facts { safe: true, ..form }));
    }

    #[test]
    fn a_header_is_a_credential_of_its_own_but_not_to_sign_in_with() {
        assert!(!must_be_ours(Facts { has_header: true, ..COOKIE }));
        assert!(!must_be_ours(Facts { has_header: true, who: Who::Anyone, ..COOKIE }));
        assert!(must_be_ours(Facts { has_header: true, who: Who::SigningIn, ..COOKIE }));
    }

    fn ours(origin: Option<&str>, fetch_site: Option<&str>) -> bool {
        let settings = EdgeSettings {
            public_url: "https://auth.example.com".to_owned(),
            cors_origins: vec!["https://app.example.com".to_owned()],
            trusted_proxies: Vec::new(),
            cookie_same_site: SameSite::Strict,
            theme: Arc::default(),
        };
        is_ours(origin, fetch_site, &settings.cors_origins, &settings)
    }

    #[test]
    fn the_own_and_the_listed_origins_are_ours_and_no_other() {
        assert!(ours(Some("https://auth.example.com"), None));
        assert!(ours(Some("https://app.example.com"), Some("same-site")));
        for origin in [
            "http://auth.example.com",
            "https://auth.example.com:8443",
            "https://auth.example.com.evil.example",
            "https://evil.example",
            "https://auth.example.com/",
            "",
        ] {
            assert!(!ours(Some(origin), None), "{origin}");
            assert!(!ours(Some(origin), Some("cross-site")), "{origin}");
        }
    }

    #[test]
    fn the_browsers_own_word_is_enough_and_silence_is_not() {
        assert!(ours(None, Some("same-origin")));
        for site in ["same-site", "cross-site", "none", "Same-Origin"] {
            assert!(!ours(None, Some(site)), "{site}");
        }
        assert!(!ours(None, None));
    }

    #[test]
    fn an_opaque_origin_is_never_ours() {
        assert!(!ours(Some("null"), None));
        assert!(!ours(Some("null"), Some("same-origin")));
    }
}
