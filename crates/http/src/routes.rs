//! Every route there is.
//!
//! The table is what is registered, what `Allow` is made of, what the OpenAPI document is completed by and checked
//! against, and what a test goes through to see that each route asks who is there.

use std::future::ready;

use actix_web::{
    HttpResponse, Resource, Route,
    http::{Method, header},
    middleware::from_fn,
    web,
};

pub use crate::who::Who;
use crate::{
    api, middleware,
    problem::{Code, Problem},
    well_known,
};

/// A route.
pub struct Row {
    /// Its method.
    pub method: Method,
    /// Its path, with what varies in braces.
    pub path: &'static str,
    /// Whom it is for.
    pub who: Who,
    /// The handler's own codes. Those that its `who` and its body bring are not repeated.
    pub(crate) errors: &'static [Code],
    handler: fn() -> Route,
}

macro_rules! routes {
    ($($method:ident $path:literal $who:ident $($endpoint:ident)::+;)*) => {
        /// Every route.
        #[must_use]
        pub fn table() -> Vec<Row> {
            vec![$(Row {
                method: Method::$method,
                path: $path,
                who: Who::$who,
                errors: $($endpoint)::+::ERRORS,
                handler: || web::to($($endpoint)::+::handle),
            },)*]
        }

        /// What the endpoints say of themselves.
        #[derive(utoipa::OpenApi)]
        #[openapi(paths($($($endpoint)::+::handle),*), components(schemas(crate::problem::ProblemBody)))]
        pub(crate) struct Documented;
    };
}

routes! {
    POST   "/auth/register"         SigningIn api::auth::register;
    POST   "/auth/login"            SigningIn api::auth::log_in;
    POST   "/auth/refresh"          SigningIn api::auth::refresh;
    POST   "/auth/logout"           Anyone    api::auth::log_out;
    POST   "/auth/logout-all"       SignedIn  api::auth::log_out_all;
    GET    "/auth/me"               SignedIn  api::me::view;
    PATCH  "/auth/me"               SignedIn  api::me::update;
    GET    "/auth/sessions"         SignedIn  api::sessions::list;
    DELETE "/auth/sessions/{id}"    SignedIn  api::sessions::revoke;

    POST   "/login"                 SigningIn api::short_routes::log_in;
    POST   "/refresh"               SigningIn api::short_routes::refresh;
    POST   "/logout"                Anyone    api::short_routes::log_out;
    GET    "/dashboard"             SignedIn  api::short_routes::dashboard;

    GET    "/.well-known/jwks.json" Anyone    well_known::jwks;
    GET    "/health/live"           Anyone    well_known::health::live;
    GET    "/health/ready"          Anyone    well_known::health::ready;
    GET    "/openapi.json"          Anyone    well_known::openapi;
    GET    "/docs"                  Anyone    well_known::docs::page;
    GET    "/docs/errors"           Anyone    well_known::docs::errors;
    GET    "/docs/{file}"           Anyone    well_known::docs::file;
}

impl Row {
    /// The methods that it serves: where there is a GET, there is a HEAD (RFC 9110 §9.3.2).
    fn methods(&self) -> impl Iterator<Item = Method> + use<> {
        let head = (self.method == Method::GET).then_some(Method::HEAD);
        [self.method.clone()].into_iter().chain(head)
    }

    /// The route for one of them, behind its guard.
    fn route(&self, method: Method) -> Route {
        let who = self.who;
        (self.handler)().method(method).wrap(from_fn(move |request, next| middleware::guard(who, request, next)))
    }
}

/// Each path as a resource with its routes, in the table's order; another method is told which there are.
pub(crate) fn resources() -> Vec<Resource> {
    let table = table();
    let mut paths: Vec<_> = table.iter().map(|row| row.path).collect();
    paths.dedup();
    let resource = |path: &'static str| {
        let rows: Vec<_> = table.iter().filter(|row| row.path == path).collect();
        let routes = rows.iter().flat_map(|row| row.methods().map(|method| row.route(method)));
        routes.fold(web::resource(path), Resource::route).default_service(method_not_allowed(&rows))
    };
    paths.into_iter().map(resource).collect()
}

fn method_not_allowed(rows: &[&Row]) -> Route {
    let methods: Vec<_> = rows.iter().flat_map(|row| row.methods()).map(|method| method.to_string()).collect();
    let allow = methods.join(", ");
    web::to(move || {
        let problem = Problem::new(Code::MethodNotAllowed).with_header(header::ALLOW, allow.clone());
        ready(Err::<HttpResponse, _>(problem))
    })
}

/// For every path that no row has.
pub(crate) fn not_found() -> Route {
    web::to(|| ready(Err::<HttpResponse, _>(Problem::new(Code::NotFound))))
}

#[cfg(test)]
mod tests {
    use super::table;

    /// Two rows of one path stand together, or the second would be a resource that nobody reaches.
    #[test]
    fn the_rows_of_a_path_stand_together() {
        let mut paths: Vec<_> = table().iter().map(|row| row.path).collect();
        paths.dedup();
        let together = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), together);
    }
}
