//! Access tokens: signed, verified, and the public keys that others verify them with.

use doorward_domain::{Secret, Timestamp, token::AccessClaims};
use thiserror::Error;

/// Signs access tokens and verifies them.
///
/// - A token that [`sign`](Self::sign) made MUST verify, with the same claims, from `nbf` until `exp`.
/// - [`verify`](Self::verify) MUST refuse everything else: another key's or no signature; an algorithm other than the
///   one of the key that `kid` names; a `typ` other than `at+jwt`; any `crit`; keys or addresses of keys in the
///   header; an issuer or audience that is missing, a list, or not exactly ours; `exp` or `nbf` that is missing or out
///   of range; a life longer than ours; claims that are missing, of another type or named twice (RFC 8725, RFC 9068).
/// - [`public_keys`](Self::public_keys) MUST hold every key that verifies and is not symmetric, and nothing secret.
#[cfg_attr(feature = "mocks", mockall::automock)]
pub trait TokenSigner: Send + Sync {
    /// Signs a token: a JWT in compact form (RFC 7519).
    fn sign(&self, claims: &AccessClaims) -> Result<Secret<String>, SignError>;

    /// The claims of a token that is good now.
    fn verify(&self, token: &str, now: Timestamp) -> Result<AccessClaims, VerifyError>;

    /// The keys with which anyone can verify.
    fn public_keys(&self) -> Vec<PublicKey>;
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
