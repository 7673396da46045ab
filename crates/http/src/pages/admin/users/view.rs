//! `GET /admin/users/{id}`: a person.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::{Actor, admin::AuditQuery, page::PageRequest};
use doorward_domain::{UserId, audit::AuditEvent, profile::Profile, session::Session, user::User};

use super::{super::audit_events::Entry, LIST, badges, path, role::RoleForm};
use crate::{
    edge::Edge,
    extract::{PathId, SignedIn},
    pages::{Form, Shell, answer, profile_form::ProfileFields, when::When},
    problem::{Code, Problem},
};

/// How much of the audit log is shown.
const LATEST: u32 = 20;

/// What there is to know about a person.
struct Person {
    user: User,
    profile: Profile,
    sessions: Vec<Session>,
    events: Vec<AuditEvent>,
}

/// What was refused of what a person's page posts.
pub(super) enum Refused<'a> {
    /// The form of names and profile.
    Profile(&'a ProfileFields),
    /// The form of the role.
    Role(&'a RoleForm),
    /// A button.
    Act,
}

#[derive(Template)]
#[template(path = "admin/user.html")]
struct PersonPage<'a> {
    shell: &'a Shell,
    person: &'a Person,
    /// Whether it is the administrator who looks.
    own: bool,
    profile: Form<'a>,
    role: Form<'a>,
    /// What was refused of what its buttons do.
    alert: Option<&'a str>,
}

impl Person {
    async fn find(edge: &Edge, actor: &Actor, id: UserId) -> Result<Self, Problem> {
        let admin = &edge.app.admin;
        let (user, profile) = admin.find_user.execute(actor, id).await?;
        let sessions = admin.user_sessions.list(actor, id).await?;
        let page = PageRequest { cursor: None, limit: Some(LATEST) };
        let query = AuditQuery { user: Some(id), kind: None, page };
        let events = admin.list_audit_events.execute(actor, query).await?.items;
        Ok(Self { user, profile, sessions, events })
    }

    fn page<'a>(&'a self, shell: &'a Shell, actor: &Actor) -> PersonPage<'a> {
        let Self { user, profile, .. } = self;
        PersonPage {
            shell,
            person: self,
            own: user.id == actor.user.id,
            profile: ProfileFields::of(user, profile).form(shell, path(user.id), user.role).about_another(),
            role: RoleForm::of(user).form(shell, user),
            alert: None,
        }
    }
}

impl PersonPage<'_> {
    /// Whether something was refused.
    fn refused(&self) -> bool {
        self.alert.is_some() || !self.profile.alerts.is_empty() || !self.role.alerts.is_empty()
    }

    fn entries(&self) -> impl Iterator<Item = Entry<'_>> {
        self.person.events.iter().map(|event| Entry::new(self.shell, event.clone()))
    }

    /// The language of the person's mails, by its own name where there are texts in it.
    fn language(&self) -> &str {
        let locale = &self.person.user.locale;
        let known = self.shell.languages().find(|(tag, _)| *tag == locale.as_str());
        known.map_or(locale.as_str(), |(_, name)| name)
    }
}

/// Shows a person.
pub(crate) async fn show(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    PathId(id): PathId,
) -> Result<HttpResponse, Problem> {
    let person = Person::find(&edge, &actor, UserId::new(id)).await?;
    answer(&person.page(&shell, &actor))
}

/// The problem as the person's page, which says what was refused and keeps what was typed.
///
/// Only where it was the administrator's words that were refused: to one who may act no more, nobody is shown.
pub(super) async fn refused(
    edge: &Edge,
    shell: Shell,
    actor: &Actor,
    id: UserId,
    problem: Problem,
    refused: Refused<'_>,
) -> Problem {
    if !matches!(problem.code(), Code::ValidationFailed | Code::UsernameTaken | Code::LastAdmin) {
        return problem;
    }
    let person = match Person::find(edge, actor, id).await {
        Ok(person) => person,
        Err(problem) => return problem,
    };
    let shell = shell.at(&path(id));
    let mut page = person.page(&shell, actor);
    match refused {
        Refused::Profile(typed) => {
            // A form that was made for another role has no words for the fields of this one: those stay as they are.
            if problem.fields().iter().all(|field| field.code != "unknown_field") {
                page.profile = typed.form(&shell, path(id), person.user.role).about_another();
            }
            page.profile.refuse(&problem);
        }
        Refused::Role(typed) => {
            page.role = typed.form(&shell, &person.user);
            page.role.refuse(&problem);
        }
        Refused::Act => page.alert = Some(shell.t.problem(problem.code())),
    }
    problem.shown_as(&page)
}
