//! A page with a form.

use askama::Template;

use crate::problem::Problem;

/// A page with a form, which it posts to its own path.
#[derive(Default, Template)]
#[template(path = "form.html")]
pub(super) struct FormPage<'a> {
    pub(super) title: &'static str,
    pub(super) text: &'static str,
    pub(super) action: &'static str,
    /// What the link carried, and the form posts.
    pub(super) token: Option<&'a str>,
    pub(super) fields: Vec<Field<'a>>,
    pub(super) button: &'static str,
    /// What went wrong with the form as it was posted.
    pub(super) alerts: Vec<String>,
}

/// A field of a form. What is typed as a password is never shown again.
#[derive(Default)]
pub(super) struct Field<'a> {
    name: &'static str,
    label: &'static str,
    hint: Option<&'static str>,
    /// The kind of input, where it is not a choice.
    input: &'static str,
    autocomplete: &'static str,
    required: bool,
    /// What can be chosen, each with what it is called.
    choices: &'static [(&'static str, &'static str)],
    value: &'a str,
    error: Option<String>,
}

impl FormPage<'_> {
    /// The problem as this page, which says what was refused and keeps what was typed.
    pub(super) fn refused(mut self, problem: Problem) -> Problem {
        self.alerts.push(problem.code().message().to_owned());
        for refused in problem.fields() {
            match self.fields.iter_mut().find(|field| field.name == refused.field && field.error.is_none()) {
                Some(field) => field.error = Some(refused.message.clone()),
                None => self.alerts.push(refused.message.clone()),
            }
        }
        match super::render(&self) {
            Ok(page) => problem.with_page(page),
            Err(failed) => failed,
        }
    }
}

impl<'a> Field<'a> {
    /// A text that must be given.
    pub(super) fn text(name: &'static str, label: &'static str, autocomplete: &'static str, value: &'a str) -> Self {
        Self { name, label, input: "text", autocomplete, required: true, value, ..Self::default() }
    }

    /// The address of the account.
    pub(super) fn email(value: &'a str) -> Self {
        Self { input: "email", ..Self::text("email", "Email address", "username", value) }
    }

    /// The password of the account.
    pub(super) fn password() -> Self {
        Self { input: "password", ..Self::text("password", "Password", "current-password", "") }
    }

    /// A password to choose.
    pub(super) fn new_password(label: &'static str) -> Self {
        Self { input: "password", ..Self::text("password", label, "new-password", "") }
    }

    /// A choice, of which one is made.
    pub(super) fn choice(
        name: &'static str,
        label: &'static str,
        choices: &'static [(&'static str, &'static str)],
        value: &'a str,
    ) -> Self {
        Self { name, label, choices, value, ..Self::default() }
    }

    /// The same, where it may be left empty; the hint says when.
    pub(super) fn optional(self, hint: &'static str) -> Self {
        Self { required: false, hint: Some(hint), ..self }
    }

    /// Names and towns begin with a capital; what one signs in with does not.
    fn autocapitalize(&self) -> &'static str {
        if self.input == "text" { "words" } else { "none" }
    }

    /// The ids of the texts that explain it.
    fn described_by(&self) -> Option<String> {
        let hint = self.hint.map(|_| format!("{}-hint", self.name));
        let error = self.error.as_ref().map(|_| format!("{}-error", self.name));
        let ids: Vec<_> = hint.into_iter().chain(error).collect();
        (!ids.is_empty()).then(|| ids.join(" "))
    }
}
