//! Access tokens: signed, verified, and the public keys that others verify them with.

use doorward_domain::{Secret, Timestamp, token::AccessClaims};
use thiserror::Error;

use super::{FeedPage, StoredSigningKey};

/// Signs access tokens and pages of the revocation feed, and verifies access tokens.
///
/// - Its keys are those that it was last given by [`renew`](Self::renew); before that, it has none. It MUST sign with
///   the one that [`Ring::signing`] names at the moment given, and with no other.
/// - A token that [`sign`](Self::sign) made MUST verify, with the same claims, from `nbf` until `exp`, for as long as its
///   key holds, and no longer.
/// - [`verify`](Self::verify) MUST refuse everything else: another key's or no signature; an algorithm other than the
///   one of the key that `kid` names; a `typ` other than `at+jwt`; any `crit`; keys or addresses of keys in the
///   header; an issuer or audience that is missing, a list, or not exactly ours; `exp` or `nbf` that is missing or out
///   of range; a life longer than ours; claims that are missing, of another type or named twice (RFC 8725, RFC 9068).
///   So a page is no token.
/// - [`public_keys`](Self::public_keys) MUST hold every key that holds and is not symmetric, those too that do not sign
///   yet, and nothing secret.
/// - When [`renew`](Self::renew) fails, all MUST be as before, but for the keys that no longer hold: those are gone.
///
/// To add a signer: `docs/development/add-a-signer.md`.
///
/// [`Ring::signing`]: doorward_domain::key::Ring::signing
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TokenSigner: Send + Sync {
    /// Signs a token: a JWT in compact form (RFC 7519).
    fn sign(&self, claims: &AccessClaims, now: Timestamp) -> Result<Secret<String>, SignError>;

    /// Fails unless there is a key to sign with now.
    fn can_sign(&self, now: Timestamp) -> Result<(), SignError>;

    /// The claims of a token that is good now.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError>;

    /// Signs a page of the revocation feed with the key that signs now: a JWT in compact form whose `typ` is
    /// `revocations+jwt` and whose `iat` is the moment up to which the page tells.
    fn sign_page(&self, page: &FeedPage, now: Timestamp) -> Result<String, SignError>;

    /// The keys with which anyone can verify.
    fn public_keys(&self) -> Vec<PublicKey>;

    /// Takes these keys into use, and no others, all at once.
    fn renew(&self, keys: &[StoredSigningKey]) -> Result<(), RenewError>;
}

/// A public key to publish (RFC 7517).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PublicKey {
    /// `kid`: the key's thumbprint (RFC 7638).
    pub id: String,
    /// `alg`: the one algorithm that it is for.
    pub algorithm: &'static str,
    /// The key itself.
    pub material: PublicKeyMaterial,
}

/// A public key's numbers, each big-endian in the width its kind prescribes (RFC 7518 §6, RFC 8037).
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PublicKeyMaterial {
    /// A point on P-256.
    P256 {
        /// The x coordinate.
        x: [u8; 32],
        /// The y coordinate.
        y: [u8; 32],
    },
    /// An Ed25519 key.
    Ed25519 {
        /// The encoded point.
        x: [u8; 32],
    },
    /// An RSA key.
    Rsa {
        /// The modulus.
        n: Vec<u8>,
        /// The public exponent.
        e: Vec<u8>,
    },
}

/// A token was not signed.
#[derive(Debug, Error)]
#[error("the token signer failed: {0}")]
pub struct SignError(pub String);

/// Keys were not taken into use.
#[derive(Debug, Error)]
#[error("the signing keys cannot be used: {0}")]
pub struct RenewError(pub String);

/// A token was not accepted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum VerifyError {
    /// It was good, and its time is over.
    #[error("the access token has expired")]
    Expired,
    /// It is not one of ours.
    #[error("not an access token of ours")]
    Invalid,
}
