//! `/reset-password`: chooses a new password.

use actix_web::{HttpResponse, web::Data};
use doorward_domain::Secret;
use serde::Deserialize;

use super::{Field, FormPage, Notice, answer, forgot_password, render};
use crate::{
    edge::Edge,
    extract::{Client, Form, LinkToken},
    problem::{Code, Problem},
};

/// What the form posts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ResetPasswordForm {
    #[serde(default)]
    token: String,
    #[serde(default)]
    password: String,
}

fn page(token: &str) -> FormPage<'_> {
    FormPage {
        title: "Choose a new password",
        text: "All sessions end, and you sign in with the new password.",
        action: "/reset-password",
        token: Some(token),
        fields: vec![Field::new_password("New password")],
        button: "Save the password",
        ..FormPage::default()
    }
}

/// Says what can be done about a link that is worth nothing.
fn link_is_over(problem: Problem) -> Problem {
    let code = problem.code();
    let link = Some((forgot_password::PATH, "Ask for another mail"));
    match render(&Notice { title: code.title(), text: code.message(), link, ..Notice::default() }) {
        Ok(page) => problem.with_page(page),
        Err(failed) => failed,
    }
}

/// Asks for the password.
pub(crate) async fn show(LinkToken(token): LinkToken) -> Result<HttpResponse, Problem> {
    let token = token.ok_or_else(|| link_is_over(Code::InvalidToken.into()))?;
    answer(HttpResponse::Ok(), &page(&token))
}

/// Chooses it.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(form): Form<ResetPasswordForm>,
) -> Result<HttpResponse, Problem> {
    let password = Secret::new(form.password);
    let done = edge.app.account.reset_password.execute(&form.token, &password, client.device).await;
    done.map_err(|error| match Problem::from(error) {
        over if over.code() == Code::InvalidToken => link_is_over(over),
        problem => page(&form.token).refused(problem),
    })?;
    let notice = Notice { title: "Your password is changed", text: "Sign in with it.", ..Notice::default() };
    answer(HttpResponse::Ok(), &notice)
}
