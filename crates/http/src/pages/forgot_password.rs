//! `/forgot-password`: asks for a mail to choose a new password with.

use actix_web::{HttpResponse, web::Data};
use serde::Deserialize;

use super::{Field, FormPage, Notice, answer};
use crate::{edge::Edge, extract::Form, problem::Problem};

pub(super) const PATH: &str = "/forgot-password";

/// What the form posts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgotPasswordForm {
    #[serde(default)]
    email: String,
}

fn page(email: &str) -> FormPage<'_> {
    FormPage {
        title: "Forgotten your password?",
        text: "Type the address of your account, and a mail lets you choose a new one.",
        action: PATH,
        fields: vec![Field::email(email)],
        button: "Send the mail",
        ..FormPage::default()
    }
}

/// Asks for the address.
pub(crate) async fn show() -> Result<HttpResponse, Problem> {
    answer(HttpResponse::Ok(), &page(""))
}

/// Sends the mail, if there is an account; which of them is not told.
pub(crate) async fn submit(edge: Data<Edge>, Form(form): Form<ForgotPasswordForm>) -> Result<HttpResponse, Problem> {
    let asked = edge.app.account.request_reset.execute(&form.email).await;
    asked.map_err(|error| page(&form.email).refused(error.into()))?;
    let text = "If this address has an account, a mail is on its way.";
    answer(HttpResponse::Ok(), &Notice { title: "Check your mail", text, ..Notice::default() })
}
