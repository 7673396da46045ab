//! The end of the account.

use actix_web::{HttpResponse, web::Data};
use doorward_application::account::Deletion;
use doorward_domain::Secret;
use serde::Deserialize;

use super::{AccountPage, Field, Form, PATH, Shell, naming_password};
use crate::{
    edge::Edge,
    extract::{Form as Posted, SignedIn},
    pages::{Done, signed_out, when::in_words},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct DeleteForm {
    password: String,
}

/// The form, empty.
pub(super) fn form(shell: &Shell) -> Form<'_> {
    let t = &shell.t;
    Form {
        id: "delete",
        fields: vec![Field::password("password", &t.fields.current_password)],
        danger: true,
        ..Form::new(shell, "/account/delete#delete", &t.account.delete_button)
    }
}

/// What it means.
pub(super) fn warning(edge: &Edge, shell: &Shell) -> String {
    let (t, grace) = (&shell.t.account, edge.app.terms.deletion_grace);
    if grace.is_zero() {
        t.deleted_at_once.to_string()
    } else {
        t.deleted_later.with("time", in_words(grace, &shell.t))
    }
}

/// Deletes the account, or plans to, and signs out.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(typed): Posted<DeleteForm>,
) -> Result<HttpResponse, Problem> {
    let said = match edge.app.account.delete.execute(&actor, &Secret::new(typed.password)).await {
        Ok(Deletion::Done) => Done::AccountDeleted,
        Ok(Deletion::Due(_)) => Done::DeletionPlanned,
        Err(error) => {
            let shell = shell.at(PATH);
            let problem = naming_password(error.into(), &shell, "password");
            let tell = |page: &mut AccountPage<'_>, problem: &Problem| page.delete.refuse(problem);
            return Err(AccountPage::refused(&edge, &shell, &actor, problem, tell).await);
        }
    };
    Ok(signed_out(&edge, said))
}
