//! doorward over HTTP, with actix-web.
//!
//! [`configure`] puts everything into an actix-web application: the routes of the table in `routes.rs`, each behind
//! its guard, and around them what happens to every request. Handlers call use cases and nothing else. Every answer
//! that is not a success is a [`Problem`].
//!
//! What actix-http refuses before there is a request (a head that is no HTTP, over 128 KiB or of more than 96 headers,
//! or too slow to arrive) it answers itself, with a status and no body.

mod api;
mod cookies;
mod edge;
mod extract;
mod metrics;
mod middleware;
mod pages;
mod problem;
pub mod routes;
mod theme;
mod well_known;
mod who;

use std::sync::Arc;

pub use actix_web::cookie::SameSite;
use actix_web::{
    Scope,
    middleware::{Condition, from_fn},
    web::{self, Data, ServiceConfig},
};
pub use edge::{Edge, EdgeSettings};
pub use metrics::RequestMetrics;
pub use middleware::FromStranger;
pub use problem::{Code, Problem};
pub use theme::{TextsError, Theme, ThemeError};
pub use well_known::openapi::openapi;

/// Registers everything: routes, what stands around them, and the answer to whatever is not there.
pub fn configure(config: &mut ServiceConfig, edge: &Edge) {
    surround(config, edge, scope());
}

/// Every route, and the answer to whatever is not there, for whoever puts something between them and what
/// [`surround`]s them.
#[must_use]
pub fn scope() -> Scope {
    routes::resources().into_iter().fold(web::scope(""), Scope::service).default_service(routes::not_found())
}

/// Registers these routes instead of doorward's own, inside what stands around every request: its id and its line in
/// the log, the limits of its head, the one spelling of its path, what other origins may do, the headers of its answer, the shape of its failure, and
/// the answer to whatever is not there. None of it asks who is there.
pub fn surround(config: &mut ServiceConfig, edge: &Edge, routes: Scope) {
    let origins = &edge.settings.cors_origins;
    // Called by each worker, which counts for itself.
    let ledger = edge.metrics.ledger();
    let counted = Arc::clone(&ledger);
    let security_headers = || middleware::security_headers(edge.is_https());
    let scope = routes
        .default_service(routes::not_found())
        // The last is the outermost.
        .wrap(from_fn(middleware::find_one_spelling))
        .wrap(from_fn(middleware::limit_head))
        .wrap(Condition::new(!origins.is_empty(), middleware::cors(origins)))
        .wrap(security_headers())
        .wrap(from_fn(move |request, next| middleware::observe(Arc::clone(&ledger), request, next)));
    // A target that is no path, as of `OPTIONS *`, is in no scope.
    let elsewhere = routes::not_found().wrap(security_headers());
    let elsewhere =
        elsewhere.wrap(from_fn(move |request, next| middleware::observe(Arc::clone(&counted), request, next)));
    config.app_data(Data::new(edge.clone())).service(scope).default_service(elsewhere);
}
