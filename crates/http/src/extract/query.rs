//! The parameters of a request's query.

use std::{
    future::{Ready, ready},
    str::FromStr,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use serde::{
    Deserialize, Deserializer,
    de::{DeserializeOwned, Error},
};
use serde_json::{Map, Value, map::Entry};
use uuid::Uuid;

use crate::problem::{Code, FieldProblem, Problem};

/// A query, read strictly: each parameter once, those of the type `T` and no other. An empty value is none.
///
/// Whether the words in it are good is the use case's to say.
pub(crate) struct ValidQuery<T>(pub(crate) T);

impl<T: DeserializeOwned> FromRequest for ValidQuery<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(read(request.query_string()).map(Self))
    }
}

/// What a parameter can be beside a text.
pub(crate) trait Parameter: FromStr {
    /// The sentence about one that is none.
    const EXPECTED: &'static str;
}

impl Parameter for bool {
    const EXPECTED: &'static str = "This must be true or false.";
}

impl Parameter for u32 {
    const EXPECTED: &'static str = "This must be a whole number.";
}

impl Parameter for u64 {
    const EXPECTED: &'static str = "This must be a whole number.";
}

impl Parameter for Uuid {
    const EXPECTED: &'static str = "This must be an id.";
}

/// Reads a field from the text of its parameter.
pub(crate) fn from_text<'de, D: Deserializer<'de>, T: Parameter>(deserializer: D) -> Result<Option<T>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?;
    text.map(|text| text.parse().map_err(|_| D::Error::custom(T::EXPECTED))).transpose()
}

fn read<T: DeserializeOwned>(query: &str) -> Result<T, Problem> {
    let mut parameters = Map::new();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = decoded(name).zip(decoded(value)).ok_or_else(|| {
            Problem::new(Code::MalformedRequest).with_detail("The query is not percent-encoded UTF-8.")
        })?;
        // Readers disagree which of two counts, and what disagrees can be smuggled through.
        match parameters.entry(name) {
            Entry::Occupied(first) => return Err(refuse(first.key(), "too_many", "This may be given once.")),
            Entry::Vacant(free) => free.insert(if value.is_empty() { Value::Null } else { value.into() }),
        };
    }
    serde_path_to_error::deserialize(Value::Object(parameters)).map_err(|error| {
        let text = error.inner().to_string();
        let (code, message) = if text.starts_with("unknown field") {
            ("unknown_field", "There is no such parameter here.")
        } else {
            ("malformed", text.as_str())
        };
        refuse(&error.path().to_string(), code, message)
    })
}

fn refuse(field: &str, code: &str, message: &str) -> Problem {
    let field =
        FieldProblem { field: field.to_owned(), code: code.to_owned(), message: message.to_owned(), rejection: None };
    Problem::new(Code::ValidationFailed).with_fields([field])
}

/// The parameter of this name, if a query has one that can be read.
pub(super) fn parameter(query: &str, name: &str) -> Option<String> {
    query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('=')).and_then(decoded)
}

/// A part of a query as it was typed: a plus is a space, as in every form.
pub(super) fn decoded(raw: &str) -> Option<String> {
    let mut rest = raw.bytes();
    let mut bytes = Vec::with_capacity(raw.len());
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => digit(rest.next()?)? << 4 | digit(rest.next()?)?,
            other => other,
        });
    }
    String::from_utf8(bytes).ok()
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{from_text, read};
    use crate::problem::{Code, Problem, ProblemBody};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Query {
        search: Option<String>,
        #[serde(deserialize_with = "from_text")]
        active: Option<bool>,
        #[serde(deserialize_with = "from_text")]
        limit: Option<u32>,
    }

    fn refused(query: &str) -> (Code, String, String) {
        let problem: Problem = read::<Query>(query).unwrap_err();
        let body = serde_json::to_value(ProblemBody::new(&problem, "", "")).unwrap();
        let text = |name: &str| body["errors"][0][name].as_str().unwrap_or_default().to_owned();
        (problem.code(), text("field"), text("code"))
    }

    #[test]
    fn what_was_typed_arrives() {
        let read = read::<Query>("search=j%C3%BCrgen+%2B%3D%26&active=true&limit=7").unwrap();
        assert_eq!(read, Query { search: Some("jürgen +=&".to_owned()), active: Some(true), limit: Some(7) });
    }

    #[test]
    fn what_is_empty_is_absent() {
        for query in ["", "&", "search", "search=&active=&limit=", "&&search=&"] {
            assert_eq!(read::<Query>(query).unwrap(), Query::default(), "{query}");
        }
    }

    #[test]
    fn a_digit_or_a_truth_is_a_text_where_a_text_is_wanted() {
        assert_eq!(read::<Query>("search=1").unwrap().search.unwrap(), "1");
        assert_eq!(read::<Query>("search=true").unwrap().search.unwrap(), "true");
    }

    #[test]
    fn what_is_wrong_is_named() {
        let cases = [
            ("serach=x", "serach", "unknown_field"),
            ("serach=", "serach", "unknown_field"),
            ("search=a&search=b", "search", "too_many"),
            ("search=&search=b", "search", "too_many"),
            ("limit=1&%6cimit=2", "limit", "too_many"),
            ("active=yes", "active", "malformed"),
            ("active=TRUE", "active", "malformed"),
            ("limit=-1", "limit", "malformed"),
            ("limit=4294967296", "limit", "malformed"),
            ("limit=1.5", "limit", "malformed"),
        ];
        for (query, field, code) in cases {
            assert_eq!(refused(query), (Code::ValidationFailed, field.to_owned(), code.to_owned()), "{query}");
        }
    }

    #[test]
    fn what_is_not_percent_encoded_utf_8_is_malformed() {
        for query in ["search=%", "search=%f", "search=%zz", "search=%+1", "search=%ff", "%c3=x", "search=%ed%a0%80"] {
            assert_eq!(refused(query).0, Code::MalformedRequest, "{query}");
        }
    }

    proptest! {
        #[test]
        fn nothing_that_is_typed_panics(query in "[a-z=&%+0-9]{0,40}") {
            if let Err(problem) = read::<Query>(&query) {
                prop_assert!([Code::ValidationFailed, Code::MalformedRequest].contains(&problem.code()));
            }
        }
    }
}
