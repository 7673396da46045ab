//! Compact JSON Web Signatures (RFC 7515 §7.1) with the one header that doorward writes.

use serde::Deserialize;

use crate::{Algorithm, KeySet, Refusal, VerifyingKey, encoding};

/// What is signed. One kind never passes for another (RFC 8725 §3.11).
#[derive(Clone, Copy, Debug)]
pub(crate) enum Kind {
    AccessToken,
    Revocations,
}

impl Kind {
    /// `typ`.
    const fn as_str(self) -> &'static str {
        match self {
            Self::AccessToken => "at+jwt",
            Self::Revocations => "revocations+jwt",
        }
    }

    /// Longer texts are refused unread: what doorward signs is shorter.
    pub(crate) const fn max_len(self) -> usize {
        match self {
            Self::AccessToken => 8 * 1024,
            Self::Revocations => 1024 * 1024,
        }
    }
}

/// What a key of the set has signed.
pub(crate) struct Signed<'a> {
    pub(crate) key: &'a VerifyingKey,
    pub(crate) payload: Vec<u8>,
}

/// The header's members, all of which must stand there, and no other: so there is no `crit` to understand, and no
/// `jwk`, `jku` or `x5u` to be led astray by.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Header<'a> {
    alg: &'a str,
    typ: &'a str,
    kid: &'a str,
}

impl<'a> Header<'a> {
    /// Serde would take an array for the members in their order, and JSON has many spellings of one text.
    fn parse(json: &'a [u8]) -> Option<Self> {
        let is_plain = json.starts_with(b"{") && !json.iter().any(|byte| byte.is_ascii_whitespace() || *byte == b'\\');
        serde_json::from_slice(json).ok().filter(|_| is_plain)
    }
}

/// The payload of a JWS of this kind that one of the keys has signed.
pub(crate) fn open<'a>(jws: &str, kind: Kind, keys: &'a KeySet) -> Result<Signed<'a>, Refusal> {
    if jws.len() > kind.max_len() {
        return Err(Refusal::Malformed);
    }
    // A fourth part would leave a dot in the payload, which is no base64url.
    let (message, signature) = jws.rsplit_once('.').ok_or(Refusal::Malformed)?;
    let (header, payload) = message.split_once('.').ok_or(Refusal::Malformed)?;
    let part = |text| encoding::bytes(text).ok_or(Refusal::Malformed);
    let (header, payload, signature) = (part(header)?, part(payload)?, part(signature)?);

    let header = Header::parse(&header).ok_or(Refusal::Malformed)?;
    let algorithm = Algorithm::parse(header.alg).ok_or(Refusal::Malformed)?;
    if header.typ != kind.as_str() || !VerifyingKey::is_id(header.kid) {
        return Err(Refusal::Malformed);
    }
    let key = keys.get(header.kid).ok_or_else(|| Refusal::UnknownKey(header.kid.to_owned()))?;
    if key.algorithm() != algorithm || !key.verifies(message.as_bytes(), &signature) {
        return Err(Refusal::Signature);
    }
    Ok(Signed { key, payload })
}
