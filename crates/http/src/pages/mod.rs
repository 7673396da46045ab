//! The pages that the links of mails lead to: plain HTML that works without scripts.
//!
//! Mail systems follow links by themselves, so a GET shows a form and changes nothing; the form's button posts what the
//! link carried to the same path. What is refused is a page too.

pub(crate) mod confirm_email;
pub(crate) mod forgot_password;
mod form_page;
pub(crate) mod keep_account;
pub(crate) mod not_me;
mod notice;
pub(crate) mod register;
pub(crate) mod reset_password;
pub(crate) mod stylesheet;
pub(crate) mod undo_email_change;
pub(crate) mod verify_email;

use actix_web::{
    HttpResponse, HttpResponseBuilder,
    http::header::{CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderMap, HeaderValue},
};
use askama::Template;
use form_page::{Field, FormPage};
use notice::Notice;
use serde::Deserialize;

use crate::problem::{Code, Problem};

/// What a page may do: look as it should, and post its form here.
const POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
);

/// The form of a page that only asks for the press of its button.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkForm {
    #[serde(default)]
    token: String,
}

/// Says that an answer is a page, and what that page may do.
pub(crate) fn dress(headers: &mut HeaderMap) {
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    headers.insert(CONTENT_SECURITY_POLICY, POLICY);
}

/// What a person sees of a problem that the page itself has nothing to say about.
pub(crate) fn problem(problem: &Problem, request_id: &str) -> String {
    Notice::of(problem, request_id).render().unwrap_or_default()
}

fn render(page: &impl Template) -> Result<String, Problem> {
    page.render().map_err(|cause| Problem::new(Code::InternalError).caused_by(cause))
}

/// Answers with a page.
fn answer(mut response: HttpResponseBuilder, page: &impl Template) -> Result<HttpResponse, Problem> {
    let mut response = response.body(render(page)?);
    dress(response.headers_mut());
    Ok(response)
}
