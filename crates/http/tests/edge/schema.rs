//! The schemas of the OpenAPI document, read as far as it uses them.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use crate::answer::DOCUMENT;

type Names = BTreeSet<&'static str>;

/// An example of what is so described, put together from those of its parts; else the part that has none.
pub(crate) fn example(schema: &'static Value) -> Result<Value, String> {
    if let Some(given) = ["example", "default"].iter().find_map(|key| schema.get(key)) {
        return Ok(given.clone());
    }
    if let Some([only]) = schema["enum"].as_array().map(Vec::as_slice) {
        return Ok(only.clone());
    }
    let schema = resolved(schema);
    if let Some(parts) = schema["allOf"].as_array() {
        let mut whole = Map::new();
        for part in parts {
            whole.extend(example(part)?.as_object().cloned().unwrap_or_default());
        }
        return Ok(whole.into());
    }
    if let Some(first) = schema["oneOf"].as_array().and_then(|kinds| kinds.iter().find(|kind| !is_null(kind))) {
        return example(first);
    }
    if let Some(items) = schema.get("items") {
        return Ok(Value::Array(vec![example(items)?]));
    }
    let Some(properties) = schema["properties"].as_object() else { return Err(schema.to_string()) };
    let property = |(name, property): (&String, _)| {
        example(property).map(|value| (name.clone(), value)).map_err(|lacks| format!("{name}: {lacks}"))
    };
    properties.iter().map(property).collect::<Result<Map<_, _>, _>>().map(Value::from)
}

/// Fails unless the value is what is so described, and has nothing more.
pub(crate) fn check(schema: &'static Value, value: &Value) -> Result<(), String> {
    let known = known(schema, value)?;
    let is_described = |name: &&String| known.contains(name.as_str());
    match value.as_object().and_then(|object| object.keys().find(|name| !is_described(name))) {
        Some(name) if !known.is_empty() => Err(format!("{name} is not described")),
        _ => Ok(()),
    }
}

/// The names that an object so described can have; fails if what it has under them is something else.
fn known(schema: &'static Value, value: &Value) -> Result<Names, String> {
    let schema = resolved(schema);
    if let Some(parts) = schema["allOf"].as_array() {
        let names: Vec<Names> = parts.iter().map(|part| known(part, value)).collect::<Result<_, _>>()?;
        return Ok(names.into_iter().flatten().collect());
    }
    if let Some(kinds) = schema["oneOf"].as_array() {
        let as_a_whole = kinds.iter().find(|kind| check(kind, value).is_ok());
        let as_a_part = || kinds.iter().find(|kind| known(kind, value).is_ok());
        let kind = as_a_whole.or_else(as_a_part).ok_or_else(|| format!("{value} is none of what it can be"))?;
        return known(kind, value);
    }
    if !has_type(schema, value) || schema["enum"].as_array().is_some_and(|all| !all.contains(value)) {
        return Err(format!("{value} is not {schema}"));
    }
    for entry in value.as_array().into_iter().flatten() {
        check(&schema["items"], entry)?;
    }
    let required = schema["required"].as_array().into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.into_iter().find(|name| value.get(name).is_none()) {
        return Err(format!("{missing} is missing"));
    }
    let properties = || schema["properties"].as_object().into_iter().flatten();
    for (name, property) in properties() {
        let inner = value.get(name).map_or(Ok(()), |inner| check(property, inner));
        inner.map_err(|wrong| format!("{name}: {wrong}"))?;
    }
    Ok(properties().map(|(name, _)| name.as_str()).collect())
}

fn resolved(schema: &'static Value) -> &'static Value {
    let Some(reference) = schema["$ref"].as_str() else { return schema };
    DOCUMENT.pointer(reference.trim_start_matches('#')).expect("a reference leads somewhere")
}

fn is_null(schema: &Value) -> bool {
    schema["type"] == "null"
}

fn has_type(schema: &Value, value: &Value) -> bool {
    let is = |name: &Value| match name.as_str().unwrap_or_default() {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "null" => value.is_null(),
        _ => false,
    };
    match &schema["type"] {
        Value::Array(names) => names.iter().any(is),
        name => is(name),
    }
}
