//! A page that says something.

use askama::Template;

use crate::problem::Problem;

/// A page that says something, and has nothing to fill in.
#[derive(Default, Template)]
#[template(path = "notice.html")]
pub(super) struct Notice<'a> {
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    pub(super) detail: Option<&'a str>,
    /// Where to go on: a path, and what the link is called.
    pub(super) link: Option<(&'a str, &'a str)>,
    /// The request's name, to quote to whoever runs the service.
    pub(super) request_id: Option<&'a str>,
}

impl<'a> Notice<'a> {
    /// Says what went wrong.
    pub(super) fn of(problem: &'a Problem, request_id: &'a str) -> Self {
        let code = problem.code();
        Self {
            title: code.title(),
            text: code.message(),
            detail: problem.detail(),
            link: None,
            request_id: Some(request_id),
        }
    }
}
