//! Access tokens as signed JSON Web Tokens (RFC 7519, RFC 9068), with jsonwebtoken over AWS-LC.

mod algorithm;
mod key;
mod keys;
mod page;
mod payload;
mod signer;
mod smith;

use std::time::Duration;

pub use algorithm::SigningAlgorithm;
pub use signer::JwtSigner;
pub use smith::JwtKeySmith;

/// What is the same in every access token.
#[derive(Clone, Debug)]
pub struct JwtOptions {
    /// `iss`: who signs.
    pub issuer: String,
    /// `aud`: for whom.
    pub audience: String,
    /// `client_id`: through which client; a deployment is one client of itself.
    pub client_id: String,
    /// The longest that a token may live.
    pub access_ttl: Duration,
    /// Which claims are repeated under other names.
    pub extra_claims: ExtraClaims,
}

/// Which claims are repeated under the names that frontends of the seeds read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExtraClaims {
    /// `userId`: the subject.
    pub user_id: bool,
    /// `sessionId`: the session.
    pub session_id: bool,
    /// `id`: the subject.
    pub id: bool,
}
