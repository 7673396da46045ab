//! JSON that two readers cannot read differently.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{Error, MapAccess, SeqAccess, Visitor},
};
use serde_json::{Map, Number, Value};

/// Reads one JSON value (RFC 8259) and nothing after it. A name that stands twice in an object, at any depth, is an
/// error: readers disagree which of the two counts (RFC 8259 §4), and what disagrees can be smuggled through.
pub(super) fn parse(bytes: &[u8]) -> Result<Value, serde_json::Error> {
    let mut reader = serde_json::Deserializer::from_slice(bytes);
    let Strict(value) = Strict::deserialize(&mut reader)?;
    reader.end()?;
    Ok(value)
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_i64<E>(self, value: i64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_u64<E>(self, value: u64) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_f64<E>(self, value: f64) -> Result<Value, E> {
        Ok(Number::from_f64(value).into())
    }

    fn visit_str<E>(self, value: &str) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_string<E>(self, value: String) -> Result<Value, E> {
        Ok(value.into())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Value, A::Error> {
        let mut values = Vec::new();
        while let Some(Strict(value)) = seq.next_element()? {
            values.push(value);
        }
        Ok(values.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some((name, Strict(value))) = map.next_entry()? {
            if object.insert(name, value).is_some() {
                return Err(A::Error::custom("a name stands twice in one object"));
            }
        }
        Ok(object.into())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::{Value, json};

    use super::parse;

    #[test]
    fn reads_what_serde_json_reads() {
        let text = r#" {"a": [null, true, -1, 18446744073709551615, 1.5, "\u00e9\n"], "b": {"a": {}}} "#;
        let expected = json!({"a": [null, true, -1, u64::MAX, 1.5, "é\n"], "b": {"a": {}}});
        assert_eq!(parse(text.as_bytes()).unwrap(), expected);
    }

    #[test]
    fn refuses_a_name_that_stands_twice_at_any_depth_and_in_any_spelling() {
        for text in [r#"{"a":1,"a":1}"#, r#"[{"b":{"a":1,"\u0061":2}}]"#, r#"{"role":"CANDIDATE","role":"ADMIN"}"#] {
            assert!(parse(text.as_bytes()).is_err(), "{text}");
        }
    }

    #[test]
    fn refuses_what_is_not_one_json_value_in_utf_8() {
        let cases: &[&[u8]] = &[
            b"",
            b" ",
            b"{",
            b"{}x",
            b"{} {}",
            b"{'a':1}",
            b"{\"a\":1,}",
            b"\"\xff\"",
            b"\xef\xbb\xbf{}",
            b"NaN",
            b"\"\\ud800\"",
            b"1e999",
            b"{\"\xc0\x80\":1}",
        ];
        for bytes in cases {
            assert!(parse(bytes).is_err(), "{:?}", String::from_utf8_lossy(bytes));
        }
        assert!(parse("[".repeat(50_000).as_bytes()).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(bytes in any::<Vec<u8>>()) {
            let _ = parse(&bytes);
        }

        #[test]
        fn agrees_with_serde_json_where_no_name_stands_twice(list in prop::collection::vec((any::<String>(), any::<i64>()), 0..5)) {
            let value: Value = json!(list.into_iter().collect::<std::collections::BTreeMap<_, _>>());
            prop_assert_eq!(parse(value.to_string().as_bytes()).unwrap(), value);
        }
    }
}
