//! Why a token or a page of revocations is refused.

use thiserror::Error;

/// Why something signed is refused. The text is for the log of the service that received it, not for whoever sent
/// it: all that a sender needs to hear is that the token is not valid (RFC 6750 §3.1).
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum Refusal {
    /// No compact JWS with exactly the header that is asked for, or too long. Nothing was verified.
    #[error("it is not of the form that doorward signs")]
    Malformed,
    /// Of the right form, but by no known key. Nothing was verified: anyone can make up a key id.
    #[error("no known key is called {0}")]
    UnknownKey(String),
    /// The signature is not the key's, or the key is for another algorithm.
    #[error("the signature is not the key's")]
    Signature,
    /// A claim is missing, stands twice, is of another type or contradicts another.
    #[error("the claims are not those that doorward signs")]
    Claims,
    /// Another issuer.
    #[error("it is of another issuer")]
    Issuer,
    /// For another audience.
    #[error("it is for another audience")]
    Audience,
    /// Through another client.
    #[error("it was given to another client")]
    Client,
    /// It lives longer than a token may.
    #[error("it lives longer than a token may")]
    Life,
    /// Its time has not come, or a clock is wrong.
    #[error("its time has not come: are the clocks right?")]
    NotYet,
    /// It was good once.
    #[error("it has expired")]
    Expired,
    /// A page of revocations that answers another question than was asked.
    #[error("it continues from another place than was asked for")]
    Cursor,
}
