//! `/login`: signs in.

use std::borrow::Cow;

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::LogInCommand;
use doorward_domain::Secret;
use serde::Deserialize;

use super::{Field, Form, FormPage, Shell, answer, go_on, home, link};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted, ReturnTo},
    problem::{Code, Problem},
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct LogInForm {
    /// The address, or the username.
    email: String,
    password: String,
    remember_me: Option<String>,
    return_to: String,
}

/// The page that leads on to this place.
pub(crate) fn path_to(place: &str) -> String {
    link("/login", &[("returnTo", Some(place).filter(|place| *place != "/"))])
}

fn page<'a>(edge: &Edge, shell: &'a Shell, typed: &'a LogInForm) -> FormPage<'a> {
    let (t, fields) = (&shell.t.log_in, &shell.t.fields);
    let form = Form {
        hidden: (!typed.return_to.is_empty()).then_some(("returnTo", &*typed.return_to)).into_iter().collect(),
        fields: vec![
            Field::text("email", &fields.email_or_username, "username", &*typed.email).focused(),
            Field::password("password", &fields.password),
            Field::check("rememberMe", &fields.remember_me, typed.remember_me.is_some()),
        ],
        ..Form::new(shell, "/login", &t.button)
    };
    let mut aside: Vec<(&str, Cow<'_, str>, &str)> = vec![("", "/forgot-password".into(), &t.forgotten)];
    if edge.app.terms.sign_up {
        aside.push((&t.new_here, "/register".into(), &shell.t.shell.sign_up));
    }
    FormPage { shell, title: &t.title, lead: &t.lead, form, aside }
}

/// Asks who is there; whoever is signed in goes on.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, ReturnTo(place): ReturnTo) -> Result<HttpResponse, Problem> {
    if let Some(role) = shell.role() {
        return Ok(go_on(place.as_deref().unwrap_or(home::path(role))).finish());
    }
    let remember_me = Some(String::new());
    let form = LogInForm { return_to: place.unwrap_or_default(), remember_me, ..LogInForm::default() };
    answer(&page(&edge, &shell, &form))
}

/// Signs in, and goes on to where the person wanted to be, or to the home of the role.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    client: Client,
    Posted(mut form): Posted<LogInForm>,
) -> Result<HttpResponse, Problem> {
    let place = ReturnTo::parse(&form.return_to).0;
    form.return_to = place.clone().unwrap_or_default();
    let command = LogInCommand {
        identifier: form.email.clone(),
        password: Secret::new(std::mem::take(&mut form.password)),
        restore: false,
        remembered: form.remember_me.is_some(),
        device: client.device,
        presented: client.presented,
    };
    let signed_in = edge.app.auth.log_in.execute(command).await.map_err(|error| {
        let (problem, mut page) = (Problem::from(error), page(&edge, &shell, &form));
        let t = &shell.t.log_in;
        match problem.code() {
            Code::EmailNotVerified => page.aside.insert(0, ("", "/resend-verification".into(), &t.resend)),
            Code::DeletionPending => page.aside.insert(0, ("", "/keep-account".into(), &t.keep)),
            _ => {}
        }
        page.refused(problem)
    })?;
    let place = place.as_deref().unwrap_or(home::path(signed_in.user.role));
    Ok(super::signed_in(&edge, &signed_in, place).finish())
}
