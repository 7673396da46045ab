//! `/keep-account`: keeps an account after all that is going to be deleted.

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::LogInCommand;
use doorward_domain::Secret;
use serde::Deserialize;

use super::{Field, FormPage, Notice, answer};
use crate::{
    edge::Edge,
    extract::{Client, Form},
    problem::Problem,
};

/// What the form posts.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct KeepAccountForm {
    #[serde(default)]
    email: String,
    #[serde(default)]
    password: String,
}

fn page(email: &str) -> FormPage<'_> {
    FormPage {
        title: "Keep your account",
        text: "Your account is going to be deleted. Sign in, and it stays.",
        action: "/keep-account",
        fields: vec![Field::email(email), Field::password()],
        button: "Keep my account",
        ..FormPage::default()
    }
}

/// Asks who is there.
pub(crate) async fn show() -> Result<HttpResponse, Problem> {
    answer(HttpResponse::Ok(), &page(""))
}

/// Keeps the account, and signs its owner in until the browser is closed.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(form): Form<KeepAccountForm>,
) -> Result<HttpResponse, Problem> {
    let command = LogInCommand {
        identifier: form.email.clone(),
        password: Secret::new(form.password),
        restore: true,
        remembered: false,
        device: client.device,
        presented: client.presented,
    };
    let signed_in = edge.app.auth.log_in.execute(command).await;
    let signed_in = signed_in.map_err(|error| page(&form.email).refused(error.into()))?;
    let mut response = HttpResponse::Ok();
    edge.cookies().hold(&signed_in.tokens, &mut response);
    answer(response, &Notice { title: "Your account stays", text: "You are signed in.", ..Notice::default() })
}
