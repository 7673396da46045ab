//! The counting of what happens.

/// Counts what happens, for whoever runs the deployment.
///
/// - [`count`](Meter::count) MUST return at once: every request goes through it, so it neither waits nor asks anybody.
/// - It MUST count each event once, under its outcome and no other.
pub trait Meter: Send + Sync {
    /// Counts it.
    fn count(&self, event: Event);
}

/// What is counted. It names nobody: neither a user nor an address nor an id is in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Event {
    /// A sign-in, by what came of it: one of [`LogIn::OUTCOMES`](crate::auth::LogIn::OUTCOMES).
    SignIn(&'static str),
    /// A sign-up, by what came of it: one of [`Register::OUTCOMES`](crate::auth::Register::OUTCOMES).
    SignUp(&'static str),
    /// A refresh, by what came of it: one of [`Refresh::OUTCOMES`](crate::auth::Refresh::OUTCOMES).
    Refresh(&'static str),
    /// The gate let a request in by what it remembers.
    GateHit,
    /// The gate did not, and the store was asked.
    GateMiss,
}

/// Nobody wants to know.
impl Meter for () {
    fn count(&self, _: Event) {}
}
