//! The second address: what a test is in charge of, over HTTP.
//!
//! Everything is JSON. What is refused is answered with `{"error": "…"}`: 404 for what is not there, 409 for what cannot
//! be now, 422 for what cannot be at all.

mod clock;
mod faults;
mod mails;
mod sessions;
mod snapshots;
mod users;

use std::{io, net::TcpListener, sync::Arc};

use actix_web::{
    App, HttpRequest, HttpResponse, HttpServer, ResponseError, Route,
    dev::Server,
    http::{Method, StatusCode, header},
    middleware::from_fn,
    web::{self, Data, JsonConfig, PathConfig, QueryConfig},
};
use chrono::SecondsFormat;
use doorward_testkit::server::{TestServer, TestServerError, Timestamp};
use serde_json::{Value, json};

/// What every path of it begins with.
pub const PREFIX: &str = "/_test";

/// The largest body: some 10,000 users.
const LARGEST_BODY: usize = 16 << 20;

/// A route.
pub struct Row {
    /// Its method.
    pub method: Method,
    /// Its path after [`PREFIX`], with what varies in braces.
    pub path: &'static str,
    handler: fn() -> Route,
}

macro_rules! routes {
    ($($method:ident $path:literal $handler:path;)*) => {
        /// Every route.
        #[must_use]
        pub fn table() -> Vec<Row> {
            vec![$(Row { method: Method::$method, path: $path, handler: || web::to($handler) },)*]
        }
    };
}

routes! {
    GET    ""                             about;
    GET    "/clock"                       clock::read;
    POST   "/clock"                       clock::change;
    GET    "/mails"                       mails::list;
    DELETE "/mails"                       mails::clear;
    GET    "/mails/latest"                mails::latest;
    GET    "/mails/next"                  mails::next;
    POST   "/users"                       users::create;
    POST   "/sessions"                    sessions::open;
    GET    "/snapshots"                   snapshots::list;
    PUT    "/snapshots/{name}"            snapshots::keep;
    DELETE "/snapshots/{name}"            snapshots::forget;
    POST   "/snapshots/{name}/restore"    snapshots::restore;
    POST   "/reset"                       snapshots::reset;
    GET    "/faults"                      faults::list;
    POST   "/faults"                      faults::add;
    DELETE "/faults"                      faults::clear;
}

/// Serves it, until it is stopped.
pub fn serve(listener: TcpListener, server: Arc<TestServer>) -> io::Result<Server> {
    let server = Data::from(server);
    let application = move || {
        let routes = table().into_iter().fold(web::scope(PREFIX), |scope, Row { method, path, handler }| {
            scope.route(path, handler().method(method))
        });
        App::new()
            .app_data(server.clone())
            .app_data(
                JsonConfig::default().limit(LARGEST_BODY).error_handler(|why, _| Refused::unreadable(&why).into()),
            )
            .app_data(QueryConfig::default().error_handler(|why, _| Refused::unreadable(&why).into()))
            .app_data(PathConfig::default().error_handler(|why, _| Refused::unreadable(&why).into()))
            .service(routes.wrap(from_fn(refuse_pages)))
            .default_service(web::to(nothing))
    };
    Ok(HttpServer::new(application).workers(1).disable_signals().listen(listener)?.run())
}

/// A page in a browser, whatever site it is of, could otherwise do all of this to a developer's machine: a test calls
/// from a program, which sends no `Origin`.
async fn refuse_pages(
    request: actix_web::dev::ServiceRequest,
    next: actix_web::middleware::Next<impl actix_web::body::MessageBody>,
) -> Result<actix_web::dev::ServiceResponse<impl actix_web::body::MessageBody>, actix_web::Error> {
    if request.headers().contains_key(header::ORIGIN) {
        return Err(Refused::new(StatusCode::FORBIDDEN, "pages of a browser may not call this").into());
    }
    next.call(request).await
}

async fn about(server: Data<TestServer>) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "server": "doorward-test",
        "url": server.url(),
        "publicUrl": server.public_url(),
        "issuer": server.issuer(),
        "pid": std::process::id(),
        "routes": table().iter().map(|Row { method, path, .. }| format!("{method} {PREFIX}{path}")).collect::<Vec<_>>(),
    }))
}

async fn nothing(request: HttpRequest) -> Result<HttpResponse, Refused> {
    let what = format!("there is no {} {}; GET {PREFIX} lists what there is", request.method(), request.path());
    Err(Refused::new(StatusCode::NOT_FOUND, what))
}

/// Why something was not done.
#[derive(Debug)]
struct Refused {
    status: StatusCode,
    why: String,
}

impl Refused {
    fn new(status: StatusCode, why: impl Into<String>) -> Self {
        Self { status, why: why.into() }
    }

    fn unreadable(why: &impl ToString) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, why.to_string())
    }
}

impl std::fmt::Display for Refused {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.why)
    }
}

impl ResponseError for Refused {
    fn status_code(&self) -> StatusCode {
        self.status
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status).json(json!({ "error": self.why }))
    }
}

impl From<TestServerError> for Refused {
    fn from(error: TestServerError) -> Self {
        let status = match &error {
            TestServerError::NoSuchSnapshot(_) | TestServerError::NoSuchUser => StatusCode::NOT_FOUND,
            TestServerError::AlreadyThere(_) | TestServerError::NotBack(_) => StatusCode::CONFLICT,
            TestServerError::Refused(_) => StatusCode::UNPROCESSABLE_ENTITY,
            TestServerError::Broken(_) => StatusCode::INTERNAL_SERVER_ERROR,
        };
        Self::new(status, error.to_string())
    }
}

type Answer = Result<HttpResponse, Refused>;

fn answer(body: &Value) -> HttpResponse {
    HttpResponse::Ok().json(body)
}

fn done() -> HttpResponse {
    HttpResponse::NoContent().finish()
}

/// A moment as doorward writes it.
fn moment(at: Timestamp) -> String {
    at.to_rfc3339_opts(SecondsFormat::AutoSi, true)
}

/// A duration such as `10m`.
fn duration(text: &str) -> Result<std::time::Duration, Refused> {
    humantime::parse_duration(text).map_err(|why| Refused::unreadable(&format!("{text:?}: {why}; write 90s, 10m, 7d")))
}
