//! `/reset-password`: chooses a new password.

use actix_web::{HttpResponse, web::Data};
use doorward_domain::Secret;
use serde::Deserialize;

use super::{Done, Field, Form, FormPage, Notice, Shell, answer, done, link};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted, LinkToken},
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

fn page<'a>(edge: &Edge, shell: &'a Shell, token: &'a str) -> FormPage<'a> {
    let t = &shell.t.reset_password;
    let min_length = edge.app.terms.min_password_length;
    let form = Form {
        hidden: vec![("token", token)],
        fields: vec![Field::new_password("password", &shell.t.fields.new_password, min_length, &shell.t).focused()],
        ..Form::new(shell, "/reset-password", &t.button)
    };
    FormPage { shell, title: &t.title, lead: &t.lead, form, aside: Vec::new() }
}

/// Says what can be done about a link that is worth nothing.
fn link_is_over(shell: &Shell, problem: Problem) -> Problem {
    let (t, code) = (&shell.t, problem.code());
    let again = ("/forgot-password", &*t.reset_password.again);
    problem.shown_as(&Notice::new(shell, t.problem_title(code), t.problem(code), again))
}

/// Asks for the password.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, LinkToken(token): LinkToken) -> Result<HttpResponse, Problem> {
    let token = token.ok_or_else(|| link_is_over(&shell, Code::InvalidToken.into()))?;
    answer(&page(&edge, &shell, &token))
}

/// Chooses it.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    client: Client,
    Posted(form): Posted<ResetPasswordForm>,
) -> Result<HttpResponse, Problem> {
    let shell = shell.at(&link("/reset-password", &[("token", Some(&form.token))]));
    let password = Secret::new(form.password);
    let reset = edge.app.account.reset_password.execute(&form.token, &password, client.device).await;
    reset.map_err(|error| match Problem::from(error) {
        over if over.code() == Code::InvalidToken => link_is_over(&shell, over),
        problem => page(&edge, &shell, &form.token).refused(problem),
    })?;
    Ok(done(&edge, Done::PasswordReset, "/login"))
}
