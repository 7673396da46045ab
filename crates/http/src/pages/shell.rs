//! What stands around every page.

use std::{
    convert::Infallible,
    future::{Ready, ready},
    rc::Rc,
    sync::Arc,
};

use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::header::{ACCEPT_LANGUAGE, HeaderMap},
};
use doorward_application::Actor;
use doorward_domain::{Role, user::Locale};

use crate::{
    edge::Edge,
    extract, routes,
    theme::{Done, Texts, Theme},
};

/// What stands around every page: whose it is, in which language it speaks, who looks at it and where.
pub(crate) struct Shell {
    theme: Arc<Theme>,
    /// What the page says.
    pub(crate) t: Arc<Texts>,
    /// Who is signed in, as far as the page wants to know.
    viewer: Option<Rc<Actor>>,
    /// What has been done a moment ago.
    done: Option<Done>,
    /// The page's path and query, to come back to.
    here: String,
}

/// A link of the navigation.
pub(super) struct NavLink<'a> {
    pub(super) path: &'static str,
    pub(super) label: &'a str,
    pub(super) current: bool,
}

impl FromRequest for Shell {
    type Error = Infallible;
    type Future = Ready<Result<Self, Infallible>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self::of(request)))
    }
}

impl Shell {
    /// That of the answer to this request.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let edge = Edge::of(request);
        let (theme, headers) = (Arc::clone(&edge.settings.theme), request.headers());
        let chosen = edge.cookies().language(headers);
        let t = theme.texts(chosen.into_iter().chain(preferred(headers)));
        Self { theme, t, viewer: extract::actor(request), done: edge.cookies().done(headers), here: here(request) }
    }

    /// The same for the page at this path, where a form of it is refused that was sent elsewhere.
    pub(super) fn at(self, path: &str) -> Self {
        Self { here: path.to_owned(), ..self }
    }

    /// The id of whoever is signed in.
    pub(super) fn viewer_id(&self) -> Option<String> {
        self.viewer.as_ref().map(|viewer| viewer.user.id.to_string())
    }

    /// The role of whoever is signed in.
    pub(super) fn role(&self) -> Option<Role> {
        self.viewer.as_ref().map(|viewer| viewer.user.role)
    }

    pub(super) fn name(&self) -> &str {
        &self.theme.name
    }

    pub(super) fn stylesheet(&self) -> String {
        self.theme.stylesheet.path()
    }

    pub(super) fn script(&self) -> String {
        self.theme.script.path()
    }

    pub(super) fn logo(&self) -> String {
        self.theme.logo.path()
    }

    pub(super) fn here(&self) -> &str {
        &self.here
    }

    pub(super) fn toast(&self) -> Option<&str> {
        self.done.map(|done| &**done.text(&self.t))
    }

    pub(super) fn signed_out(&self) -> bool {
        self.done.is_some() && self.viewer.is_none()
    }

    pub(super) fn nav(&self) -> Vec<NavLink<'_>> {
        let t = &self.t.shell;
        let Some(viewer) = &self.viewer else { return Vec::new() };
        let mut links = match viewer.user.role {
            Role::Candidate => vec![("/my-assessments", &*t.home)],
            Role::Employer => vec![("/dashboard", &*t.home)],
            Role::Admin => vec![
                ("/admin", &*t.overview),
                ("/admin/users", &*t.people),
                ("/admin/invitations", &*t.invitations),
                ("/admin/keys", &*t.keys),
                ("/admin/audit-events", &*t.audit_log),
            ],
        };
        links.push(("/account", &*t.account));
        let path = self.here.split('?').next().unwrap_or_default();
        let inside = |link: &str| link != "/admin" && path.strip_prefix(link).is_some_and(|rest| rest.starts_with('/'));
        links
            .into_iter()
            .map(|(link, label)| NavLink { path: link, label, current: path == link || inside(link) })
            .collect()
    }

    /// Every language that there are texts in: its tag, and its own name for itself.
    pub(super) fn languages(&self) -> impl Iterator<Item = (&str, &str)> {
        self.theme.languages.iter().map(|texts| (texts.tag(), &*texts.shell.language_name))
    }

    /// The languages to choose from: all but this page's.
    pub(super) fn other_languages(&self) -> impl Iterator<Item = &Arc<Texts>> {
        self.theme.languages.iter().filter(|texts| texts.tag() != self.t.tag())
    }
}

/// What the browser asks for, as it ranks it: browsers write what they want most first.
fn preferred(headers: &HeaderMap) -> Vec<&str> {
    let header = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let tags = header.split(',').filter_map(|range| range.split(';').next()).map(str::trim);
    tags.filter(|tag| Locale::parse(tag).is_ok())
        .flat_map(|tag| [tag, tag.split('-').next().unwrap_or_default()])
        .collect()
}

/// The page that the person is at, which is none if it was made of a form that was sent elsewhere.
fn here(request: &HttpRequest) -> String {
    if !request.match_pattern().is_some_and(|path| routes::can_be_opened(&path)) {
        return "/".to_owned();
    }
    let target =
        if request.method().is_safe() { request.uri().path_and_query().map(ToString::to_string) } else { None };
    target.unwrap_or_else(|| request.path().to_owned())
}
