//! Names, profile and the language of mails.

use std::borrow::Cow;

use actix_web::{HttpResponse, web::Data};
use doorward_application::Actor;

use super::{AccountPage, Field, Form, PATH, Shell};
use crate::{
    edge::Edge,
    extract::{Form as Posted, SignedIn},
    pages::{Done, done, profile_form::ProfileFields},
    problem::Problem,
};

/// The form with what there is.
pub(super) fn filled<'a>(shell: &'a Shell, actor: &Actor) -> Form<'a> {
    form(shell, actor, &ProfileFields::of(&actor.user, &actor.profile))
}

fn form<'a>(shell: &'a Shell, actor: &Actor, fields: &ProfileFields) -> Form<'a> {
    let present = actor.user.locale.as_str();
    let known = shell.languages().map(|(tag, name)| (tag.into(), name.into()));
    let mut languages: Vec<(Cow<'a, str>, Cow<'a, str>)> = known.collect();
    // Mails are written in the nearest language that there are texts in, and the tag may be another.
    if languages.iter().all(|(tag, _)| tag != present) {
        languages.push((present.to_owned().into(), present.to_owned().into()));
    }
    let chosen = fields.locale.as_deref().unwrap_or(present).to_owned();
    let mut form = fields.form(shell, "/account/profile#profile", actor.user.role);
    form.fields.push(Field::list("locale", &shell.t.fields.language, languages, chosen));
    form
}

/// Changes names, profile and the language of mails.
pub(crate) async fn submit(
    edge: Data<Edge>,
    shell: Shell,
    SignedIn(actor): SignedIn,
    Posted(fields): Posted<ProfileFields>,
) -> Result<HttpResponse, Problem> {
    let Err(problem) = fields.save(&edge, &actor).await else { return Ok(done(&edge, Done::Saved, PATH)) };
    let shell = shell.at(PATH);
    let tell = |page: &mut AccountPage<'_>, problem: &Problem| {
        page.profile = form(page.shell, &actor, &fields);
        page.profile.refuse(problem);
    };
    Err(AccountPage::refused(&edge, &shell, &actor, problem, tell).await)
}
