//! `/admin/audit-events`: the audit log, and its newest entries for a page that follows it.

use std::borrow::Cow;

use actix_web::{HttpResponse, web::Data};
use askama::{Template, filters::HtmlSafe};
use doorward_application::{
    Actor, FieldErrors,
    admin::AuditQuery,
    page::{Page, PageRequest},
};
use doorward_domain::{
    Rejection, Role, UserId,
    audit::{AuditEvent, AuditKind},
};
use serde::Deserialize;
use uuid::Uuid;

use super::keys;
use crate::{
    edge::Edge,
    extract::{SignedIn, ValidQuery},
    pages::{Field, Form, Shell, answer, dress, link, render, when::When},
    problem::{Code, Problem},
    theme::Texts,
};

const PATH: &str = "/admin/audit-events";
const LATEST: &str = "/admin/audit-events/latest";

/// Which entries are wanted.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct Filter {
    /// The id of a user, as it was typed.
    user: Option<String>,
    r#type: Option<String>,
    cursor: Option<String>,
}

/// An entry of the log, as an item of a list.
#[derive(Template)]
#[template(path = "parts/audit_entry.html")]
pub(super) struct Entry<'a> {
    t: &'a Texts,
    event: AuditEvent,
}

impl HtmlSafe for Entry<'_> {}

/// A word about an entry, and the user whom it leads to.
struct Fact<'a> {
    text: Cow<'a, str>,
    user: Option<UserId>,
}

#[derive(Template)]
#[template(path = "admin/audit_events.html")]
struct LogPage<'a> {
    shell: &'a Shell,
    filter: &'a Filter,
    filters: Form<'a>,
    entries: Vec<Entry<'a>>,
    /// The cursor of the page that follows.
    next: Option<String>,
}

impl Filter {
    fn query(&self) -> Result<AuditQuery, Problem> {
        const EXPECTED: Rejection = Rejection::Malformed { expected: "an id" };
        let mut errors = FieldErrors::default();
        let user =
            errors.keep_optional("user", self.user.as_deref(), |id| Uuid::parse_str(id.trim()).map_err(|_| EXPECTED));
        let user = user.ok_or(errors)?.map(UserId::new);
        let page = PageRequest { cursor: self.cursor.clone(), limit: None };
        Ok(AuditQuery { user, kind: self.r#type.clone(), page })
    }

    /// This path with the same filters.
    fn link(&self, path: &str, cursor: Option<&str>) -> String {
        link(path, &[("type", self.r#type.as_deref()), ("user", self.user.as_deref()), ("cursor", cursor)])
    }

    fn form<'a>(&'a self, shell: &'a Shell) -> Form<'a> {
        let t = &shell.t.audit;
        let given = |value: &'a Option<String>| value.as_deref().unwrap_or_default();
        let kinds = AuditKind::ALL.map(|kind| (kind.as_str().into(), shell.t.audit_kind(kind).into()));
        let anything = ("".into(), (&*t.anything).into());
        Form {
            filters: true,
            fields: vec![
                Field::list("type", &t.what, [anything].into_iter().chain(kinds).collect(), given(&self.r#type)),
                Field::text("user", &t.whose, "off", given(&self.user)).optional(),
            ],
            ..Form::new(shell, PATH, &t.show)
        }
    }
}

impl<'a> Entry<'a> {
    pub(super) fn new(shell: &'a Shell, event: AuditEvent) -> Self {
        Self { t: &shell.t, event }
    }

    /// The end of an id, where ids differ most.
    fn short(id: &UserId) -> String {
        id.uuid().simple().to_string().split_off(24)
    }

    /// The id of the signing key that it happened to.
    fn key(&self) -> Option<&str> {
        match self.event.kind {
            AuditKind::KeyRotated | AuditKind::KeyRevoked => self.event.detail.as_deref(),
            _ => None,
        }
    }

    /// A word more, and how it is meant.
    fn detail(&self) -> Option<(&str, &'static str)> {
        let (t, word) = (self.t, self.event.detail.as_deref().filter(|_| self.key().is_none())?);
        if let Ok(role) = Role::parse(word) {
            return Some((t.role(role), "quiet"));
        }
        if let Some(&code) = Code::ALL.iter().find(|code| code.as_str() == word) {
            return Some((t.problem_title(code), "bad"));
        }
        let text = match word {
            "imported" => &*t.audit.imported,
            "asked_for" => &*t.audit.asked_for,
            "never_proven" => &*t.audit.never_proven,
            "address_of_another" => &*t.audit.address_of_another,
            other => other,
        };
        Some((text, "quiet"))
    }

    /// Whom it happened to, who did it, and from where and what.
    fn facts(&self) -> Vec<Fact<'_>> {
        let (t, event) = (&self.t.audit, &self.event);
        let fact = |text: &'a str, user| Fact { text: Cow::Borrowed(text), user };
        // Of what people do themselves it is enough to say who.
        let about = event.user_id.filter(|user| event.actor_id != Some(*user)).map(|user| fact(&t.about, Some(user)));
        let by = event.actor_id.map(|actor| fact(&t.by, Some(actor)));
        let device = &event.device;
        let address = device.ip_address.map(|address| address.to_string());
        let client = device.user_agent.as_ref().map(|_| self.t.device(device));
        let from = address.into_iter().chain(client).map(|text| Fact { text: text.into(), user: None });
        about.into_iter().chain(by).chain(from).collect()
    }
}

impl<'a> LogPage<'a> {
    fn new(shell: &'a Shell, filter: &'a Filter, found: Page<AuditEvent>) -> Self {
        let entries = found.items.into_iter().map(|event| Entry::new(shell, event)).collect();
        Self { shell, filter, filters: filter.form(shell), entries, next: found.next }
    }

    /// Where the newest entries are, for the page that shows them. An older page stays as it is.
    fn tail(&self) -> Option<String> {
        (self.filter.cursor.is_none() && self.filters.alerts.is_empty()).then(|| self.filter.link(LATEST, None))
    }

    fn is_filtered(&self) -> bool {
        self.filter.user.is_some() || self.filter.r#type.is_some()
    }
}

async fn list(edge: &Edge, actor: &Actor, filter: &Filter) -> Result<Page<AuditEvent>, Problem> {
    Ok(edge.app.admin.list_audit_events.execute(actor, filter.query()?).await?)
}

/// Shows the log, the latest entry first; what cannot be asked for is said above the filters.
pub(crate) async fn show(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<HttpResponse, Problem> {
    match list(&edge, &actor, &filter).await {
        Ok(found) => answer(&LogPage::new(&shell, &filter, found)),
        Err(problem) if problem.code() == Code::ValidationFailed => {
            let mut page = LogPage::new(&shell, &filter, Page { items: Vec::new(), next: None });
            page.filters.refuse(&problem);
            Err(problem.shown_as(&page))
        }
        Err(problem) => Err(problem),
    }
}

/// The newest entries alone, for a page that has the others already.
pub(crate) async fn latest(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    ValidQuery(filter): ValidQuery<Filter>,
) -> Result<HttpResponse, Problem> {
    let found = list(&edge, &actor, &filter).await?;
    let entries = found.items.into_iter().map(|event| render(&Entry::new(&shell, event)));
    let mut response = HttpResponse::Ok().body(entries.collect::<Result<String, _>>()?);
    dress(response.headers_mut());
    Ok(response)
}
