//! Whom a route is for.

/// Whom a route is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Who {
    /// Anyone.
    Anyone,
    /// Anyone, to open or continue a session: an `Authorization` header is no credential here.
    SigningIn,
    /// Whoever is signed in.
    SignedIn,
}
