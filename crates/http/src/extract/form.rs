//! What a person typed into a form.

use actix_web::{FromRequest, HttpRequest, dev::Payload, http::header};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::{
    actor,
    query::decoded,
    valid_json::{decode, receive},
};
use crate::problem::{Code, Problem};

/// The fields of a page's form, read strictly: each once, those of the type `T` and no other.
///
/// Whether the words in them are good is the use case's to say.
pub(crate) struct Form<T>(pub(crate) T);

impl<T: DeserializeOwned + 'static> FromRequest for Form<T> {
    type Error = Problem;
    type Future = LocalBoxFuture<'static, Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let media_type = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let essence = media_type.unwrap_or_default().split(';').next().unwrap_or_default().trim();
        let is_form = essence.eq_ignore_ascii_case("application/x-www-form-urlencoded");
        let body = receive(payload.take());
        let viewer = actor(request).map(|actor| actor.user.id.to_string());
        Box::pin(async move {
            if !is_form {
                return Err(malformed("A form is expected here."));
            }
            read(&body.await?, viewer.as_deref()).map(Self)
        })
    }
}

/// The field by which a form of ours says for whom it was made. In another tab of the same browser, somebody else may
/// have signed in since.
pub(crate) const VIEWER: &str = "viewer";

fn read<T: DeserializeOwned>(bytes: &[u8], viewer: Option<&str>) -> Result<T, Problem> {
    let unreadable = || malformed("The form is not percent-encoded UTF-8.");
    let text = std::str::from_utf8(bytes).map_err(|_| unreadable())?;
    let mut fields = Map::new();
    for pair in text.split('&').filter(|pair| !pair.is_empty()) {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        let (name, value) = decoded(name).zip(decoded(value)).ok_or_else(unreadable)?;
        if fields.insert(name, value.into()).is_some() {
            return Err(malformed("A field stands twice in the form."));
        }
    }
    let made_for = fields.remove(VIEWER);
    if let Some((made_for, viewer)) = made_for.as_ref().and_then(Value::as_str).zip(viewer)
        && made_for != viewer
    {
        return Err(Code::SessionEnded.into());
    }
    decode("", Value::Object(fields))
}

fn malformed(detail: &str) -> Problem {
    Problem::new(Code::MalformedRequest).with_detail(detail)
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, http::header::CONTENT_TYPE, test::TestRequest};
    use proptest::prelude::*;
    use serde::Deserialize;

    use super::{Form, read};
    use crate::{extract::MAX_BODY, problem::Code};

    #[derive(Debug, Default, PartialEq, Deserialize)]
    #[serde(default, deny_unknown_fields)]
    struct Fields {
        name: String,
        town: Option<String>,
    }

    fn refused(form: &[u8]) -> Code {
        read::<Fields>(form, None).unwrap_err().code()
    }

    #[test]
    fn what_was_typed_arrives() {
        let typed = Fields { name: "Jörg + Söhne & Co=".to_owned(), town: Some(String::new()) };
        assert_eq!(read::<Fields>(b"name=J%C3%B6rg+%2B+S%c3%b6hne+%26+Co%3D&town=", None).unwrap(), typed);
        assert_eq!(read::<Fields>(b"", None).unwrap(), Fields::default());
    }

    #[test]
    fn what_is_no_form_of_ours_is_refused() {
        assert_eq!(refused(b"name=a&role=ADMIN"), Code::ValidationFailed);
        for form in [&b"name=a&name=b"[..], b"name=a&n%61me=b", b"name=\xff", b"name=%ff", b"name=%", b"%c3=a"] {
            assert_eq!(refused(form), Code::MalformedRequest, "{}", String::from_utf8_lossy(form));
        }
    }

    #[test]
    fn a_form_that_was_made_for_somebody_else_is_refused() {
        let form = b"viewer=jane&name=Jane";
        assert_eq!(read::<Fields>(form, Some("john")).unwrap_err().code(), Code::SessionEnded);
        for viewer in [Some("jane"), None] {
            assert_eq!(read::<Fields>(form, viewer).unwrap().name, "Jane");
        }
        assert_eq!(read::<Fields>(b"name=Jane", Some("john")).unwrap().name, "Jane");
    }

    async fn posted(media_type: &str, form: String) -> Result<Fields, Code> {
        let request = TestRequest::post().insert_header((CONTENT_TYPE, media_type)).set_payload(form);
        let (request, mut payload) = request.to_http_parts();
        Form::from_request(&request, &mut payload).await.map(|Form(fields)| fields).map_err(|problem| problem.code())
    }

    #[actix_web::test]
    async fn a_form_says_that_it_is_one_and_is_no_longer_than_any_body() {
        let form = |length: usize| format!("name={}", "x".repeat(length - 5));
        for good in ["application/x-www-form-urlencoded", "Application/X-WWW-Form-URLencoded; charset=UTF-8"] {
            assert!(posted(good, form(MAX_BODY)).await.is_ok());
        }
        for bad in ["application/json", "text/plain", "multipart/form-data", ""] {
            assert_eq!(posted(bad, form(9)).await, Err(Code::MalformedRequest), "{bad}");
        }
        assert_eq!(posted("application/x-www-form-urlencoded", form(MAX_BODY + 1)).await, Err(Code::BodyTooLarge));
    }

    proptest! {
        #[test]
        fn nothing_that_is_posted_panics(bytes in any::<Vec<u8>>(), text in "[a-z=&%+0-9]{0,40}") {
            let _ = read::<Fields>(&bytes, None);
            let _ = read::<Fields>(text.as_bytes(), None);
        }
    }
}
