//! Tokens taken apart and forged.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::Value;

/// Access and refresh token of an answer.
pub(crate) fn tokens(body: &Value) -> (String, String) {
    let text = |name: &str| body["tokens"][name].as_str().unwrap_or_else(|| panic!("no {name}: {body}")).to_owned();
    (text("accessToken"), text("refreshToken"))
}

/// The header of an access token.
pub(crate) fn header(token: &str) -> Value {
    part(token, 0)
}

/// The claims of an access token, unverified.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

fn part(token: &str, at: usize) -> Value {
    let part = token.split('.').nth(at).expect("a part");
    serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).expect("base64url")).expect("JSON")
}

/// A part of a token, as a forger would write it.
pub(crate) fn encode(part: &Value) -> String {
    URL_SAFE_NO_PAD.encode(part.to_string())
}
