//! `/register`: signs up, with an invitation or without.

use actix_web::{HttpResponse, web::Data};
use doorward_application::auth::{RegisterCommand, Registered};
use doorward_domain::{Secret, profile::ProfileSeed};
use serde::Deserialize;

use super::{Field, FormPage, Notice, answer};
use crate::{
    edge::Edge,
    extract::{Client, Form, LinkToken},
    problem::Problem,
};

const ROLES: &[(&str, &str)] = &[("CANDIDATE", "Candidate"), ("EMPLOYER", "Employer")];

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

fn page(form: &RegisterForm) -> FormPage<'_> {
    let role = form.token.is_none().then(|| Field::choice("role", "Sign up as", ROLES, &form.role));
    let fields = [
        Field::text("firstName", "First name", "given-name", &form.first_name),
        Field::text("lastName", "Last name", "family-name", &form.last_name),
        Field::email(&form.email),
        Field::new_password("Password"),
        Field::text("company", "Company", "organization", &form.company).optional("Employers only."),
    ];
    FormPage {
        title: "Sign up",
        text: if form.token.is_some() {
            "You are invited. Use the address that the invitation was sent to."
        } else {
            "Make an account."
        },
        action: "/register",
        token: form.token.as_deref(),
        fields: role.into_iter().chain(fields).collect(),
        button: "Sign up",
        ..FormPage::default()
    }
}

/// Asks who signs up.
pub(crate) async fn show(LinkToken(token): LinkToken) -> Result<HttpResponse, Problem> {
    answer(HttpResponse::Ok(), &page(&RegisterForm { token, ..RegisterForm::default() }))
}

/// Signs up, and in until the browser is closed.
pub(crate) async fn submit(
    edge: Data<Edge>,
    client: Client,
    Form(mut form): Form<RegisterForm>,
) -> Result<HttpResponse, Problem> {
    let typed = |text: &str| (!text.trim().is_empty()).then(|| text.to_owned());
    form.token = form.token.filter(|token| !token.is_empty());
    let command = RegisterCommand {
        email: form.email.clone(),
        password: Secret::new(std::mem::take(&mut form.password)),
        first_name: form.first_name.clone(),
        last_name: form.last_name.clone(),
        username: None,
        locale: client.locale.map(|locale| locale.as_str().to_owned()),
        role: typed(&form.role),
        profile: ProfileSeed { company: typed(&form.company), phone_number: None },
        invitation: form.token.as_deref().map(Secret::from),
        remembered: false,
        device: client.device,
        presented: client.presented,
    };
    let registered = edge.app.auth.register.execute(command).await;
    let mut response = HttpResponse::Ok();
    let (title, text) = match registered.map_err(|error| page(&form).refused(error.into()))? {
        Registered::SignedIn(signed_in) => {
            edge.cookies().hold(&signed_in.tokens, &mut response);
            ("Welcome", "Your account is made, and you are signed in.")
        }
        Registered::Unverified { .. } | Registered::Accepted => ("Check your mail", "A mail lets you go on."),
    };
    answer(response, &Notice { title, text, ..Notice::default() })
}
