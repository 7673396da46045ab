//! Who connects, before it is known who signs in.

use std::future::{Ready, ready};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{HeaderName, HeaderValue, USER_AGENT},
};
use doorward_application::auth::Presented;
use doorward_domain::session::{Device, UserAgent};

use super::client_ip::client_ip;
use crate::{edge::Edge, problem::Problem};

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// From what and where a request comes, and the tokens that its cookies brought.
pub(crate) struct Client {
    pub(crate) device: Device,
    pub(crate) presented: Presented,
}

impl FromRequest for Client {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let edge = Edge::of(request);
        let headers = request.headers();
        // A header that is no text stands for a hop that cannot be read.
        let hops = headers.get_all(FORWARDED_FOR).map(|value| value.to_str().unwrap_or_default());
        let peer = request.peer_addr().map(|peer| peer.ip());
        let user_agent = headers.get(USER_AGENT).map(HeaderValue::as_bytes).map(String::from_utf8_lossy);
        let device = Device {
            user_agent: user_agent.and_then(|raw| UserAgent::keep(&raw)),
            ip_address: client_ip(peer, hops, &edge.settings.trusted_proxies),
        };
        ready(Ok(Self { device, presented: edge.cookies().brought(headers) }))
    }
}
