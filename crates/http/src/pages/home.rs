//! The page that each role begins at: a greeting, and the profile.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::Actor;
use doorward_domain::Role;

use super::{Done, Form, Shell, admin::overview::OverviewPage, answer, done, go_on, profile_form::ProfileFields};
use crate::{
    edge::Edge,
    extract::{Form as Posted, SignedIn},
    problem::Problem,
};

/// Where a role begins.
pub(crate) const fn path(role: Role) -> &'static str {
    match role {
        Role::Candidate => "/my-assessments",
        Role::Employer => "/dashboard",
        Role::Admin => "/admin",
    }
}

#[derive(Template)]
#[template(path = "home.html")]
struct HomePage<'a> {
    shell: &'a Shell,
    actor: &'a Actor,
    form: Form<'a>,
}

impl<'a> HomePage<'a> {
    fn new(shell: &'a Shell, actor: &'a Actor) -> Self {
        let fields = ProfileFields::of(&actor.user, &actor.profile);
        Self { shell, actor, form: form(&fields, shell, actor.user.role) }
    }

    fn lead(&self) -> &str {
        let t = &self.shell.t.home;
        match self.actor.user.role {
            Role::Candidate => &t.candidate_lead,
            Role::Employer => &t.employer_lead,
            Role::Admin => &t.admin_lead,
        }
    }
}

/// `/`: to the home of the role.
pub(crate) async fn show(SignedIn(actor): SignedIn) -> HttpResponse {
    go_on(path(actor.user.role)).finish()
}

/// `/my-assessments`: the home of candidates.
pub(crate) async fn candidate(shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    of_role(Role::Candidate, &shell, &actor)
}

/// `/dashboard`: the home of employers.
pub(crate) async fn employer(shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    of_role(Role::Employer, &shell, &actor)
}

/// The home of a role; whoever has another goes to their own.
fn of_role(role: Role, shell: &Shell, actor: &Actor) -> Result<HttpResponse, Problem> {
    if actor.user.role != role {
        return Ok(go_on(path(actor.user.role)).finish());
    }
    answer(&HomePage::new(shell, actor))
}

/// The form of names and profile on the home of a role.
pub(super) fn form<'a>(fields: &ProfileFields, shell: &'a Shell, role: Role) -> Form<'a> {
    fields.form(shell, "/profile", role)
}

/// `/profile`: changes names and profile.
pub(crate) async fn change(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(fields): Posted<ProfileFields>,
) -> Result<HttpResponse, Problem> {
    let home = path(actor.user.role);
    match fields.save(&edge, &actor).await {
        Ok(()) => Ok(done(&edge, Done::Saved, home)),
        Err(problem) => {
            let shell = shell.at(home);
            let mut form = form(&fields, &shell, actor.user.role);
            form.refuse(&problem);
            Err(if actor.user.role == Role::Admin {
                problem.shown_as(&OverviewPage::around(form, &edge, &shell, &actor).await?)
            } else {
                problem.shown_as(&HomePage { shell: &shell, actor: &actor, form })
            })
        }
    }
}
