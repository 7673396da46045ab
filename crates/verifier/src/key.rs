//! One key that signatures are verified with.

use std::fmt;

use aws_lc_rs::{
    hmac,
    signature::{
        ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey, RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents,
    },
};
use serde_json::{Map, Value};
use thiserror::Error;

use crate::{Algorithm, encoding};

/// A key with its name and the one algorithm that it is for. It is parsed once.
#[derive(Clone)]
pub struct VerifyingKey {
    id: String,
    algorithm: Algorithm,
    material: Material,
}

#[derive(Clone)]
enum Material {
    Public(ParsedPublicKey),
    Secret(Box<hmac::Key>),
}

/// Why a key is not used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum UnusableKey {
    /// `kid` is missing, longer than 256 bytes or has characters other than the printable ones of ASCII.
    #[error("it has no proper name")]
    Name,
    /// A type, a curve or an algorithm that is none of [`Algorithm`].
    #[error("it is of a type that is not known here")]
    Type,
    /// `use` or `key_ops` says that it is not for verifying signatures.
    #[error("it is not for verifying signatures")]
    Use,
    /// It has members that only its owner may know.
    #[error("it is private")]
    Private,
    /// Its numbers are missing, misspelt or no key: a point beside its curve, an even modulus.
    #[error("it is damaged")]
    Damaged,
    /// RSA below 3072 bits or with an exponent below 65537, HMAC below 32 bytes, an Ed25519 point of small order.
    #[error("it is too weak")]
    Weak,
}

impl VerifyingKey {
    /// The longest name, in bytes.
    const MAX_ID: usize = 256;
    /// The shortest RSA modulus, in bits.
    const MIN_RSA_BITS: u32 = 3072;
    /// The longest, so that a verification costs little (RFC 8725 §3.4 leaves it to us).
    const MAX_RSA_BITS: u32 = 8192;
    /// The shortest HMAC secret, in bytes (RFC 7518 §3.2).
    const MIN_SECRET: usize = 32;
    /// What an RSA, EC or symmetric key that is not public may have (RFC 7518 §6).
    const PRIVATE_MEMBERS: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

    /// A public key as a JSON Web Key (RFC 7517, RFC 7518 §6, RFC 8037 §2).
    ///
    /// `kid` is required. `use`, `key_ops` and `alg` may be absent; where they stand, they must agree with verifying
    /// signatures of the key's type.
    pub fn from_jwk(jwk: &Map<String, Value>) -> Result<Self, UnusableKey> {
        if Self::PRIVATE_MEMBERS.iter().any(|name| jwk.contains_key(*name)) {
            return Err(UnusableKey::Private);
        }
        let id = jwk.get("kid").and_then(Value::as_str).ok_or(UnusableKey::Name)?;
        let key_type = text(jwk, "kty")?.ok_or(UnusableKey::Type)?;
        let algorithm = match (key_type, text(jwk, "crv")?) {
            ("EC", Some("P-256")) => Algorithm::Es256,
            ("OKP", Some("Ed25519")) => Algorithm::EdDsa,
            ("RSA", None) => Algorithm::Rs256,
            _ => return Err(UnusableKey::Type),
        };
        if text(jwk, "alg")?.is_some_and(|name| name != algorithm.as_str()) {
            return Err(UnusableKey::Type);
        }
        if !is_for_verifying(jwk)? {
            return Err(UnusableKey::Use);
        }
        let public = match algorithm {
            Algorithm::Rs256 => rsa(jwk)?,
            Algorithm::EdDsa => ed25519(jwk)?,
            _ => {
                let point = [&[4][..], &coordinate(jwk, "x")?, &coordinate(jwk, "y")?].concat();
                ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, point).map_err(|_| UnusableKey::Damaged)?
            }
        };
        Self::new(id, algorithm, Material::Public(public))
    }

    /// The secret of an HMAC with SHA-256, 32 bytes or more.
    pub fn from_secret(id: &str, secret: &[u8]) -> Result<Self, UnusableKey> {
        if secret.len() < Self::MIN_SECRET {
            return Err(UnusableKey::Weak);
        }
        Self::new(id, Algorithm::Hs256, Material::Secret(Box::new(hmac::Key::new(hmac::HMAC_SHA256, secret))))
    }

    fn new(id: &str, algorithm: Algorithm, material: Material) -> Result<Self, UnusableKey> {
        if !Self::is_id(id) {
            return Err(UnusableKey::Name);
        }
        Ok(Self { id: id.to_owned(), algorithm, material })
    }

    /// Whether a key may be called so: a name that JSON spells in one way, and that a log can show.
    pub(crate) fn is_id(id: &str) -> bool {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'\\');
        !id.is_empty() && id.len() <= Self::MAX_ID && id.bytes().all(is_plain)
    }

    /// `kid`: its name.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// What it is for.
    #[must_use]
    pub const fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    /// Whether this is the key's signature of the message, as JWS writes signatures (RFC 7518 §3).
    #[must_use]
    pub fn verifies(&self, message: &[u8], signature: &[u8]) -> bool {
        match &self.material {
            Material::Public(key) => key.verify_sig(message, signature).is_ok(),
            Material::Secret(key) => hmac::verify(key, message, signature).is_ok(),
        }
    }
}

/// Without the key itself, which may be a secret.
impl fmt::Debug for VerifyingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerifyingKey").field("id", &self.id).field("algorithm", &self.algorithm).finish_non_exhaustive()
    }
}

/// A member that is a string where it stands.
fn text<'a>(jwk: &'a Map<String, Value>, name: &str) -> Result<Option<&'a str>, UnusableKey> {
    jwk.get(name).map(|value| value.as_str().ok_or(UnusableKey::Damaged)).transpose()
}

fn is_for_verifying(jwk: &Map<String, Value>) -> Result<bool, UnusableKey> {
    let operations = match jwk.get("key_ops") {
        None => None,
        Some(Value::Array(operations)) => Some(operations),
        Some(_) => return Err(UnusableKey::Damaged),
    };
    let may_verify = operations.is_none_or(|operations| operations.iter().any(|operation| operation == "verify"));
    Ok(may_verify && text(jwk, "use")?.is_none_or(|name| name == "sig"))
}

/// 32 bytes, leading zeros included (RFC 7518 §6.2.1.2, RFC 8037 §2).
fn coordinate(jwk: &Map<String, Value>, name: &str) -> Result<[u8; 32], UnusableKey> {
    text(jwk, name)?.and_then(encoding::array).ok_or(UnusableKey::Damaged)
}

/// For a point of small order (RFC 7748 §6.1 has the same trouble) there are signatures that fit any text, and an
/// all-zero key, as a mistake would publish it, is one.
fn ed25519(jwk: &Map<String, Value>) -> Result<ParsedPublicKey, UnusableKey> {
    let point = coordinate(jwk, "x")?;
    let mut y = point;
    // The last bit is the sign of the other coordinate.
    y[31] &= 0x7f;
    if SMALL_ORDER.contains(&y) {
        return Err(UnusableKey::Weak);
    }
    ParsedPublicKey::new(&ED25519, point).map_err(|_| UnusableKey::Damaged)
}

/// Where the points of order 1, 2, 4 and 8 are: 1, -1, 0 and two roots. Numbers that are not reduced are no points to
/// the library.
const SMALL_ORDER: [[u8; 32]; 5] = [
    [0; 32],
    number_of(1, 0, 0),
    number_of(0xec, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5, 0xdf,
        0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a, 0x20,
        0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

/// Little-endian, as Ed25519 writes numbers.
const fn number_of(first: u8, between: u8, last: u8) -> [u8; 32] {
    let mut number = [between; 32];
    number[0] = first;
    number[31] = last;
    number
}

fn rsa(jwk: &Map<String, Value>) -> Result<ParsedPublicKey, UnusableKey> {
    let [n, e] = [number(jwk, "n")?, number(jwk, "e")?];
    let exponent = e.iter().fold(0, |sum: u64, byte| sum.saturating_mul(256).saturating_add(u64::from(*byte)));
    let is_even = |number: &[u8]| number.last().is_none_or(|byte| byte % 2 == 0);
    let bits = bits(&n);
    if is_even(&n) || is_even(&e) || exponent > u64::from(u32::MAX) || bits > VerifyingKey::MAX_RSA_BITS {
        return Err(UnusableKey::Damaged);
    }
    if bits < VerifyingKey::MIN_RSA_BITS || exponent < 65_537 {
        return Err(UnusableKey::Weak);
    }
    let components = RsaPublicKeyComponents { n, e };
    components.to_parsed_public_key(&RSA_PKCS1_2048_8192_SHA256).map_err(|_| UnusableKey::Damaged)
}

/// A positive number without leading zeros (`Base64urlUInt`, RFC 7518 §2).
fn number(jwk: &Map<String, Value>, name: &str) -> Result<Vec<u8>, UnusableKey> {
    let number = text(jwk, name)?.and_then(encoding::bytes);
    number.filter(|number| number.first().is_some_and(|byte| *byte != 0)).ok_or(UnusableKey::Damaged)
}

fn bits(number: &[u8]) -> u32 {
    let leading = number.first().map_or(0, |byte| byte.leading_zeros());
    u32::try_from(number.len()).map_or(u32::MAX, |bytes| bytes.saturating_mul(8)).saturating_sub(leading)
}
