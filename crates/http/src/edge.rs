//! What the handlers work with.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use actix_web::{HttpRequest, cookie::SameSite, web::Data};
use doorward_application::App;
use ipnet::IpNet;

use crate::{cookies::Cookies, metrics::RequestMetrics, theme::Theme};

/// What a deployment says about how it is reached.
#[derive(Clone, Debug)]
pub struct EdgeSettings {
    /// The origin under which clients reach the server: scheme, host and port, without a slash at the end.
    pub public_url: String,
    /// Other origins whose pages may call the server with cookies, each written as a browser writes `Origin`.
    pub cors_origins: Vec<String>,
    /// The proxies whose `X-Forwarded-For` is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// `SameSite` of the cookies: strict, unless a listed origin is another site.
    pub cookie_same_site: SameSite,
    /// How the pages look and what they say.
    pub theme: Arc<Theme>,
}

/// The use cases, and how they are reached. Cheap to clone.
#[derive(Clone)]
pub struct Edge {
    pub(crate) app: Arc<App>,
    pub(crate) settings: Arc<EdgeSettings>,
    pub(crate) metrics: Arc<RequestMetrics>,
    leaving: Arc<AtomicBool>,
}

impl Edge {
    /// Serves these use cases.
    #[must_use]
    pub fn new(app: Arc<App>, settings: EdgeSettings) -> Self {
        Self { app, settings: Arc::new(settings), metrics: Arc::default(), leaving: Arc::default() }
    }

    /// How many requests it has served, and how.
    #[must_use]
    pub const fn metrics(&self) -> &Arc<RequestMetrics> {
        &self.metrics
    }

    /// From now on the server says that it is not ready, and does all else as before: nobody is to be sent here any
    /// more. It holds for every clone.
    pub fn leave(&self) {
        self.leaving.store(true, Ordering::Relaxed);
    }

    /// Whether nobody is to be sent here any more.
    pub(crate) fn is_leaving(&self) -> bool {
        self.leaving.load(Ordering::Relaxed)
    }

    /// The edge that serves this request.
    pub(crate) fn of(request: &HttpRequest) -> &Self {
        request.app_data::<Data<Self>>().expect("`configure` keeps the edge beside the routes it registers")
    }

    /// Whether clients reach the server by TLS.
    pub(crate) fn is_https(&self) -> bool {
        self.settings.public_url.starts_with("https://")
    }

    /// The cookies of this deployment.
    pub(crate) fn cookies(&self) -> Cookies {
        Cookies { secure: self.is_https(), same_site: self.settings.cookie_same_site }
    }
}
