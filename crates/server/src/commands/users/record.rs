//! A user as a file has it: the fields of [`UserRecord`], by the names that they have in files.

use std::collections::HashSet;

use doorward_application::operations::{ExportedUser, UserRecord};
use doorward_domain::{
    profile::Profile,
    text::{Line, PhoneNumber},
    user::{PasswordHash, Username},
};
use serde::Serialize;

use crate::output::time;

/// Every field.
pub(super) const FIELDS: [&str; 14] = [
    "id",
    "email",
    "passwordHash",
    "firstName",
    "lastName",
    "username",
    "role",
    "company",
    "phoneNumber",
    "locale",
    "emailVerified",
    "active",
    "createdAt",
    "lastLoginAt",
];

/// The fields that every user has.
pub(super) const REQUIRED: [&str; 3] = ["email", "firstName", "lastName"];

/// A value that stands in a file. One that is absent, null or empty does not stand there.
#[derive(Debug)]
pub(super) enum Given {
    Text(String),
    Truth(bool),
    /// A number, a list or an object.
    Other,
}

/// What is wrong with a field.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Complaint {
    pub(super) field: String,
    pub(super) reason: String,
}

impl Complaint {
    pub(super) fn new(field: &str, reason: impl Into<String>) -> Self {
        // A file may call a field what it likes.
        Self { field: field.chars().take(64).flat_map(char::escape_debug).collect(), reason: reason.into() }
    }
}

/// Sorts the values of a line into a record, and says what has no place in one.
pub(super) fn record(fields: Vec<(String, Given)>) -> (UserRecord, Vec<Complaint>) {
    let (mut record, mut complaints, mut seen) = (UserRecord::default(), Vec::new(), HashSet::new());
    for (name, given) in fields {
        let put = match place(&mut record, &name) {
            _ if seen.contains(&name) => Err("This is given twice."),
            None if name == "password" => Err("Passwords are not imported: give passwordHash, or nothing."),
            None => Err("There is no such field."),
            Some(place) => place.put(given),
        };
        complaints.extend(put.err().map(|reason| Complaint::new(&name, reason)));
        seen.insert(name);
    }
    (record, complaints)
}

/// Where a field's value goes.
enum Place<'a> {
    Text(&'a mut Option<String>),
    Truth(&'a mut Option<bool>),
    Hash(&'a mut Option<PasswordHash>),
}

impl Place<'_> {
    fn put(self, given: Given) -> Result<(), &'static str> {
        const TEXT: &str = "This must be text.";
        match (self, given) {
            (Self::Text(place), Given::Text(text)) => *place = Some(text),
            (Self::Hash(place), Given::Text(text)) => *place = Some(PasswordHash::new(text)),
            (Self::Text(_) | Self::Hash(_), Given::Truth(_) | Given::Other) => return Err(TEXT),
            (Self::Truth(place), given) => *place = Some(truth(&given).ok_or("This must be true or false.")?),
        }
        Ok(())
    }
}

fn truth(given: &Given) -> Option<bool> {
    match given {
        Given::Truth(truth) => Some(*truth),
        // A table has nothing but text.
        Given::Text(text) => text.parse().ok(),
        Given::Other => None,
    }
}

fn place<'a>(record: &'a mut UserRecord, field: &str) -> Option<Place<'a>> {
    Some(match field {
        "id" => Place::Text(&mut record.id),
        "email" => Place::Text(&mut record.email),
        "passwordHash" => Place::Hash(&mut record.password_hash),
        "firstName" => Place::Text(&mut record.first_name),
        "lastName" => Place::Text(&mut record.last_name),
        "username" => Place::Text(&mut record.username),
        "role" => Place::Text(&mut record.role),
        "company" => Place::Text(&mut record.company),
        "phoneNumber" => Place::Text(&mut record.phone_number),
        "locale" => Place::Text(&mut record.locale),
        "emailVerified" => Place::Truth(&mut record.email_verified),
        "active" => Place::Truth(&mut record.active),
        "createdAt" => Place::Text(&mut record.created_at),
        "lastLoginAt" => Place::Text(&mut record.last_login_at),
        _ => return None,
    })
}

/// A line of an export.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ExportedRecord<'a> {
    id: String,
    email: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    password_hash: Option<&'a str>,
    first_name: &'a str,
    last_name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    username: Option<&'a str>,
    role: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    company: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    phone_number: Option<&'a str>,
    locale: &'a str,
    email_verified: bool,
    active: bool,
    created_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    last_login_at: Option<String>,
}

impl<'a> From<&'a ExportedUser> for ExportedRecord<'a> {
    fn from(ExportedUser { user, profile, password }: &'a ExportedUser) -> Self {
        Self {
            id: user.id.to_string(),
            email: user.email.typed(),
            password_hash: password.as_ref().map(PasswordHash::expose),
            first_name: user.name.first().as_str(),
            last_name: user.name.last().as_str(),
            username: user.username.as_ref().map(Username::typed),
            role: user.role.as_str(),
            company: profile.company().map(Line::as_str),
            phone_number: phone_number(profile).map(PhoneNumber::as_str),
            locale: user.locale.as_str(),
            email_verified: user.email_verified_at.is_some(),
            active: user.status.is_active(),
            created_at: time(user.created_at),
            last_login_at: user.last_login_at.map(time),
        }
    }
}

fn phone_number(profile: &Profile) -> Option<&PhoneNumber> {
    match profile {
        Profile::Candidate(profile) => profile.phone_number.as_ref(),
        Profile::Employer(profile) => profile.phone_number.as_ref(),
        Profile::Admin(profile) => profile.phone_number.as_ref(),
    }
}
