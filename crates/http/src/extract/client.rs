//! Who connects, before it is known who signs in.

use std::{
    future::{Ready, ready},
    net::IpAddr,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderName, HeaderValue, USER_AGENT},
};
use doorward_application::auth::Presented;
use doorward_domain::{
    session::{Device, UserAgent},
    user::Locale,
};

use super::client_ip::client_ip;
use crate::{edge::Edge, problem::Problem};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From what and where a request comes, and the tokens that its cookies brought.
pub(crate) struct Client {
    pub(crate) device: Device,
    /// The language that was chosen in the browser, or that it asks for.
    pub(crate) locale: Option<Locale>,
    pub(crate) presented: Presented,
}

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let headers = request.headers();
        let cookies = Edge::of(request).cookies();
        let chosen = cookies.language(headers).and_then(|tag| Locale::parse(tag).ok());
        let language = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        ready(Ok(Self {
            device: device(request),
            locale: chosen.or_else(|| language.and_then(Locale::preferred)),
            presented: cookies.brought(headers),
        }))
    }
}

/// From what and where a request comes.
pub(crate) fn device(request: &HttpRequest) -> Device {
    let user_agent = request.headers().get(USER_AGENT).map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
    Device { user_agent: user_agent.and_then(|raw| UserAgent::keep(&raw)), ip_address: address(request) }
}

/// Where a request comes from.
pub(crate) fn address(request: &HttpRequest) -> Option<IpAddr> {
    // A header that is no text stands for a hop that cannot be read.
    let hops = request.headers().get_all(FORWARDED_FOR).map(|value| value.to_str().unwrap_or_default());
    client_ip(request.peer_addr().map(|peer| peer.ip()), hops, &Edge::of(request).settings.trusted_proxies)
}
