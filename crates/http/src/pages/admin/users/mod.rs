//! `/admin/users`: the people who have an account, as administrators see and change them.
//!
//! What is done to a person is followed by that person's page; what is refused is shown on it.

pub(crate) mod acts;
pub(crate) mod create;
pub(crate) mod list;
pub(crate) mod role;
pub(crate) mod update;
pub(crate) mod view;

use doorward_domain::{UserId, user::User};

use crate::theme::Texts;

/// Where the list is.
const LIST: &str = "/admin/users";

/// Where a person is.
fn path(id: UserId) -> String {
    format!("{LIST}/{id}")
}

/// What there is to know about an account at a glance: how it is meant, and what it says.
fn badges<'t>(user: &User, t: &'t Texts) -> Vec<(&'static str, &'t str)> {
    let t = &t.people;
    let facts = [
        (!user.status.is_active(), "bad", &t.deactivated),
        (user.deletes_at.is_some(), "bad", &t.deletion_planned),
        (user.email_verified_at.is_none(), "warn", &t.unconfirmed),
    ];
    let told: Vec<_> = facts.into_iter().filter(|(holds, ..)| *holds).map(|(_, tone, text)| (tone, &**text)).collect();
    if told.is_empty() { vec![("good", &t.active)] } else { told }
}
