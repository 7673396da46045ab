//! Whom a route is for, and what it is answered with.

use actix_web::http::{
    Method,
    header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, ORIGIN},
};

/// Which site a page belongs to that makes a request: in the browser's own word (Fetch Metadata).
pub(crate) const SEC_FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Anyone,
    /// Anyone, to open or continue a session: an `Authorization` header is no credential here.
    SigningIn,
    /// The same, to make an account: what was done once for an `Idempotency-Key` is answered once more.
    SigningUp,
    /// Anyone; the page wants to know whether somebody is signed in.
    Visitor,
    /// Whoever is signed in.
    SignedIn,
    /// Whoever is signed in and runs the platform.
    Admin,
}

impl Who {
    /// Whether it asks who is there.
    #[must_use]
    pub const fn is_signed_in(self) -> bool {
        match self {
            Self::SignedIn | Self::Admin => true,
            Self::Anyone | Self::SigningIn | Self::SigningUp | Self::Visitor => false,
        }
    }

    /// Whether a page wants to know who is there.
    pub(crate) fn wants_to_know(self) -> bool {
        self == Self::Visitor || self.is_signed_in()
    }

    /// Whether an `Idempotency-Key` counts here: where an account is made, and where whoever is signed in creates or
    /// changes something.
    #[must_use]
    pub(crate) fn may_be_done_once(self, method: &Method) -> bool {
        (self.is_signed_in() || self == Self::SigningUp) && !method.is_safe()
    }
}

/// What an answer is made for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Facing {
    /// For a program: JSON, refused with a problem.
    Program,
    /// For a person: a page, refused with a page. The credential is a cookie, and a form must come from a page of ours.
    Person,
}

/// The route that a request came to: left at the request for whatever stands around its handler.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Routed {
    /// What it answers with.
    pub(crate) facing: Facing,
    /// Where its path stands among those of all routes: see `routes::paths`.
    pub(crate) path: usize,
}

impl Facing {
    /// What a request asks for where both are served: a browser that goes somewhere names HTML, and one that sends a
    /// form sends it as one and says from where.
    pub(crate) fn of(method: &Method, headers: &HeaderMap) -> Self {
        let text = |value: &HeaderValue| value.to_str().unwrap_or_default().to_ascii_lowercase();
        let says = |name, word: &str| headers.get_all(name).map(text).any(|value| value.contains(word));
        let is_person = if method.is_safe() {
            says(ACCEPT, "text/html") && !says(ACCEPT, "application/json") && !headers.contains_key(AUTHORIZATION)
        } else {
            let is_browser = headers.contains_key(ORIGIN) || headers.contains_key(SEC_FETCH_SITE);
            is_browser && says(CONTENT_TYPE, "application/x-www-form-urlencoded")
        };
        if is_person { Self::Person } else { Self::Program }
    }
}
