//! The body of a request.

use std::time::Duration;

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{self, HeaderMap},
    rt::time::timeout,
    web::BytesMut,
};
use futures_util::{StreamExt, future::LocalBoxFuture};
use serde::{Deserialize, Deserializer, de::DeserializeOwned};
use serde_json::Value;
use validator::{Validate, ValidationErrors};

use super::strict_json;
use crate::problem::{Code, FieldProblem, Problem};

/// The most bytes of a body.
pub(crate) const MAX_BODY: usize = 64 * 1024;

/// How long a body may take to arrive; actix-web bounds the head alone.
const DEADLINE: Duration = Duration::from_secs(10);

/// A JSON object, read strictly: of the type `T` and nothing more, and of the shape that `T`'s rules allow.
///
/// Whether the words in it are good is the use case's to say.
pub(crate) struct ValidJson<T>(pub(crate) T);

/// The same where there may be no body, or `null`, which is then `T`'s default.
pub(crate) struct OptionalJson<T>(pub(crate) T);

impl<T: DeserializeOwned + Validate + 'static> FromRequest for ValidJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = must_be_json(request.headers());
        let body = receive(payload.take());
        Box::pin(async move {
            media_type?;
            read(&body.await?).map(Self)
        })
    }
}

impl<T: DeserializeOwned + Validate + Default + 'static> FromRequest for OptionalJson<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = must_be_json(request.headers());
        let body = receive(payload.take());
        Box::pin(async move {
            let bytes = body.await?;
            if bytes.is_empty() {
                return Ok(Self(T::default()));
            }
            media_type?;
            if &bytes[..] == b"null" {
                return Ok(Self(T::default()));
            }
            read(&bytes).map(Self)
        })
    }
}

/// RFC 8259 §8.1: JSON is UTF-8, whether a `charset` says so or not.
fn must_be_json(headers: &HeaderMap) -> Result<(), Problem> {
    let value = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut parts = value.split(';').map(str::trim);
    let is_json = parts.next().is_some_and(|essence| essence.eq_ignore_ascii_case("application/json"));
    let is_utf8 = parts.filter_map(|parameter| parameter.split_once('=')).all(|(name, value)| {
        !name.eq_ignore_ascii_case("charset") || value.trim_matches('"').eq_ignore_ascii_case("utf-8")
    });
    if is_json && is_utf8 { Ok(()) } else { Err(Code::UnsupportedMediaType.into()) }
}

/// Takes in a body, bounded in size and time.
pub(crate) fn receive(mut payload: Payload) -> impl Future<Output = Result<BytesMut, Problem>> + use<> {
    let bytes = async move {
        let mut bytes = BytesMut::new();
        while let Some(chunk) = payload.next().await {
            let chunk = chunk.map_err(|error| Problem::new(Code::MalformedRequest).caused_by(error.to_string()))?;
            if bytes.len() + chunk.len() > MAX_BODY {
                return Err(Problem::new(Code::BodyTooLarge));
            }
            bytes.extend_from_slice(&chunk);
        }
        Ok(bytes)
    };
    async { timeout(DEADLINE, bytes).await.unwrap_or(Err(Problem::new(Code::RequestTimeout))) }
}

fn read<T: DeserializeOwned + Validate>(bytes: &[u8]) -> Result<T, Problem> {
    let value = strict_json::parse(bytes).map_err(|error| {
        // Where, but not what: the text around it may be a password.
        Problem::new(Code::MalformedJson).with_detail(format!("Line {}, column {}.", error.line(), error.column()))
    })?;
    let body: T = decode("", value)?;
    body.validate().map_err(|errors| shape_problem(&errors))?;
    Ok(body)
}

/// Reads a value as an object of type `T` that stands at `path` of the body; an empty path is the body itself.
pub(crate) fn decode<T: DeserializeOwned>(path: &str, value: Value) -> Result<T, Problem> {
    let refuse = |field: String, code: &str, message: &str| {
        let field = FieldProblem { field, code: code.to_owned(), message: message.to_owned(), rejection: None };
        Problem::new(Code::ValidationFailed).with_fields([field])
    };
    // serde would take a list for a struct, field by field.
    if !value.is_object() {
        return Err(refuse(path.to_owned(), "wrong_type", "This must be an object."));
    }
    serde_path_to_error::deserialize(value).map_err(|error| {
        let inner = error.path().to_string();
        let field = if path.is_empty() { inner } else { format!("{path}.{inner}") };
        // serde_json tells its errors apart by their text alone, which begins and ends in serde's own words. What
        // stands between is the client's, and is not repeated.
        let text = error.inner().to_string();
        if text.starts_with("unknown field") {
            return refuse(field, "unknown_field", "There is no such field here.");
        }
        let message = match text.rsplit("expected ").next() {
            Some("a string") => "This must be a string.",
            Some("a boolean") => "This must be true or false.",
            Some("a sequence") => "This must be a list.",
            _ => "This is not of the right type.",
        };
        refuse(field, "wrong_type", message)
    })
}

/// What a type's rules refused. Rules stand on the type as a whole and name the field that is to blame.
fn shape_problem(errors: &ValidationErrors) -> Problem {
    let field_errors = errors.field_errors().into_values().flatten().map(|error| FieldProblem {
        field: error.params.get("field").and_then(Value::as_str).unwrap_or_default().to_owned(),
        code: error.code.to_string(),
        message: error.message.as_deref().unwrap_or("This is not valid.").to_owned(),
        rejection: None,
    });
    Problem::new(Code::ValidationFailed).with_fields(field_errors)
}

/// A field that can be emptied: absent leaves it, `null` empties it.
pub(crate) type Patch<T> = Option<Option<T>>;

/// Reads a field whose `null` is not its absence: what is given is `Some`, if only `Some(None)`.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, error::PayloadError, http::header::CONTENT_TYPE, test::TestRequest, web::Bytes};
    use futures_util::stream;
    use serde::Deserialize;
    use validator::Validate;

    use super::{MAX_BODY, OptionalJson, Patch, ValidJson, given};
    use crate::problem::{Code, ProblemBody};

    #[derive(Debug, Default, PartialEq, Deserialize, Validate)]
    #[serde(default, deny_unknown_fields)]
    struct Body {
        name: String,
        flag: Option<bool>,
        #[serde(deserialize_with = "given")]
        nick: Patch<String>,
        inner: Option<Inner>,
    }

    #[derive(Debug, PartialEq, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Inner {
        list: Vec<String>,
    }

    fn json(text: impl Into<Bytes>) -> TestRequest {
        TestRequest::post().insert_header((CONTENT_TYPE, "application/json")).set_payload(text)
    }

    async fn read(request: TestRequest) -> Result<Body, Code> {
        let (request, mut payload) = request.to_http_parts();
        ValidJson::from_request(&request, &mut payload).await.map(|ValidJson(body)| body).map_err(|p| p.code())
    }

    async fn refused(text: &'static str) -> (String, String) {
        let (request, mut payload) = json(text).to_http_parts();
        let problem = ValidJson::<Body>::from_request(&request, &mut payload).await.err().unwrap();
        assert_eq!(problem.code(), Code::ValidationFailed, "{text}");
        let body = serde_json::to_value(ProblemBody::new(&problem, "", "")).unwrap();
        let text = |name: &str| body["errors"][0][name].as_str().unwrap().to_owned();
        (text("field"), text("code"))
    }

    #[actix_web::test]
    async fn an_object_is_read_and_what_is_absent_is_empty() {
        let body = read(json(r#"{"flag": null, "inner": {"list": ["a"]}}"#)).await.unwrap();
        assert_eq!(body, Body { inner: Some(Inner { list: vec!["a".to_owned()] }), ..Body::default() });
    }

    #[actix_web::test]
    async fn null_is_told_from_absence() {
        assert_eq!(read(json("{}")).await.unwrap().nick, None);
        assert_eq!(read(json(r#"{"nick": null}"#)).await.unwrap().nick, Some(None));
        assert_eq!(read(json(r#"{"nick": "j"}"#)).await.unwrap().nick, Some(Some("j".to_owned())));
    }

    #[actix_web::test]
    async fn what_is_wrong_is_named_by_its_path() {
        let cases = [
            (r#"{"name": 5}"#, "name", "wrong_type"),
            (r#"{"name": null}"#, "name", "wrong_type"),
            (r#"{"flag": "yes"}"#, "flag", "wrong_type"),
            (r#"{"nmae": "a"}"#, "nmae", "unknown_field"),
            (r#"{"inner": {"list": ["a", 1]}}"#, "inner.list[1]", "wrong_type"),
            (r#"{"inner": {"list": [], "x": 1}}"#, "inner.x", "unknown_field"),
            (r#"["name"]"#, "", "wrong_type"),
            ("null", "", "wrong_type"),
            (r#""name""#, "", "wrong_type"),
        ];
        for (text, field, code) in cases {
            assert_eq!(refused(text).await, (field.to_owned(), code.to_owned()), "{text}");
        }
    }

    #[actix_web::test]
    async fn what_the_client_wrote_is_not_repeated() {
        let (request, mut payload) = json(r#"{"name": 4711}"#).to_http_parts();
        let problem = ValidJson::<Body>::from_request(&request, &mut payload).await.err().unwrap();
        assert!(!serde_json::to_string(&ProblemBody::new(&problem, "", "")).unwrap().contains("4711"));
    }

    #[actix_web::test]
    async fn only_json_in_utf_8_is_taken() {
        for good in ["application/json", "Application/JSON; charset=UTF-8", "application/json;charset=\"utf-8\""] {
            let request = TestRequest::post().insert_header((CONTENT_TYPE, good)).set_payload("{}");
            assert!(read(request).await.is_ok(), "{good}");
        }
        for bad in ["text/plain", "application/jsonp", "application/json; charset=latin1", "", "json"] {
            let request = TestRequest::post().insert_header((CONTENT_TYPE, bad)).set_payload("{}");
            assert_eq!(read(request).await, Err(Code::UnsupportedMediaType), "{bad}");
        }
        assert_eq!(read(TestRequest::post().set_payload("{}")).await, Err(Code::UnsupportedMediaType));
    }

    #[actix_web::test]
    async fn a_body_of_64_kib_is_taken_and_one_byte_more_is_not() {
        let of_length = |length: usize| format!("{{}}{}", " ".repeat(length - 2));
        assert!(read(json(of_length(MAX_BODY))).await.is_ok());
        assert_eq!(read(json(of_length(MAX_BODY + 1))).await, Err(Code::BodyTooLarge));
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_that_never_ends_is_given_up() {
        let (request, _) = json("").to_http_parts();
        let stalled: std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(stream::pending());
        let mut payload = actix_web::dev::Payload::from(stalled);
        let refused = ValidJson::<Body>::from_request(&request, &mut payload).await.err().unwrap();
        assert_eq!(refused.code(), Code::RequestTimeout);
    }

    #[actix_web::test]
    async fn a_body_that_breaks_off_is_malformed() {
        let (request, _) = json("").to_http_parts();
        let broken: std::pin::Pin<Box<dyn futures_util::Stream<Item = Result<Bytes, PayloadError>>>> =
            Box::pin(stream::iter([Ok(Bytes::from_static(b"{")), Err(PayloadError::Incomplete(None))]));
        let mut payload = actix_web::dev::Payload::from(broken);
        let refused = ValidJson::<Body>::from_request(&request, &mut payload).await.err().unwrap();
        assert_eq!(refused.code(), Code::MalformedRequest);
    }

    #[actix_web::test]
    async fn where_a_body_is_optional_none_needs_no_media_type() {
        let (request, mut payload) = TestRequest::post().to_http_parts();
        assert_eq!(OptionalJson::<Body>::from_request(&request, &mut payload).await.unwrap().0, Body::default());
        let (request, mut payload) = json("null").to_http_parts();
        assert_eq!(OptionalJson::<Body>::from_request(&request, &mut payload).await.unwrap().0, Body::default());
        let (request, mut payload) = TestRequest::post().set_payload("name=a").to_http_parts();
        let refused = OptionalJson::<Body>::from_request(&request, &mut payload).await.err().unwrap();
        assert_eq!(refused.code(), Code::UnsupportedMediaType);
    }
}
