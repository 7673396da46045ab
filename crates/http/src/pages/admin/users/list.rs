//! `GET /admin/users`: the list of people, the latest first.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::{
    admin::UserQuery,
    page::{Page, PageRequest},
};
use doorward_domain::{Role, user::User};
use serde::Deserialize;

use super::{LIST, badges, path};
use crate::{
    edge::Edge,
    extract::{SignedIn, ValidQuery, from_text},
    pages::{Field, Form, Shell, answer, link, when::When},
    problem::{Code, Problem},
};

/// Which people are wanted.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct PeopleQuery {
    search: Option<String>,
    role: Option<String>,
    #[serde(deserialize_with = "from_text")]
    active: Option<bool>,
    cursor: Option<String>,
}

#[derive(Template)]
#[template(path = "admin/users.html")]
struct ListPage<'a> {
    shell: &'a Shell,
    filters: Form<'a>,
    users: &'a [User],
    /// Whether it is another page than the first.
    later: bool,
    /// Where this list begins.
    first: String,
    /// Where it goes on.
    next: Option<String>,
}

impl PeopleQuery {
    fn active(&self) -> Option<&'static str> {
        self.active.map(|active| if active { "true" } else { "false" })
    }

    /// The list with these filters, from this place on.
    fn link(&self, cursor: Option<&str>) -> String {
        let parameters = [
            ("search", self.search.as_deref()),
            ("role", self.role.as_deref()),
            ("active", self.active()),
            ("cursor", cursor),
        ];
        link(LIST, &parameters)
    }

    fn filters<'a>(&'a self, shell: &'a Shell) -> Form<'a> {
        let t = &shell.t.people;
        let given = |value: &'a Option<String>| value.as_deref().unwrap_or_default();
        let choices = |choices: &[(&'static str, &'a str)]| {
            [("", &*t.any)].iter().chain(choices).map(|&(value, label)| (value.into(), label.into())).collect()
        };
        let roles = Role::ALL.map(|role| (role.as_str(), shell.t.role(role)));
        Form {
            id: "filter",
            filters: true,
            fields: vec![
                Field::search(&t.search, given(&self.search)),
                Field::list("role", &shell.t.fields.role, choices(&roles), given(&self.role)),
                Field::list(
                    "active",
                    &t.status,
                    choices(&[("true", &t.active), ("false", &t.deactivated)]),
                    self.active().unwrap_or_default(),
                ),
            ],
            ..Form::new(shell, LIST, &t.filter)
        }
    }

    fn page<'a>(&'a self, shell: &'a Shell, page: &'a Page<User>) -> ListPage<'a> {
        ListPage {
            shell,
            filters: self.filters(shell),
            users: &page.items,
            later: self.cursor.is_some(),
            first: self.link(None),
            next: page.next.as_deref().map(|cursor| self.link(Some(cursor))),
        }
    }
}

/// Shows a page of the list; what cannot be asked for is said above the filters.
pub(crate) async fn show(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    query: Result<ValidQuery<PeopleQuery>, Problem>,
) -> Result<HttpResponse, Problem> {
    let (query, unread) = match query {
        Ok(ValidQuery(query)) => (query, None),
        Err(problem) => (PeopleQuery::default(), Some(problem)),
    };
    let wanted = UserQuery {
        search: query.search.clone(),
        role: query.role.clone(),
        active: query.active,
        page: PageRequest { cursor: query.cursor.clone(), limit: None },
    };
    let found = match unread {
        Some(problem) => Err(problem),
        None => edge.app.admin.list_users.execute(&actor, wanted).await.map_err(Problem::from),
    };
    match found {
        Ok(found) => answer(&query.page(&shell, &found)),
        Err(problem) if problem.code() == Code::ValidationFailed => {
            let none = Page { items: Vec::new(), next: None };
            let mut page = query.page(&shell, &none);
            if problem.fields().iter().any(|field| field.field == "cursor") {
                page.filters.alerts.push(shell.t.people.no_page.to_string());
            } else {
                page.filters.refuse(&problem);
            }
            Err(problem.shown_as(&page))
        }
        Err(problem) => Err(problem),
    }
}
