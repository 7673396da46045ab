//! `/register`: signs up, with an invitation or without.

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::{RegisterCommand, Registered};
use doorward_domain::{Role, Secret, profile::ProfileSeed};
use serde::Deserialize;

use super::{Field, Form, FormPage, Notice, Shell, answer, go_on, home, link};
use crate::{
    edge::Edge,
    extract::{Client, Form as Posted, LinkToken},
    problem::{Code, Problem},
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RegisterForm {
    /// That of an invitation; it stands for a role.
    token: Option<String>,
    role: String,
    first_name: String,
    last_name: String,
    email: String,
    password: String,
    company: String,
}

fn page<'a>(edge: &Edge, shell: &'a Shell, typed: &'a RegisterForm) -> FormPage<'a> {
    let (t, fields, terms) = (&shell.t.register, &shell.t.fields, &edge.app.terms);
    let company = Field::text("company", &fields.company, "organization", &*typed.company);
    let (mut hidden, mut choice) = (Vec::new(), None);
    let company = match (&typed.token, &terms.roles[..]) {
        // Only the invitation knows its role.
        (Some(token), _) => {
            hidden.push(("token", &**token));
            Some(company.optional().hinted(&*t.company_hint))
        }
        (None, [only]) => {
            hidden.push(("role", only.as_str()));
            Some(company).filter(|_| *only == Role::Employer)
        }
        (None, several) => {
            let role = if typed.role.is_empty() { Role::Candidate.as_str() } else { &typed.role };
            choice = Some(Field::cards("role", &t.role_question, roles(edge, shell), role));
            let employer = Role::Employer;
            Some(company.for_role(employer.as_str())).filter(|_| several.contains(&employer))
        }
    };
    let names = [
        Field::text("firstName", &fields.first_name, "given-name", &*typed.first_name).half(),
        Field::text("lastName", &fields.last_name, "family-name", &*typed.last_name).half(),
    ];
    let credential = [
        Field::email("email", &fields.email, &*typed.email),
        Field::new_password("password", &fields.password, terms.min_password_length, &shell.t),
    ];
    let form = Form {
        hidden,
        fields: choice.into_iter().chain(names).chain(company).chain(credential).collect(),
        ..Form::new(shell, "/register", &t.button)
    };
    let lead = if typed.token.is_some() { &t.invited } else { &t.lead };
    let aside = vec![(&*t.have_account, "/login".into(), &*shell.t.shell.sign_in)];
    FormPage { shell, title: &t.title, lead, form, aside }
}

fn roles<'a>(edge: &Edge, shell: &'a Shell) -> Vec<(&'static str, &'a str, &'a str)> {
    let offered = &shell.t.roles_offered;
    let meaning = |role| match role {
        Role::Candidate => &offered.candidate,
        Role::Employer => &offered.employer,
        Role::Admin => &offered.other,
    };
    edge.app.terms.roles.iter().map(|&role| (role.as_str(), shell.t.role(role), &**meaning(role))).collect()
}

/// Asks who signs up; whoever is signed in goes on.
pub(crate) async fn show(edge: Data<Edge>, shell: Shell, LinkToken(token): LinkToken) -> Result<HttpResponse, Problem> {
    if let (Some(role), None) = (shell.role(), &token) {
        return Ok(go_on(home::path(role)).finish());
    }
    if token.is_none() && !edge.app.terms.sign_up {
        return Err(Code::RegistrationClosed.into());
    }
    answer(&page(&edge, &shell, &RegisterForm { token, ..RegisterForm::default() }))
}

/// Signs up, and in until the browser is closed.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    client: Client,
    Posted(mut form): Posted<RegisterForm>,
) -> Result<HttpResponse, Problem> {
    let typed = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    form.token = form.token.filter(|token| !token.is_empty());
    let shell = shell.at(&link("/register", &[("token", form.token.as_deref())]));
    // The field is hidden for the other roles, and may have been filled in before one was chosen.
    let names_company = form.token.is_some() || form.role == Role::Employer.as_str();
    let command = RegisterCommand {
        email: form.email.clone(),
        password: Secret::new(std::mem::take(&mut form.password)),
        first_name: form.first_name.clone(),
        last_name: form.last_name.clone(),
        username: None,
        locale: client.locale.map(|locale| locale.as_str().to_owned()),
        role: typed(&form.role),
        profile: ProfileSeed { company: typed(&form.company).filter(|_| names_company), phone_number: None },
        invitation: form.token.as_deref().map(Secret::from),
        remembered: false,
        device: client.device,
        presented: client.presented,
    };
    let registered = edge.app.auth.register.execute(command).await;
    match registered.map_err(|error| page(&edge, &shell, &form).refused(error.into()))? {
        Registered::SignedIn(signed_in) => {
            Ok(super::signed_in(&edge, &signed_in, home::path(signed_in.user.role)).finish())
        }
        Registered::Unverified { .. } | Registered::Accepted => {
            let t = &shell.t.register;
            let on = ("/login", &*shell.t.shell.sign_in);
            answer(&Notice::new(&shell, &t.check_mail_title, &t.check_mail, on))
        }
    }
}
