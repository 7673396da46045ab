//! `/admin/users/new`: makes an account for someone.

use actix_web::{HttpResponse, web::Data};
use askama::Template;
use doorward_application::admin::CreateUserCommand;
use doorward_domain::profile::ProfileSeed;
use serde::Deserialize;

use super::{
    super::{company_field, company_of, role_cards},
    LIST, path,
};
use crate::{
    edge::Edge,
    extract::{Form as Posted, SignedIn},
    pages::{Done, Field, Form, Shell, answer, done},
    problem::Problem,
};

/// What the form posts.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct NewPerson {
    role: String,
    company: String,
    first_name: String,
    last_name: String,
    email: String,
    username: String,
    phone_number: String,
    locale: String,
}

#[derive(Template)]
#[template(path = "admin/user_new.html")]
struct NewPage<'a> {
    shell: &'a Shell,
    form: Form<'a>,
}

fn page<'a>(shell: &'a Shell, typed: &'a NewPerson) -> NewPage<'a> {
    let (t, fields) = (&shell.t.people, &shell.t.fields);
    let languages = shell.languages().map(|(tag, name)| (tag.into(), name.into())).collect();
    let language = if typed.locale.is_empty() { shell.t.tag() } else { &typed.locale };
    let form = Form {
        fields: vec![
            role_cards(shell, &*typed.role),
            company_field(shell, &*typed.company),
            Field::text("firstName", &fields.first_name, "", &*typed.first_name).half(),
            Field::text("lastName", &fields.last_name, "", &*typed.last_name).half(),
            Field::email("email", &fields.email, &*typed.email),
            Field::text("username", &fields.username, "", &*typed.username).optional().hinted(&*fields.username_hint),
            Field::phone(&fields.phone_number, &*typed.phone_number),
            Field::list("locale", &fields.language, languages, language),
        ],
        ..Form::new(shell, LIST, &t.create)
    };
    NewPage { shell, form: form.about_another() }
}

/// Asks whose account it is to be.
pub(crate) async fn show(shell: Shell) -> Result<HttpResponse, Problem> {
    answer(&page(&shell, &NewPerson::default()))
}

/// Makes it.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(form): Posted<NewPerson>,
) -> Result<HttpResponse, Problem> {
    let typed = |text: &str| Some(text.to_owned()).filter(|text| !text.trim().is_empty());
    let company = company_of(&form.role, &form.company);
    let command = CreateUserCommand {
        email: form.email.clone(),
        first_name: form.first_name.clone(),
        last_name: form.last_name.clone(),
        username: typed(&form.username),
        role: form.role.clone(),
        profile: ProfileSeed { company, phone_number: typed(&form.phone_number) },
        locale: typed(&form.locale),
    };
    match edge.app.admin.create_user.execute(&actor, command).await.map_err(Problem::from) {
        Ok((user, _)) => Ok(done(&edge, Done::UserCreated, &path(user.id))),
        Err(problem) => {
            let mut page = page(&shell, &form);
            page.form.refuse(&problem);
            Err(problem.shown_as(&page))
        }
    }
}
