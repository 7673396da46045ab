//! The administrator's console.

pub(crate) mod audit_events;
pub(crate) mod invitations;
pub(crate) mod keys;
pub(crate) mod overview;
pub(crate) mod users;

use std::borrow::Cow;

use doorward_domain::Role;

use super::{Field, Shell};

/// The choice among all roles, for somebody else.
fn role_cards<'a>(shell: &'a Shell, value: impl Into<Cow<'a, str>>) -> Field<'a> {
    let t = &shell.t.roles_given;
    let meaning = |role| match role {
        Role::Candidate => &t.candidate,
        Role::Employer => &t.employer,
        Role::Admin => &t.admin,
    };
    let roles = Role::ALL.map(|role| (role.as_str(), shell.t.role(role), &**meaning(role)));
    Field::cards("role", &shell.t.fields.role, roles.into(), value)
}

/// The company of whoever becomes an employer.
fn company_field<'a>(shell: &'a Shell, value: impl Into<Cow<'a, str>>) -> Field<'a> {
    let employer = Role::Employer.as_str();
    Field::text("company", &shell.t.fields.company, "off", value).for_role(employer)
}

/// The company that was typed for this role. The field is hidden for other roles, and may have been filled in before
/// one of them was chosen.
fn company_of(role: &str, typed: &str) -> Option<String> {
    let counts = role == Role::Employer.as_str() && !typed.trim().is_empty();
    counts.then(|| typed.to_owned())
}
