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
    api, middleware, pages,
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
        /// Every route of the API: what the OpenAPI document describes.
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

macro_rules! pages {
    ($($method:ident $path:literal $who:ident $handler:path;)*) => {
        /// Every route that a person looks at: what is refused there is a page too.
        #[must_use]
        pub fn pages() -> Vec<Row> {
            vec![$(Row {
                method: Method::$method,
                path: $path,
                who: Who::$who,
                errors: &[],
                handler: || web::to($handler),
            },)*]
        }
    };
}

routes! {
    POST   "/auth/register"         SigningUp api::auth::register;
    POST   "/auth/login"            SigningIn api::auth::log_in;
    POST   "/auth/refresh"          SigningIn api::auth::refresh;
    POST   "/auth/logout"           Anyone    api::auth::log_out;
    POST   "/auth/logout-all"       SignedIn  api::auth::log_out_all;

    POST   "/auth/verify-email"     Anyone    api::auth::verify_email;
    POST   "/auth/resend-verification" Anyone api::auth::resend_verification;
    POST   "/auth/forgot-password"  Anyone    api::auth::forgot_password;
    POST   "/auth/reset-password"   Anyone    api::auth::reset_password;
    POST   "/auth/change-password"  SignedIn  api::auth::change_password;
    POST   "/auth/change-email"     SignedIn  api::auth::change_email;
    POST   "/auth/confirm-email"    Anyone    api::auth::confirm_email;
    POST   "/auth/undo-email-change" Anyone   api::auth::undo_email_change;
    POST   "/auth/not-me"           Anyone    api::auth::not_me;

    GET    "/auth/me"               SignedIn  api::me::view;
    PATCH  "/auth/me"               SignedIn  api::me::update;
    DELETE "/auth/me"               SignedIn  api::me::delete;
    GET    "/auth/me/export"        SignedIn  api::me::export;
    GET    "/auth/sessions"         SignedIn  api::sessions::list;
    DELETE "/auth/sessions/{id}"    SignedIn  api::sessions::revoke;

    GET    "/auth/admin/users"                        Admin api::admin::users::list;
    POST   "/auth/admin/users"                        Admin api::admin::users::create;
    GET    "/auth/admin/users/{id}"                   Admin api::admin::users::view;
    PATCH  "/auth/admin/users/{id}"                   Admin api::admin::users::update;
    DELETE "/auth/admin/users/{id}"                   Admin api::admin::users::delete;
    POST   "/auth/admin/users/{id}/deactivate"        Admin api::admin::users::deactivate;
    POST   "/auth/admin/users/{id}/activate"          Admin api::admin::users::activate;
    POST   "/auth/admin/users/{id}/reset-password"    Admin api::admin::users::reset_password;
    GET    "/auth/admin/users/{id}/sessions"          Admin api::admin::users::sessions::list;
    DELETE "/auth/admin/users/{id}/sessions"          Admin api::admin::users::sessions::end_all;
    GET    "/auth/admin/invitations"                  Admin api::admin::invitations::list;
    POST   "/auth/admin/invitations"                  Admin api::admin::invitations::invite;
    DELETE "/auth/admin/invitations/{id}"             Admin api::admin::invitations::withdraw;
    GET    "/auth/admin/audit-events"                 Admin api::admin::audit_events;

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

pages! {
    GET    "/register"              Anyone    pages::register::show;
    POST   "/register"              Form      pages::register::submit;
    GET    "/verify-email"          Anyone    pages::verify_email::show;
    POST   "/verify-email"          Form      pages::verify_email::submit;
    GET    "/forgot-password"       Anyone    pages::forgot_password::show;
    POST   "/forgot-password"       Form      pages::forgot_password::submit;
    GET    "/reset-password"        Anyone    pages::reset_password::show;
    POST   "/reset-password"        Form      pages::reset_password::submit;
    GET    "/confirm-email"         Anyone    pages::confirm_email::show;
    POST   "/confirm-email"         Form      pages::confirm_email::submit;
    GET    "/undo-email-change"     Anyone    pages::undo_email_change::show;
    POST   "/undo-email-change"     Form      pages::undo_email_change::submit;
    GET    "/not-me"                Anyone    pages::not_me::show;
    POST   "/not-me"                Form      pages::not_me::submit;
    GET    "/keep-account"          Anyone    pages::keep_account::show;
    POST   "/keep-account"          Form      pages::keep_account::submit;
    GET    "/assets/{file}"         Anyone    pages::stylesheet::show;
}

/// Whether this path, as its row writes it, is a page's.
pub(crate) fn is_page(path: &str) -> bool {
    pages().iter().any(|row| row.path == path)
}

/// Both tables.
fn rows() -> Vec<Row> {
    table().into_iter().chain(pages()).collect()
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
    let table = rows();
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
    use super::rows;

    /// Two rows of one path stand together, or the second would be a resource that nobody reaches.
    #[test]
    fn the_rows_of_a_path_stand_together() {
        let mut paths: Vec<_> = rows().iter().map(|row| row.path).collect();
        paths.dedup();
        let together = paths.len();
        paths.sort_unstable();
        paths.dedup();
        assert_eq!(paths.len(), together);
    }
}
