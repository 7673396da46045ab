//! Pages that say something.

use askama::Template;

use super::Shell;
use crate::problem::{Code, Problem};

/// A page that says something, and has nothing to fill in.
#[derive(Template)]
#[template(path = "notice.html")]
pub(super) struct Notice<'a> {
    pub(super) shell: &'a Shell,
    pub(super) title: &'a str,
    pub(super) text: &'a str,
    /// Where to go on: a path, and what the link is called.
    pub(super) link: Option<(&'a str, &'a str)>,
    /// The request's name, to quote to whoever runs the service.
    pub(super) request_id: Option<&'a str>,
}

impl<'a> Notice<'a> {
    /// Says this, and where to go on: a path, and what the link is called.
    pub(super) fn new(shell: &'a Shell, title: &'a str, text: &'a str, link: (&'a str, &'a str)) -> Self {
        Self { shell, title, text, link: Some(link), request_id: None }
    }

    /// Says what went wrong.
    pub(super) fn of(shell: &'a Shell, problem: &Problem, request_id: &'a str) -> Self {
        let t = &shell.t;
        let link = match problem.code() {
            Code::SessionEnded => ("/login", &*t.shell.sign_in),
            _ => ("/", &*t.shell.go_home),
        };
        Self {
            shell,
            title: t.problem_title(problem.code()),
            text: t.problem(problem.code()),
            link: Some(link),
            request_id: Some(request_id),
        }
    }
}

/// A page that asks for another by itself.
#[derive(Template)]
#[template(path = "come_again.html")]
pub(super) struct ComeAgain<'a> {
    pub(super) shell: &'a Shell,
    pub(super) target: &'a str,
}
