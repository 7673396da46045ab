//! The parts of a token as JSON that can be changed.

use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
use serde_json::{Map, Value, json};

/// The members of a JSON object in the order in which they are written: a signer may compare bytes.
pub(super) type Members = Vec<(String, Value)>;

/// Values of every type of JSON, and some that only look like the right ones.
pub(super) fn others() -> [Value; 9] {
    [
        Value::Null,
        json!(true),
        json!(""),
        json!("x"),
        json!(-1.5),
        json!(i64::MAX),
        json!(u64::MAX),
        json!([]),
        json!({}),
    ]
}

pub(super) fn decode(part: &str) -> Members {
    let json = URL_SAFE_NO_PAD.decode(part).expect("a part is base64url");
    let json = String::from_utf8(json).expect("a part is UTF-8");
    let object: Map<String, Value> = serde_json::from_str(&json).expect("a part is a JSON object");
    let mut members = Vec::from_iter(object);
    members.sort_by_key(|(name, _)| json.find(&format!("\"{name}\":")));
    members
}

pub(super) fn encode(part: &Members) -> String {
    URL_SAFE_NO_PAD.encode(text(part))
}

pub(super) fn text(part: &Members) -> String {
    let members: Vec<_> = part.iter().map(|(name, value)| format!("{}:{value}", json!(name))).collect();
    format!("{{{}}}", members.join(","))
}

pub(super) fn get<'a>(part: &'a Members, name: &str) -> &'a Value {
    let found = part.iter().find(|(other, _)| other == name);
    found.map(|(_, value)| value).expect("the member is there")
}

pub(super) fn with(part: &Members, name: &str, value: Value) -> Members {
    let mut part = part.clone();
    match part.iter_mut().find(|(other, _)| other == name) {
        Some((_, old)) => *old = value,
        None => part.push((name.to_owned(), value)),
    }
    part
}

pub(super) fn without(part: &Members, name: &str) -> Members {
    part.iter().filter(|(other, _)| other != name).cloned().collect()
}

/// The object with one of its names once more before the others, and once more after them.
pub(super) fn twice(part: &Members, name: &str, value: &Value) -> [String; 2] {
    let (text, name) = (text(part), json!(name));
    [format!("{{{name}:{value},{}", &text[1..]), format!("{},{name}:{value}}}", &text[..text.len() - 1])]
}
