//! The name that a public key has of itself.

use aws_lc_rs::digest;
use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value};

/// The SHA-256 thumbprint of a public JSON Web Key (RFC 7638 §3, RFC 8037 §2), in base64url: the `kid` under which
/// doorward publishes it. There is none of a symmetric key, because it would tell something of the secret
/// (RFC 7638 §7), nor of a type that is not known here.
#[must_use]
pub fn thumbprint(jwk: &Map<String, Value>) -> Option<String> {
    // The required members in the order of the alphabet, without spaces.
    let names: &[&str] = match jwk.get("kty")?.as_str()? {
        "EC" => &["crv", "kty", "x", "y"],
        "OKP" => &["crv", "kty", "x"],
        "RSA" => &["e", "kty", "n"],
        _ => return None,
    };
    let member = |name: &&str| {
        let value = jwk.get(*name).filter(|value| value.is_string())?;
        Some(format!("\"{name}\":{value}"))
    };
    let members = names.iter().map(member).collect::<Option<Vec<_>>>()?;
    let json = format!("{{{}}}", members.join(","));
    Some(URL_SAFE_NO_PAD.encode(digest::digest(&digest::SHA256, json.as_bytes())))
}
