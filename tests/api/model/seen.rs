//! What the traces have come across: a run that never met a reused token says nothing about them.

use std::{
    collections::BTreeMap,
    sync::{Mutex, PoisonError},
};

use super::{step::Step, world::Expected};

static SEEN: Mutex<BTreeMap<(String, u16, &str), u32>> = Mutex::new(BTreeMap::new());

/// What every run must come across, however the traces are drawn.
const MUST: [(&str, u16, &str); 29] = [
    ("SignUp", 201, ""),
    ("SignUp", 400, "user_already_exists"),
    ("SignIn", 200, ""),
    ("SignIn", 401, "invalid_credentials"),
    ("SignIn", 403, "account_deactivated"),
    ("Refresh", 200, ""),
    ("Refresh again", 200, ""),
    ("Refresh", 401, "invalid_refresh_token"),
    ("Refresh again", 401, "refresh_token_reused"),
    ("Ask", 200, ""),
    ("Ask", 401, "access_token_expired"),
    ("Ask", 401, "session_ended"),
    ("Ask", 401, "stale_claims"),
    ("ListUsers", 200, ""),
    ("ListUsers", 403, "forbidden"),
    ("LogOut", 200, ""),
    ("LogOut", 401, "invalid_access_token"),
    ("LogOutAll", 200, ""),
    ("ChangePassword", 200, ""),
    ("ChangePassword", 401, "invalid_credentials"),
    ("ChangeEmail", 202, ""),
    ("ChangeEmail", 401, "invalid_credentials"),
    ("ConfirmEmail", 200, ""),
    ("ConfirmEmail", 400, "invalid_token"),
    ("DeleteOwn", 200, ""),
    ("Administer", 200, ""),
    ("Administer", 404, "not_found"),
    ("Wait", 200, ""),
    ("Restart", 200, ""),
];

pub(super) fn note(step: &Step, expected: &Expected) {
    let debug = format!("{step:?}");
    let again = if matches!(step, Step::Refresh { back: 1.., .. }) { " again" } else { "" };
    let name = format!("{}{again}", debug.split([' ', '{']).next().unwrap_or_default());
    let mut seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    *seen.entry((name, expected.status, expected.code)).or_insert(0) += 1;
}

pub(super) fn print() {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    println!("{} steps on each database", seen.values().sum::<u32>());
    for ((step, status, code), times) in &*seen {
        println!("{times:7} {step}: {status} {code}");
    }
}

pub(super) fn nothing_is_missing() {
    let seen = SEEN.lock().unwrap_or_else(PoisonError::into_inner);
    let is_missing = |(step, status, code): &(&'static str, u16, &'static str)| {
        !seen.contains_key(&((*step).to_owned(), *status, *code))
    };
    let missing: Vec<_> = MUST.into_iter().filter(is_missing).collect();
    assert!(missing.is_empty(), "no trace has come across {missing:?}");
}
