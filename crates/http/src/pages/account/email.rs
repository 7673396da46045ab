//! The address.

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
pub(crate) struct EmailForm {
    new_email: String,
    password: String,
}

/// The form with this address in it.
pub(super) fn form(shell: &Shell, new_email: String) -> Form<'_> {
    let t = &shell.t;
    Form {
        id: "email",
        fields: vec![
            Field::email("newEmail", &t.account.new_email, new_email),
            Field::password("password", &t.fields.current_password),
        ],
        ..Form::new(shell, "/account/email#email", &t.account.change_email)
    }
}

/// Begins the change of the address.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(typed): Posted<EmailForm>,
) -> Result<HttpResponse, Problem> {
    let changed = edge.app.account.change_email.execute(&actor, &typed.new_email, &Secret::new(typed.password)).await;
    let Err(error) = changed else { return Ok(done(&edge, Done::AddressChangeSent, PATH)) };
    let shell = shell.at(PATH);
    let problem = naming_password(error.into(), &shell, "password");
    let tell = |page: &mut AccountPage<'_>, problem: &Problem| {
        page.email = form(page.shell, typed.new_email);
        page.email.refuse(problem);
    };
    Err(AccountPage::refused(&edge, &shell, &actor, problem, tell).await)
}
