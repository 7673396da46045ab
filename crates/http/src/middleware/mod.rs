//! What happens to every request before and after its handler.

mod cors;
pub(crate) mod csrf;
mod guard;
mod head_limit;
mod idempotency;
mod observe;
mod one_spelling;
mod security_headers;
mod trace;
mod visit;

pub(crate) use cors::{cors, hide_from_strangers};
pub(crate) use guard::guard;
pub(crate) use head_limit::limit_head;
pub(crate) use observe::observe;
pub(crate) use one_spelling::find_one_spelling;
pub(crate) use security_headers::security_headers;
pub use trace::FromStranger;
