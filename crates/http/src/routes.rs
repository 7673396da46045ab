//! Every route there is.
//!
//! The table is what is registered, what `Allow` is made of, what the OpenAPI document is completed by and checked
//! against, and what a test goes through to see that each route asks who is there.

use std::{collections::HashSet, future::ready, sync::LazyLock};

use actix_web::{
    HttpResponse, Resource, Route,
    guard::{GuardContext, fn_guard},
    http::{Method, header},
    middleware::from_fn,
    web,
};

pub use crate::who::{Facing, Who};
use crate::{
    api, middleware, pages,
    problem::{Code, Problem},
    well_known,
    who::Routed,
};

/// A route.
pub struct Row {
    /// Its method.
    pub method: Method,
    /// Its path, with what varies in braces.
    pub path: &'static str,
    /// Whom it is for.
    pub who: Who,
    /// What it answers with.
    pub facing: Facing,
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
                facing: Facing::Program,
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
                facing: Facing::Person,
                errors: &[],
                handler: || web::to($handler),
            },)*]
        }
    };
}

routes! {
    // actix-web looks through them one after the other: what is asked most stands first.
    GET    "/auth/me"               SignedIn  api::me::view;
    PATCH  "/auth/me"               SignedIn  api::me::update;
    DELETE "/auth/me"               SignedIn  api::me::delete;
    GET    "/auth/me/export"        SignedIn  api::me::export;
    GET    "/auth/sessions"         SignedIn  api::sessions::list;
    DELETE "/auth/sessions/{id}"    SignedIn  api::sessions::revoke;
    GET    "/auth/revocations"      Anyone    api::revocations;

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
    GET    "/auth/admin/keys"                         Admin api::admin::keys::list;
    POST   "/auth/admin/keys/rotate"                  Admin api::admin::keys::rotate;
    POST   "/auth/admin/keys/{kid}/revoke"            Admin api::admin::keys::revoke;
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
    GET    "/"                      SignedIn  pages::home::show;
    GET    "/login"                 Visitor   pages::log_in::show;
    POST   "/login"                 Anyone    pages::log_in::submit;
    POST   "/logout"                Anyone    pages::log_out::submit;
    GET    "/register"              Visitor   pages::register::show;
    POST   "/register"              Anyone    pages::register::submit;
    POST   "/language"              Anyone    pages::language::submit;

    GET    "/verify-email"          Anyone    pages::links::verify_email::show;
    POST   "/verify-email"          Anyone    pages::links::verify_email::submit;
    GET    "/confirm-email"         Anyone    pages::links::confirm_email::show;
    POST   "/confirm-email"         Anyone    pages::links::confirm_email::submit;
    GET    "/undo-email-change"     Anyone    pages::links::undo_email_change::show;
    POST   "/undo-email-change"     Anyone    pages::links::undo_email_change::submit;
    GET    "/not-me"                Anyone    pages::links::not_me::show;
    POST   "/not-me"                Anyone    pages::links::not_me::submit;

    GET    "/forgot-password"       Anyone    pages::mail_requests::forgot_password::show;
    POST   "/forgot-password"       Anyone    pages::mail_requests::forgot_password::submit;
    GET    "/resend-verification"   Anyone    pages::mail_requests::resend_verification::show;
    POST   "/resend-verification"   Anyone    pages::mail_requests::resend_verification::submit;
    GET    "/reset-password"        Anyone    pages::reset_password::show;
    POST   "/reset-password"        Anyone    pages::reset_password::submit;
    GET    "/keep-account"          Anyone    pages::keep_account::show;
    POST   "/keep-account"          Anyone    pages::keep_account::submit;

    GET    "/my-assessments"        SignedIn  pages::home::candidate;
    GET    "/dashboard"             SignedIn  pages::home::employer;
    POST   "/profile"               SignedIn  pages::home::change;

    GET    "/admin"                 Admin     pages::admin::overview::show;
    GET    "/admin/invitations"     Admin     pages::admin::invitations::show;
    POST   "/admin/invitations"     Admin     pages::admin::invitations::invite;
    POST   "/admin/invitations/{id}/withdraw" Admin pages::admin::invitations::withdraw;
    GET    "/admin/keys"            Admin     pages::admin::keys::show;
    POST   "/admin/keys/rotate"     Admin     pages::admin::keys::rotate;
    POST   "/admin/keys/{kid}/revoke" Admin   pages::admin::keys::revoke;
    GET    "/admin/audit-events"    Admin     pages::admin::audit_events::show;
    GET    "/admin/audit-events/latest" Admin pages::admin::audit_events::latest;

    GET    "/admin/users"           Admin     pages::admin::users::list::show;
    POST   "/admin/users"           Admin     pages::admin::users::create::submit;
    GET    "/admin/users/new"       Admin     pages::admin::users::create::show;
    GET    "/admin/users/{id}"      Admin     pages::admin::users::view::show;
    POST   "/admin/users/{id}"      Admin     pages::admin::users::update::submit;
    POST   "/admin/users/{id}/role" Admin     pages::admin::users::role::submit;
    POST   "/admin/users/{id}/sessions/end"   Admin pages::admin::users::acts::end_sessions;
    POST   "/admin/users/{id}/deactivate"     Admin pages::admin::users::acts::deactivate;
    POST   "/admin/users/{id}/activate"       Admin pages::admin::users::acts::activate;
    POST   "/admin/users/{id}/reset-password" Admin pages::admin::users::acts::reset_password;
    POST   "/admin/users/{id}/delete"         Admin pages::admin::users::acts::delete;

    GET    "/account"                         SignedIn  pages::account::show;
    POST   "/account/profile"                 SignedIn  pages::account::profile::submit;
    POST   "/account/email"                   SignedIn  pages::account::email::submit;
    POST   "/account/password"                SignedIn  pages::account::password::submit;
    POST   "/account/sessions/{id}/end"       SignedIn  pages::account::sessions::end;
    POST   "/account/sessions/end-others"     SignedIn  pages::account::sessions::end_others;
    POST   "/account/export"                  SignedIn  pages::account::export::submit;
    POST   "/account/delete"                  SignedIn  pages::account::delete::submit;

    GET    "/assets/{file}"         Anyone    pages::assets::show;
}

/// Whether there is a page at this path, as its row writes it, that can be opened.
pub(crate) fn can_be_opened(path: &str) -> bool {
    static OPENED: LazyLock<HashSet<&str>> =
        LazyLock::new(|| pages().iter().filter(|row| row.method.is_safe()).map(|row| row.path).collect());
    OPENED.contains(path)
}

/// The path of every route, each once, in the tables' order.
pub(crate) fn paths() -> &'static [&'static str] {
    static PATHS: LazyLock<Vec<&str>> = LazyLock::new(|| {
        let mut paths = Vec::new();
        for row in rows() {
            if !paths.contains(&row.path) {
                paths.push(row.path);
            }
        }
        paths
    });
    &PATHS
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
    fn route(&self, method: Method, path: usize) -> Route {
        let &Self { who, facing, .. } = self;
        let routed = Routed { facing, path };
        let guarded = (self.handler)().method(method);
        guarded.wrap(from_fn(move |request, next| middleware::guard(who, routed, request, next)))
    }
}

/// Each path as a resource with its routes, in the tables' order; another method is told which there are.
pub(crate) fn resources() -> Vec<Resource> {
    let rows = rows();
    let resource = |(place, &path): (usize, &&'static str)| {
        let rows: Vec<_> = rows.iter().filter(|row| row.path == path).collect();
        let twins = |row: &Row| rows.iter().filter(|other| other.method == row.method).count() > 1;
        // Where a page and a program's route share path and method, the page is for whoever asks for one.
        let (chosen, open): (Vec<&Row>, Vec<&Row>) =
            rows.iter().partition(|row| row.facing == Facing::Person && twins(row));
        let asks = |context: &GuardContext<'_>| {
            let head = context.head();
            Facing::of(&head.method, &head.headers) == Facing::Person
        };
        let chosen = chosen
            .into_iter()
            .flat_map(|row| row.methods().map(move |method| row.route(method, place).guard(fn_guard(asks))));
        let open = open.into_iter().flat_map(|row| row.methods().map(move |method| row.route(method, place)));
        let routes: Vec<_> = chosen.chain(open).collect();
        routes.into_iter().fold(web::resource(path), Resource::route).default_service(method_not_allowed(&rows))
    };
    paths().iter().enumerate().map(resource).collect()
}

fn method_not_allowed(rows: &[&Row]) -> Route {
    let mut methods: Vec<_> = rows.iter().flat_map(|row| row.methods()).map(|method| method.to_string()).collect();
    let mut seen = HashSet::new();
    methods.retain(|method| seen.insert(method.clone()));
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
