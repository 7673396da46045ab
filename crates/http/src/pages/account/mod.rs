//! `/account`: all that people see and change of their own account, on one page.
//!
//! Each section posts to a path of its own. What is refused is the whole page once more, in which that section says
//! why; what was typed into the others was not sent.

pub(crate) mod delete;
pub(crate) mod email;
pub(crate) mod export;
pub(crate) mod password;
pub(crate) mod profile;
pub(crate) mod sessions;

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::Actor;

use super::{Field, Form, Shell, answer, when::When};
use crate::{
    edge::Edge,
    extract::SignedIn,
    problem::{Code, FieldProblem, Problem},
};

const PATH: &str = "/account";

#[derive(Template)]
#[template(path = "account.html")]
struct AccountPage<'a> {
    shell: &'a Shell,
    actor: &'a Actor,
    profile: Form<'a>,
    email: Form<'a>,
    password: Form<'a>,
    devices: sessions::Devices,
    delete: Form<'a>,
    /// What is said before the account is deleted.
    warning: String,
}

impl<'a> AccountPage<'a> {
    /// The page as it is opened.
    async fn load(edge: &Edge, shell: &'a Shell, actor: &'a Actor) -> Result<Self, Problem> {
        Ok(Self {
            shell,
            actor,
            profile: profile::filled(shell, actor),
            email: email::form(shell, String::new()),
            password: password::form(edge, shell),
            devices: sessions::load(edge, actor).await?,
            delete: delete::form(shell),
            warning: delete::warning(edge, shell),
        })
    }

    /// The problem as this page, in which one of the sections tells it.
    async fn refused(
        edge: &Edge,
        shell: &'a Shell,
        actor: &'a Actor,
        problem: Problem,
        tell: impl FnOnce(&mut Self, &Problem),
    ) -> Problem {
        if problem.code() == Code::SessionEnded {
            // Whose page it was is no longer known.
            return problem;
        }
        match Self::load(edge, shell, actor).await {
            Ok(mut page) => {
                tell(&mut page, &problem);
                problem.shown_as(&page)
            }
            Err(failed) => failed,
        }
    }

    fn is_refused(&self) -> bool {
        let forms = [&self.profile, &self.email, &self.password, &self.delete];
        forms.iter().any(|form| !form.alerts.is_empty()) || self.devices.alert.is_some()
    }
}

/// Shows the account.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, SignedIn(actor): SignedIn) -> Result<HttpResponse, Problem> {
    answer(&AccountPage::load(&edge, &shell, &actor).await?)
}

/// The problem, which says it beside this field if it is that the password there was wrong.
fn naming_password(problem: Problem, shell: &Shell, field: &'static str) -> Problem {
    if problem.code() != Code::InvalidCredentials {
        return problem;
    }
    let message = shell.t.account.wrong_password.to_string();
    problem.with_fields([FieldProblem { field: field.to_owned(), code: String::new(), message, rejection: None }])
}
