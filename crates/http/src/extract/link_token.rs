//! What the link of a mail carries.

use std::{
    convert::Infallible,
    future::{Ready, ready},
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};

use super::query::parameter;

/// The `token` of a link's query, if there is one. What else stands there is passed over: mail systems add to links.
pub(crate) struct LinkToken(pub(crate) Option<String>);

impl FromRequest for LinkToken {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(parameter(request.query_string(), "token").filter(|token| !token.is_empty()))))
    }
}

#[cfg(test)]
mod tests {
    use actix_web::{FromRequest, test::TestRequest};

    use super::LinkToken;

    async fn token(query: &str) -> Option<String> {
        let (request, mut payload) = TestRequest::with_uri(&format!("/page{query}")).to_http_parts();
        LinkToken::from_request(&request, &mut payload).await.unwrap().0
    }

    #[actix_web::test]
    async fn it_is_found_among_what_others_have_added() {
        for query in ["?token=a-_1", "?utm_source=%ff&token=a-_1", "?token=%61-_1&token=b&x"] {
            assert_eq!(token(query).await.as_deref(), Some("a-_1"), "{query}");
        }
    }

    #[actix_web::test]
    async fn what_is_empty_or_unreadable_is_none() {
        for query in ["", "?", "?token", "?token=", "?token=%ff", "?xtoken=a", "?Token=a"] {
            assert_eq!(token(query).await, None, "{query}");
        }
    }
}
