//! `/keep-account`: keeps an account after all that is going to be deleted.

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::LogInCommand;
use doorward_domain::Secret;
use serde::Deserialize;

use super::{Done, Field, Form, FormPage, Shell, answer, home};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct KeepAccountForm {
    email: String,
    password: String,
}

fn page<'a>(shell: &'a Shell, typed: &'a KeepAccountForm) -> FormPage<'a> {
    let (t, fields) = (&shell.t.keep_account, &shell.t.fields);
    let form = Form {
        fields: vec![
            Field::text("email", &fields.email_or_username, "username", &*typed.email).focused(),
            Field::password("password", &fields.password),
        ],
        ..Form::new(shell, "/keep-account", &t.button)
    };
    FormPage { shell, title: &t.title, lead: &t.lead, form, aside: Vec::new() }
}

/// Asks who is there.
pub(crate) async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    answer(&page(&shell, &KeepAccountForm::default()))
}

/// Keeps the account, and signs its owner in until the browser is closed.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    client: Client,
    Posted(mut form): Posted<KeepAccountForm>,
) -> Result<HttpResponse, Problem> {
    let command = LogInCommand {
        identifier: form.email.clone(),
        password: Secret::new(std::mem::take(&mut form.password)),
        restore: true,
        remembered: false,
        device: client.device,
        presented: client.presented,
    };
    let signed_in = edge.app.auth.log_in.execute(command).await;
    let signed_in = signed_in.map_err(|error| page(&shell, &form).refused(error.into()))?;
    let mut response = super::signed_in(&edge, &signed_in, home::path(signed_in.user.role));
    Ok(response.cookie(edge.cookies().say(Done::AccountKept)).finish())
}
