//! `POST /admin/users/{id}/role`: gives a person another role.

use actix_web::{HttpResponse, web::Data};
use doorward_application::admin::{NewRole, UpdateUserCommand};
use doorward_domain::{Role, UserId, profile::ProfileSeed, user::User};
use serde::Deserialize;

use super::{
    super::{company_field, company_of, role_cards},
    path,
    view::{Refused, refused},
};
use crate::{
    edge::Edge,
    extract::{Form as Posted, PathId, SignedIn},
    pages::{Done, Form, Shell, done, home},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct RoleForm {
    role: String,
    /// That of somebody who was no employer before.
    company: String,
}

impl RoleForm {
    /// What there is.
    pub(super) fn of(user: &User) -> Self {
        Self { role: user.role.as_str().to_owned(), company: String::new() }
    }

    /// The form for this person, with these in it.
    pub(super) fn form<'a>(&self, shell: &'a Shell, user: &User) -> Form<'a> {
        let company = company_field(shell, self.company.clone()).optional().hinted(&*shell.t.people.company_hint);
        // Whoever is an employer has one.
        let company = (user.role != Role::Employer).then_some(company);
        Form {
            id: "role",
            fields: [role_cards(shell, self.role.clone())].into_iter().chain(company).collect(),
            ..Form::new(shell, format!("{}/role", path(user.id)), &shell.t.people.change_role)
        }
    }
}

/// Changes it.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
    Posted(form): Posted<RoleForm>,
) -> Result<HttpResponse, Problem> {
    let id = UserId::new(id);
    let company = company_of(&form.role, &form.company);
    let profile = ProfileSeed { company, phone_number: None };
    let role = NewRole { name: form.role.clone(), profile };
    let command = UpdateUserCommand { role: Some(role), ..UpdateUserCommand::default() };
    match edge.app.admin.update_user.execute(&actor, id, command).await.map_err(Problem::from) {
        // Who is no administrator any more begins elsewhere.
        Ok((user, _)) if id == actor.user.id => Ok(done(&edge, Done::UserSaved, home::path(user.role))),
        Ok(_) => Ok(done(&edge, Done::UserSaved, &path(id))),
        Err(problem) => Err(refused(&edge, shell, &actor, id, problem, Refused::Role(&form)).await),
    }
}
