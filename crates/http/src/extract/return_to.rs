//! Where a person is to go on.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    sync::LazyLock,
};

use actix_web::{FromRequest, HttpRequest, dev::Payload};
use url::{Position, Url};

use super::query::parameter;

/// The place on this site that a query's `returnTo` names: path, query and fragment. Whatever leads elsewhere is none
/// (RFC 9700 §4.11, ASVS 5.0 3.7.2).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct ReturnTo(pub(crate) Option<String>);

static HERE: LazyLock<Url> = LazyLock::new(|| "https://here.invalid/".parse().expect("a URL"));

impl ReturnTo {
    /// The most bytes.
    const MAX: usize = 2048;

    /// Reads a place by the rules that browsers read it by (WHATWG URL), in which `/\evil.example` and a path with a tab
    /// after its slash are other sites too.
    pub(crate) fn parse(raw: &str) -> Self {
        Self(Self::place(raw))
    }

    fn place(raw: &str) -> Option<String> {
        if !raw.starts_with('/') || raw.len() > Self::MAX {
            return None;
        }
        let place = HERE.join(raw).ok().filter(|place| place.origin() == HERE.origin())?;
        let place = &place[Position::BeforePath..];
        // Dots that are taken out may leave two slashes.
        (!place.starts_with("//")).then(|| place.to_owned())
    }
}

impl FromRequest for ReturnTo {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let raw = parameter(request.query_string(), "returnTo");
        ready(Ok(raw.as_deref().map(Self::parse).unwrap_or_default()))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::{HERE, ReturnTo};

    fn read(raw: &str) -> Option<String> {
        ReturnTo::parse(raw).0
    }

    #[test]
    fn a_path_of_this_site_is_kept() {
        for place in
            ["/", "/account", "/admin/users?search=j%C3%BC&role=ADMIN#top", "/a//b", "/a?to=https://evil.example"]
        {
            assert_eq!(read(place).as_deref(), Some(place));
        }
        assert_eq!(read("/admin/users?search=ü").as_deref(), Some("/admin/users?search=%C3%BC"));
    }

    #[test]
    fn whatever_leads_elsewhere_is_none() {
        let long = format!("/{}", "a".repeat(2048));
        for place in [
            "",
            "account",
            "https://evil.example",
            "//evil.example",
            "///evil.example",
            "/\\evil.example",
            "\\\\evil.example",
            "/\t/evil.example",
            "/\n/evil.example",
            "/.//evil.example",
            "/a/..//evil.example",
            "//me@evil.example",
            "javascript:alert(1)",
            " /account",
            &long,
        ] {
            assert_eq!(read(place), None, "{place:?}");
        }
    }

    proptest! {
        #[test]
        fn a_browser_never_leaves(raw in "[/\\\\a.:@\t\n\r ?#%0-9f]{0,12}") {
            if let Some(place) = read(&raw) {
                prop_assert_eq!(HERE.join(&place).unwrap().origin(), HERE.origin());
                prop_assert!(place.starts_with('/') && !place.starts_with("//"));
                prop_assert!(place.bytes().all(|b| b.is_ascii_graphic()), "{}", place);
            }
        }
    }
}
