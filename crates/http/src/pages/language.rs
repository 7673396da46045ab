//! `/language`: chooses the language of the pages in this browser.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use super::go_on;
use crate::{
    edge::Edge,
    extract::{Form as Posted, ReturnTo},
    problem::{Code, Problem},
};

/// What the buttons at the foot of each page post.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LanguageForm {
    language: String,
    return_to: String,
}

/// Remembers the language, and goes back.
pub(crate) async fn submit(edge: Data<Edge>, Posted(form): Posted<LanguageForm>) -> Result<HttpResponse, Problem> {
    let tag = edge.settings.theme.language(&form.language).ok_or(Code::MalformedRequest)?;
    let place = ReturnTo::parse(&form.return_to).0;
    let cookie = edge.cookies().choose_language(tag.to_owned());
    Ok(go_on(place.as_deref().unwrap_or("/")).cookie(cookie).finish())
}
