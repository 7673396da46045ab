//! What a person sees: pages that are made here and work without scripts.
//!
//! A page is a template of `templates/` and the struct beside its handler; all of them stand in a [`Shell`]. What is
//! done to an account by a form is followed by a redirect, and the page that comes then says what was done. What is
//! refused is a page too: the form once more, with what was typed.
//!
//! Mail systems follow links by themselves, so a GET changes nothing; the button of the page posts what the link
//! carried.

pub(crate) mod account;
pub(crate) mod admin;
pub(crate) mod assets;
mod form;
pub(crate) mod home;
pub(crate) mod keep_account;
pub(crate) mod language;
pub(crate) mod links;
pub(crate) mod log_in;
pub(crate) mod log_out;
pub(crate) mod mail_requests;
mod notice;
mod profile_form;
pub(crate) mod register;
pub(crate) mod reset_password;
mod shell;
mod when;

use actix_web::{
    HttpRequest, HttpResponse, HttpResponseBuilder,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue, LOCATION},
};
use askama::Template;
use doorward_application::auth::SignedIn;
use form::{Field, Form, FormPage};
use notice::Notice;
pub(crate) use shell::Shell;
use url::form_urlencoded::Serializer;

use crate::{
    edge::Edge,
    problem::{Code, Problem},
    theme::Done,
};

/// What a page may do: load what is here, and post its forms here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; form-action 'self'; \
     frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types doorward",
);

/// Says that an answer is a page, and what that page may do.
pub(crate) fn dress(headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
}

/// What a person sees of a problem that the page itself has nothing to say about.
pub(crate) fn problem(request: &HttpRequest, problem: &Problem, request_id: &str) -> String {
    let shell = Shell::of(request);
    Notice::of(&shell, problem, request_id).render().unwrap_or_default()
}

/// A page that asks for itself once more, from here and no longer from another site.
pub(crate) fn come_again(request: &HttpRequest) -> Result<HttpResponse, Problem> {
    let shell = Shell::of(request);
    let target = request.uri().path_and_query().map_or("/", |target| target.as_str());
    answer(&notice::ComeAgain { shell: &shell, target })
}

fn render(page: &impl Template) -> Result<String, Problem> {
    page.render().map_err(|cause| Problem::new(Code::InternalError).caused_by(cause))
}

/// Answers with a page.
fn answer(page: &impl Template) -> Result<HttpResponse, Problem> {
    let mut response = HttpResponse::Ok().body(render(page)?);
    dress(response.headers_mut());
    Ok(response)
}

/// A path with these parameters, as far as they are given.
fn link(path: &str, parameters: &[(&str, Option<&str>)]) -> String {
    let given = parameters.iter().filter_map(|&(name, value)| Some((name, value?)));
    let query = Serializer::new(String::new()).extend_pairs(given).finish();
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

/// Goes on to another page of this site.
fn go_on(to: &str) -> HttpResponseBuilder {
    let mut response = HttpResponse::SeeOther();
    response.insert_header((LOCATION, to));
    response
}

/// Goes on to another page of this site; the browser keeps the session.
fn signed_in(edge: &Edge, signed_in: &SignedIn, to: &str) -> HttpResponseBuilder {
    let mut response = go_on(to);
    edge.cookies().hold(&signed_in.tokens, &mut response);
    if let Some(device_token) = &signed_in.device_token {
        response.cookie(edge.cookies().recognising(device_token));
    }
    response
}

/// Goes on to the sign-in page, which says what was done; the browser forgets the session.
fn signed_out(edge: &Edge, done: Done) -> HttpResponse {
    let mut response = go_on("/login");
    edge.cookies().forget(&mut response);
    response.cookie(edge.cookies().say(done)).finish()
}

/// The same, to a page that says what was done.
fn done(edge: &Edge, done: Done, to: &str) -> HttpResponse {
    go_on(to).cookie(edge.cookies().say(done)).finish()
}
