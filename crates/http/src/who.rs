//! Whom a route is for.

use actix_web::http::Method;

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Anyone,
    /// Anyone, to open or continue a session: an `Authorization` header is no credential here.
    SigningIn,
    /// The same, to make an account: what was done once for an `Idempotency-Key` is answered once more.
    SigningUp,
    /// Anyone, by the form of a page of ours: the browser must say that it comes from one, with or without a cookie.
    Form,
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
            Self::Anyone | Self::SigningIn | Self::SigningUp | Self::Form => false,
        }
    }

    /// Whether an `Idempotency-Key` counts here: where an account is made, and where whoever is signed in creates or
    /// changes something.
    #[must_use]
    pub(crate) fn may_be_done_once(self, method: &Method) -> bool {
        (self.is_signed_in() || self == Self::SigningUp) && !method.is_safe()
    }
}
