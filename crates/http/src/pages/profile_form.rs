//! The form of names and profile, of the signed-in user or of another.

use std::borrow::Cow;

use doorward_application::{Actor, FieldErrors, account::UpdateAccountCommand, admin::UpdateUserCommand};
use doorward_domain::{
    Role, UserId,
    profile::{Profile, ProfileChange},
    text::{Line, PhoneNumber},
    user::{EmailAddress, PersonName, User, Username},
};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::{Field, Form, Shell};
use crate::{
    api::read_change,
    edge::Edge,
    extract::Patch,
    problem::{FieldProblem, Problem},
};

/// What the form posts: the fields of the role's profile, and names. One that is absent stays as it is.
#[derive(Default, Deserialize)]
#[serde(default, rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ProfileFields {
    first_name: Option<String>,
    last_name: Option<String>,
    username: Option<String>,
    phone_number: Option<String>,
    location: Option<String>,
    title: Option<String>,
    /// One a line.
    skills: Option<String>,
    company_name: Option<String>,
    company_email: Option<String>,
    company_location: Option<String>,
    industry: Option<String>,
    /// The language of mails, where the form asks for it.
    pub(super) locale: Option<String>,
}

impl ProfileFields {
    /// What there is.
    pub(super) fn of(user: &User, profile: &Profile) -> Self {
        let text = |text: Option<&str>| Some(text.unwrap_or_default().to_owned());
        let line = |line: &Option<Line>| text(line.as_ref().map(Line::as_str));
        let phone = |number: &Option<PhoneNumber>| text(number.as_ref().map(PhoneNumber::as_str));
        let names = Self {
            first_name: text(Some(user.name.first().as_str())),
            last_name: text(Some(user.name.last().as_str())),
            username: text(user.username.as_ref().map(Username::typed)),
            ..Self::default()
        };
        match profile {
            Profile::Candidate(profile) => Self {
                phone_number: phone(&profile.phone_number),
                location: line(&profile.location),
                title: line(&profile.title),
                skills: Some(profile.skills.iter().collect::<Vec<_>>().join("\n")),
                ..names
            },
            Profile::Employer(profile) => Self {
                company_name: text(Some(profile.company_name.as_str())),
                company_email: text(profile.company_email.as_ref().map(EmailAddress::typed)),
                phone_number: phone(&profile.phone_number),
                company_location: line(&profile.company_location),
                industry: line(&profile.industry),
                ..names
            },
            Profile::Admin(profile) => Self { phone_number: phone(&profile.phone_number), ..names },
        }
    }

    /// The form of whoever has this role, with these in it.
    pub(super) fn form<'a>(&self, shell: &'a Shell, action: impl Into<Cow<'a, str>>, role: Role) -> Form<'a> {
        let t = &shell.t.fields;
        let typed = |value: &Option<String>| Cow::<'a, str>::Owned(value.clone().unwrap_or_default());
        let names = [
            Field::text("firstName", &t.first_name, "given-name", typed(&self.first_name)).half(),
            Field::text("lastName", &t.last_name, "family-name", typed(&self.last_name)).half(),
            Field::text("username", &t.username, "username", typed(&self.username))
                .optional()
                .hinted(&*t.username_hint),
        ];
        let optional =
            |name, label, autocomplete, value| Field::text(name, label, autocomplete, typed(value)).optional();
        let phone = Field::phone(&t.phone_number, typed(&self.phone_number));
        let profile = match role {
            Role::Candidate => vec![
                optional("title", &*t.title, "organization-title", &self.title),
                optional("location", &*t.location, "address-level2", &self.location),
                phone,
                Field::lines("skills", &t.skills, typed(&self.skills)).hinted(&*t.skills_hint),
            ],
            Role::Employer => vec![
                Field::text("companyName", &t.company_name, "organization", typed(&self.company_name)),
                Field::email("companyEmail", &t.company_email, typed(&self.company_email)).optional(),
                phone,
                optional("companyLocation", &*t.company_location, "address-level2", &self.company_location),
                optional("industry", &*t.industry, "off", &self.industry),
            ],
            Role::Admin => vec![phone],
        };
        Form {
            id: "profile",
            fields: names.into_iter().chain(profile).collect(),
            ..Form::new(shell, action, &shell.t.home.save)
        }
    }

    /// What is to change in the profile of this role, if anything is.
    fn change(&self, role: Role) -> Result<Option<ProfileChange>, Problem> {
        // Taken apart, so that the compiler asks for a field that is added.
        let Self {
            first_name: _,
            last_name: _,
            username: _,
            locale: _,
            phone_number,
            location,
            title,
            skills,
            company_name,
            company_email,
            company_location,
            industry,
        } = self;
        let texts = [
            ("phoneNumber", phone_number),
            ("location", location),
            ("title", title),
            ("companyName", company_name),
            ("companyEmail", company_email),
            ("companyLocation", company_location),
            ("industry", industry),
        ];
        let mut change: Map<String, Value> =
            texts.into_iter().filter_map(|(name, value)| Some((name.to_owned(), value.clone()?.into()))).collect();
        if let Some(skills) = skills {
            let skills: Vec<_> = skills.lines().map(str::trim).filter(|skill| !skill.is_empty()).collect();
            change.insert("skills".to_owned(), skills.into());
        }
        let change = (!change.is_empty()).then(|| read_change(role, Value::Object(change))).transpose();
        // The names are the use case's to read. Where it does not come to that, what is wrong with them is told too.
        change.map_err(|problem| problem.with_fields(self.refused_names()))
    }

    fn refused_names(&self) -> impl Iterator<Item = FieldProblem> {
        let mut errors = FieldErrors::default();
        for (name, typed) in [("firstName", &self.first_name), ("lastName", &self.last_name)] {
            errors.keep_optional(name, typed.as_deref(), PersonName::parse_part);
        }
        errors.keep_optional("username", self.username().flatten().as_deref(), Username::parse);
        errors.0.into_iter().map(FieldProblem::from)
    }

    /// The change of the username: what is empty is none.
    fn username(&self) -> Patch<String> {
        self.username.clone().map(|name| Some(name).filter(|name| !name.trim().is_empty()))
    }

    /// Changes the signed-in user's names and profile.
    pub(super) async fn save(&self, edge: &Edge, actor: &Actor) -> Result<(), Problem> {
        let command = UpdateAccountCommand {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            username: self.username(),
            locale: self.locale.clone(),
            profile: self.change(actor.user.role)?,
        };
        edge.app.account.update.execute(actor, command).await?;
        Ok(())
    }

    /// Changes another user's names and profile, as an administrator.
    pub(super) async fn save_of(&self, edge: &Edge, actor: &Actor, id: UserId) -> Result<(), Problem> {
        let (user, _) = edge.app.admin.find_user.execute(actor, id).await?;
        let command = UpdateUserCommand {
            first_name: self.first_name.clone(),
            last_name: self.last_name.clone(),
            username: self.username(),
            locale: self.locale.clone(),
            profile: self.change(user.role)?,
            ..UpdateUserCommand::default()
        };
        edge.app.admin.update_user.execute(actor, id, command).await?;
        Ok(())
    }
}
