//! `/admin/invitations`: who is invited, and by whom more are.

use std::borrow::Cow;

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::{Actor, admin::InviteCommand, page::PageRequest};
use doorward_domain::{
    InvitationId, Role,
    invitation::{Invitation, InvitationState},
};
use serde::Deserialize;

use super::{company_field, company_of, role_cards};
use crate::{
    edge::Edge,
    extract::{Form as Posted, PathId, SignedIn, ValidQuery},
    pages::{Done, Field, Form, Shell, answer, done, when::When},
    problem::Problem,
};

const PATH: &str = "/admin/invitations";

/// Which page is wanted.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Place {
    cursor: Option<String>,
}

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct InviteForm {
    email: String,
    role: String,
    company: String,
    /// The language of the mail.
    locale: String,
}

#[derive(Template)]
#[template(path = "admin/invitations.html")]
struct InvitationsPage<'a> {
    shell: &'a Shell,
    form: Form<'a>,
    invitations: Vec<(Invitation, InvitationState)>,
    cursor: Option<String>,
    /// The cursor of the page that follows.
    next: Option<String>,
}

impl InviteForm {
    fn blank(shell: &Shell) -> Self {
        let role = Role::Candidate.as_str().to_owned();
        Self { role, locale: shell.t.tag().to_owned(), ..Self::default() }
    }

    fn form<'a>(&self, shell: &'a Shell) -> Form<'a> {
        let (t, fields) = (&shell.t.invitations, &shell.t.fields);
        let typed = |text: &str| Cow::<'a, str>::Owned(text.to_owned());
        let languages = shell.languages().map(|(tag, name)| (tag.into(), name.into()));
        Form {
            id: "invite",
            fields: vec![
                Field::email("email", &fields.email, typed(&self.email)),
                role_cards(shell, typed(&self.role)),
                company_field(shell, typed(&self.company)).optional().hinted(&*t.company_hint),
                Field::list("locale", &fields.language, languages.collect(), typed(&self.locale)),
            ],
            ..Form::new(shell, PATH, &t.button)
        }
        .about_another()
    }
}

impl<'a> InvitationsPage<'a> {
    async fn new(
        edge: &Edge,
        shell: &'a Shell,
        actor: &Actor,
        typed: &InviteForm,
        cursor: Option<String>,
    ) -> Result<Self, Problem> {
        let request = PageRequest { cursor: cursor.clone(), limit: None };
        let found = edge.app.admin.list_invitations.execute(actor, request).await?;
        Ok(Self { shell, form: typed.form(shell), invitations: found.items, cursor, next: found.next })
    }

    /// What an invitation is, and how that is meant.
    fn state(&self, state: InvitationState) -> (&str, &'static str) {
        let t = &self.shell.t.invitations;
        match state {
            InvitationState::Open => (&t.open, "warn"),
            InvitationState::Accepted => (&t.accepted, "good"),
            InvitationState::Withdrawn => (&t.withdrawn, "quiet"),
            InvitationState::Expired => (&t.expired, "quiet"),
        }
    }
}

/// Lists invitations, and asks who else is invited.
pub(crate) async fn show(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    ValidQuery(place): ValidQuery<Place>,
) -> Result<HttpResponse, Problem> {
    let page = InvitationsPage::new(&edge, &shell, &actor, &InviteForm::blank(&shell), place.cursor).await?;
    answer(&page)
}

/// Invites someone.
pub(crate) async fn invite(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(form): Posted<InviteForm>,
) -> Result<HttpResponse, Problem> {
    let command = InviteCommand {
        email: form.email.clone(),
        role: form.role.clone(),
        company: company_of(&form.role, &form.company),
        locale: Some(form.locale.clone()),
    };
    match edge.app.admin.invite.execute(&actor, command).await.map_err(Problem::from) {
        Ok(_) => Ok(done(&edge, Done::Invited, PATH)),
        Err(problem) => {
            let mut page = InvitationsPage::new(&edge, &shell, &actor, &form, None).await?;
            page.form.refuse(&problem);
            Err(problem.shown_as(&page))
        }
    }
}

/// Takes an invitation back.
pub(crate) async fn withdraw(
    edge: Data<Edge>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    edge.app.admin.withdraw_invitation.execute(&actor, InvitationId::new(id)).await?;
    Ok(done(&edge, Done::InvitationWithdrawn, PATH))
}
