//! Forms, and the pages that are one.

use std::borrow::Cow;

use askama::{Template, filters::HtmlSafe};

use super::Shell;
use crate::{extract::VIEWER, problem::Problem, theme::Texts};

/// A form.
#[derive(Template)]
#[template(path = "parts/form.html")]
pub(super) struct Form<'a> {
    pub(super) t: &'a Texts,
    /// For whom it is made, if that is known.
    pub(super) viewer: Option<String>,
    /// What the ids of its fields begin with, where a page has several forms.
    pub(super) id: &'static str,
    /// Where it posts to.
    pub(super) action: Cow<'a, str>,
    /// What it posts and nobody types.
    pub(super) hidden: Vec<(&'static str, &'a str)>,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) button: &'a str,
    /// Whether it takes something away.
    pub(super) danger: bool,
    /// Whether it only asks which entries of a list to show.
    pub(super) filters: bool,
    /// What went wrong with the form as it was posted.
    pub(super) alerts: Vec<String>,
}

impl HtmlSafe for Form<'_> {}

/// How a field is filled in.
#[derive(Default)]
pub(super) enum Input<'a> {
    /// By typing a text.
    #[default]
    Text,
    /// By typing something of this kind.
    Typed(&'static str),
    /// By typing several texts, one a line.
    Lines,
    /// A password, which is never shown again.
    Password {
        /// The fewest characters, where one is chosen.
        min_length: Option<usize>,
    },
    /// By choosing one of a list: its value and what it is called.
    List(Vec<(Cow<'a, str>, Cow<'a, str>)>),
    /// By choosing one of a few: its value, what it is called and what it means.
    Cards(Vec<(&'static str, &'a str, &'a str)>),
    /// By a mark or none.
    Check,
}

/// A field of a form.
#[derive(Default)]
pub(super) struct Field<'a> {
    name: &'static str,
    label: &'a str,
    hint: Option<Cow<'a, str>>,
    input: Input<'a>,
    autocomplete: &'static str,
    required: bool,
    value: Cow<'a, str>,
    /// The role that it is for, where it is for one of those that can be chosen.
    for_role: Option<&'static str>,
    autofocus: bool,
    /// Whether it shares a line with its neighbour, where there is room.
    half: bool,
    error: Option<String>,
}

impl<'a> Form<'a> {
    /// A form with a button alone, which posts here.
    pub(super) fn new(shell: &'a Shell, action: impl Into<Cow<'a, str>>, button: &'a str) -> Self {
        Self {
            t: &shell.t,
            viewer: shell.viewer_id(),
            id: "",
            action: action.into(),
            hidden: Vec::new(),
            fields: Vec::new(),
            button,
            danger: false,
            filters: false,
            alerts: Vec::new(),
        }
    }

    /// The same about somebody else than whoever fills it in: browsers leave their own words out.
    pub(super) fn about_another(mut self) -> Self {
        self.fields.iter_mut().for_each(|field| field.autocomplete = "off");
        self
    }

    /// Says what was refused.
    pub(super) fn refuse(&mut self, problem: &Problem) {
        let t = self.t;
        self.alerts.push(t.problem(problem.code()).to_owned());
        for refused in problem.fields() {
            let name = refused.field.strip_prefix("profile.").unwrap_or(&refused.field);
            match self.fields.iter_mut().find(|field| field.name == name && field.error.is_none()) {
                Some(field) => field.error = Some(t.rejection(refused)),
                None => self.alerts.push(t.rejection(refused)),
            }
        }
    }

    /// The id of a field.
    fn id_of(&self, field: &Field<'_>) -> String {
        if self.id.is_empty() { field.name.to_owned() } else { format!("{}-{}", self.id, field.name) }
    }
}

/// A page with one form.
#[derive(Template)]
#[template(path = "form_page.html")]
pub(super) struct FormPage<'a> {
    pub(super) shell: &'a Shell,
    pub(super) title: &'a str,
    pub(super) lead: &'a str,
    pub(super) form: Form<'a>,
    /// Where else to go: what leads there, its path and what the link is called.
    pub(super) aside: Vec<(&'a str, Cow<'a, str>, &'a str)>,
}

impl FormPage<'_> {
    /// The problem as this page, which says what was refused and keeps what was typed.
    pub(super) fn refused(mut self, problem: Problem) -> Problem {
        self.form.refuse(&problem);
        problem.shown_as(&self)
    }
}

impl<'a> Field<'a> {
    /// A text that must be given.
    pub(super) fn text(
        name: &'static str,
        label: &'a str,
        autocomplete: &'static str,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self { name, label, autocomplete, required: true, value: value.into(), ..Self::default() }
    }

    /// An address.
    pub(super) fn email(name: &'static str, label: &'a str, value: impl Into<Cow<'a, str>>) -> Self {
        Self { input: Input::Typed("email"), ..Self::text(name, label, "email", value) }
    }

    /// A telephone number, which may be left out.
    pub(super) fn phone(label: &'a str, value: impl Into<Cow<'a, str>>) -> Self {
        Self { input: Input::Typed("tel"), ..Self::text("phoneNumber", label, "tel", value) }.optional()
    }

    /// The password of the account.
    pub(super) fn password(name: &'static str, label: &'a str) -> Self {
        let input = Input::Password { min_length: None };
        Self { input, ..Self::text(name, label, "current-password", "") }
    }

    /// A password to choose.
    pub(super) fn new_password(name: &'static str, label: &'a str, min_length: usize, t: &Texts) -> Self {
        let hint = t.fields.password_hint.with("min", min_length);
        let input = Input::Password { min_length: Some(min_length) };
        Self { input, ..Self::text(name, label, "new-password", "") }.hinted(hint)
    }

    /// What to look for.
    pub(super) fn search(label: &'a str, value: impl Into<Cow<'a, str>>) -> Self {
        Self { input: Input::Typed("search"), ..Self::text("search", label, "off", value) }.optional()
    }

    /// Texts, one a line, of which there may be none.
    pub(super) fn lines(name: &'static str, label: &'a str, value: impl Into<Cow<'a, str>>) -> Self {
        Self { input: Input::Lines, ..Self::text(name, label, "off", value) }.optional()
    }

    /// One of a list.
    pub(super) fn list(
        name: &'static str,
        label: &'a str,
        choices: Vec<(Cow<'a, str>, Cow<'a, str>)>,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self { input: Input::List(choices), required: false, ..Self::text(name, label, "off", value) }
    }

    /// One of a few.
    pub(super) fn cards(
        name: &'static str,
        label: &'a str,
        choices: Vec<(&'static str, &'a str, &'a str)>,
        value: impl Into<Cow<'a, str>>,
    ) -> Self {
        Self { input: Input::Cards(choices), ..Self::text(name, label, "off", value) }
    }

    /// A mark or none.
    pub(super) fn check(name: &'static str, label: &'a str, checked: bool) -> Self {
        let value = if checked { "on" } else { "" };
        Self { input: Input::Check, required: false, ..Self::text(name, label, "off", value) }
    }

    /// The same, where it may be left empty.
    pub(super) fn optional(self) -> Self {
        Self { required: false, ..self }
    }

    /// The same with a word more.
    pub(super) fn hinted(self, hint: impl Into<Cow<'a, str>>) -> Self {
        Self { hint: Some(hint.into()), ..self }
    }

    /// The same, for whoever chooses this role.
    pub(super) fn for_role(self, role: &'static str) -> Self {
        Self { for_role: Some(role), ..self }
    }

    /// The same, beside its neighbour where there is room.
    pub(super) fn half(self) -> Self {
        Self { half: true, ..self }
    }

    /// The same, where typing begins.
    pub(super) fn focused(self) -> Self {
        Self { autofocus: true, ..self }
    }

    /// The kind of input, where it is typed.
    fn kind(&self) -> &'static str {
        match self.input {
            Input::Typed(kind) => kind,
            _ => "text",
        }
    }

    /// Whether it says that it may be left empty.
    fn says_optional(&self) -> bool {
        !self.required && self.for_role.is_none() && matches!(self.input, Input::Text | Input::Typed(_) | Input::Lines)
    }

    /// Names and towns begin with a capital; what one signs in with does not.
    fn autocapitalize(&self) -> &'static str {
        let is_name = matches!(self.input, Input::Text) && !matches!(self.autocomplete, "username" | "off");
        if is_name { "words" } else { "none" }
    }

    /// The ids of the texts that explain it.
    fn described_by(&self, id: &str) -> Option<String> {
        let hint = self.hint.as_ref().map(|_| format!("{id}-hint"));
        let error = self.error.as_ref().map(|_| format!("{id}-error"));
        let ids: Vec<_> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}
