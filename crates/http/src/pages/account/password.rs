//! The password.

use actix_web::{HttpResponse, web::Data};
use doorward_domain::Secret;
use serde::Deserialize;

use super::{AccountPage, Field, Form, PATH, Shell, naming_password};
use crate::{
    edge::Edge,
    extract::{Form as Posted, SignedIn},
    pages::{Done, done},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct PasswordForm {
    current_password: String,
    new_password: String,
}

/// The form, empty.
pub(super) fn form<'a>(edge: &Edge, shell: &'a Shell) -> Form<'a> {
    let t = &shell.t;
    let min_length = edge.app.terms.min_password_length;
    Form {
        id: "password",
        fields: vec![
            Field::password("currentPassword", &t.fields.current_password),
            Field::new_password("newPassword", &t.fields.new_password, min_length, t),
        ],
        ..Form::new(shell, "/account/password#password", &t.account.change_password)
    }
}

/// Changes the password, and ends every other session.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(typed): Posted<PasswordForm>,
) -> Result<HttpResponse, Problem> {
    let (current, new) = (Secret::new(typed.current_password), Secret::new(typed.new_password));
    let changed = edge.app.account.change_password.execute(&actor, &current, &new).await;
    let Err(error) = changed else { return Ok(done(&edge, Done::PasswordChanged, PATH)) };
    let shell = shell.at(PATH);
    let problem = naming_password(error.into(), &shell, "currentPassword");
    let tell = |page: &mut AccountPage<'_>, problem: &Problem| page.password.refuse(problem);
    Err(AccountPage::refused(&edge, &shell, &actor, problem, tell).await)
}
