//! A user as a file tells it.

use doorward_domain::{
    Rejection, Role, Timestamp, UserId,
    profile::ProfileSeed,
    user::{EmailAddress, PasswordHash, UserStatus},
};
use thiserror::Error;
use uuid::{Uuid, Variant};

use crate::{
    FieldErrors, Ports,
    auth::{AccountForm, NewAccount, PasswordRules},
    ports::{NewUser, UnusableHash},
};

/// A user as a file tells it. An empty text is an absent one.
#[derive(Default)]
pub struct UserRecord {
    /// The account's id, where it is to be kept: a UUID of version 7.
    pub id: Option<String>,
    /// The address.
    pub email: Option<String>,
    /// The stored hash of the password.
    pub password_hash: Option<PasswordHash>,
    /// First name.
    pub first_name: Option<String>,
    /// Last name.
    pub last_name: Option<String>,
    /// The second name to sign in with.
    pub username: Option<String>,
    /// The role; a candidate's if there is none.
    pub role: Option<String>,
    /// The company, which an employer must name.
    pub company: Option<String>,
    /// A telephone number.
    pub phone_number: Option<String>,
    /// The language to write in.
    pub locale: Option<String>,
    /// Whether the address was proven; it was not if nothing is said.
    pub email_verified: Option<bool>,
    /// Whether the user may sign in; that is so if nothing is said.
    pub active: Option<bool>,
    /// When the account was made (RFC 3339); now if nothing is said.
    pub created_at: Option<String>,
    /// When the user last signed in (RFC 3339).
    pub last_login_at: Option<String>,
}

/// A user who can be imported.
pub struct ImportedUser {
    pub(super) new: NewUser,
    /// Whether the id came with the user.
    pub(super) keeps_id: bool,
}

/// A field of a record that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RefusedField {
    /// The field, named as the file names it.
    pub field: &'static str,
    /// Why.
    pub reason: ImportRefusal,
}

/// Why a field of a record was refused. The text is a sentence that a person may be shown; it never repeats the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ImportRefusal {
    /// It is not the word that it should be.
    #[error(transparent)]
    Rejected(#[from] Rejection),
    /// No password could ever match this hash.
    #[error(transparent)]
    Unusable(#[from] UnusableHash),
    /// It must be one account's alone, and is another's.
    #[error("Another account has this.")]
    Taken,
    /// Administrators are not expected.
    #[error("Administrators are not imported unless they are expected.")]
    Administrator,
}

impl ImportedUser {
    /// The address.
    #[must_use]
    pub fn email(&self) -> &EmailAddress {
        &self.new.user.email
    }

    /// What no two users can have in common, by field: address, username if there is one, id if it came with the user.
    pub fn names(&self) -> impl Iterator<Item = (&'static str, String)> {
        let user = &self.new.user;
        let username = user.username.as_ref().map(|username| ("username", username.canonical().to_owned()));
        let id = self.keeps_id.then(|| ("id", user.id.to_string()));
        [Some(("email", user.email.canonical().to_owned())), username, id].into_iter().flatten()
    }
}

impl UserRecord {
    /// The user, if enough was good to make one; what was not is added to `refused`.
    pub(super) fn read(
        self,
        ports: &Ports,
        rules: &PasswordRules,
        administrators: bool,
        refused: &mut Vec<RefusedField>,
    ) -> Option<ImportedUser> {
        let now = ports.clock.now();
        let mut errors = FieldErrors::default();
        let role = errors.keep_optional("role", given(self.role.as_ref()), Role::parse);
        let id = errors.keep_optional("id", given(self.id.as_ref()), user_id);
        let mut past = |field, raw: Option<&String>| errors.keep_optional(field, given(raw), |raw| moment(raw, now));
        let created_at = past("createdAt", self.created_at.as_ref());
        let last_login_at = past("lastLoginAt", self.last_login_at.as_ref());
        let form = AccountForm {
            email: self.email.unwrap_or_default(),
            password: None,
            first_name: self.first_name.unwrap_or_default(),
            last_name: self.last_name.unwrap_or_default(),
            username: self.username,
            locale: self.locale,
            role: role.flatten().unwrap_or(Role::Candidate),
            profile: ProfileSeed { company: self.company, phone_number: self.phone_number },
        };
        let account = form.read(ports, rules, now).map_err(|mut more| errors.0.append(&mut more.0)).ok();
        refused.extend(
            errors.0.into_iter().map(|error| RefusedField { field: error.field, reason: error.rejection.into() }),
        );
        if role == Some(Some(Role::Admin)) && !administrators {
            refused.push(RefusedField { field: "role", reason: ImportRefusal::Administrator });
        }
        let unusable = self.password_hash.as_ref().and_then(|hash| ports.hasher.recognise(hash).err());
        refused.extend(unusable.map(|why| RefusedField { field: "passwordHash", reason: why.into() }));

        let (NewAccount { mut user, profile, password: _ }, id) = account.zip(id)?;
        user.created_at = created_at?.unwrap_or(now);
        user.last_login_at = last_login_at?;
        user.email_verified_at = (self.email_verified == Some(true)).then_some(user.created_at);
        user.status = if self.active == Some(false) { UserStatus::Deactivated } else { UserStatus::Active };
        user.id = id.unwrap_or(user.id);
        role?;
        Some(ImportedUser { new: NewUser { user, profile, password: self.password_hash }, keeps_id: id.is_some() })
    }
}

fn given(raw: Option<&String>) -> Option<&str> {
    raw.map(|raw| raw.trim()).filter(|raw| !raw.is_empty())
}

fn user_id(raw: &str) -> Result<UserId, Rejection> {
    let is_ours = |id: &Uuid| id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122;
    let id = Uuid::try_parse(raw).ok().filter(is_ours);
    id.map(UserId::new).ok_or(Rejection::Malformed { expected: "a UUID of version 7, or absent" })
}

fn moment(raw: &str, now: Timestamp) -> Result<Timestamp, Rejection> {
    const EXPECTED: Rejection = Rejection::Malformed { expected: "a time in the past, such as 2026-01-31T12:00:00Z" };
    let moment = chrono::DateTime::parse_from_rfc3339(raw).map_err(|_| EXPECTED)?;
    // To the microsecond, as every other moment is.
    let moment = Timestamp::from_timestamp_micros(moment.timestamp_micros()).ok_or(EXPECTED)?;
    if moment <= now { Ok(moment) } else { Err(EXPECTED) }
}
