//! Users that a test begins with.

use std::collections::{HashMap, HashSet};

use doorward_application::{
    App, Ports,
    operations::{ImportOutcome, RefusedField, UserRecord},
    ports::Access,
};
use doorward_domain::{
    Rejection, Role,
    profile::ProfileChange,
    user::{EmailAddress, Identifier, Password, PasswordHash},
};

use super::{TestProfile, TestServerError};

/// The password of everyone who was given no other.
pub const PASSWORD: &str = "a quiet harbour at dawn";

/// A user to begin with. Only the address must be given.
#[derive(Clone, Debug)]
pub struct NewTestUser {
    /// The address.
    pub email: String,
    /// The password; [`PASSWORD`] if nothing is said. The rules about passwords do not hold.
    pub password: String,
    /// The role; a candidate's if nothing is said.
    pub role: Role,
    /// First name.
    pub first_name: String,
    /// Last name.
    pub last_name: String,
    /// The second name to sign in with.
    pub username: Option<String>,
    /// The language to write in.
    pub locale: Option<String>,
    /// Whether the address was proven; it was if nothing is said.
    pub email_verified: bool,
    /// Whether the user may sign in.
    pub active: bool,
    /// What the profile is to hold, beside what every one of its role does.
    pub profile: TestProfile,
}

impl NewTestUser {
    /// A candidate called Test User, with a proven address.
    #[must_use]
    pub fn new(email: &str) -> Self {
        Self {
            email: email.to_owned(),
            password: PASSWORD.to_owned(),
            role: Role::Candidate,
            first_name: "Test".to_owned(),
            last_name: "User".to_owned(),
            username: None,
            locale: None,
            email_verified: true,
            active: true,
            profile: TestProfile::default(),
        }
    }

    /// The same in another role.
    #[must_use]
    pub fn role(self, role: Role) -> Self {
        Self { role, ..self }
    }

    fn record(&self, hash: PasswordHash) -> UserRecord {
        let TestProfile { phone_number, company_name, .. } = self.profile.clone();
        let employer = self.role == Role::Employer;
        UserRecord {
            email: Some(self.email.clone()),
            password_hash: Some(hash),
            first_name: Some(self.first_name.clone()),
            last_name: Some(self.last_name.clone()),
            username: self.username.clone(),
            role: Some(self.role.as_str().to_owned()),
            company: company_name.or_else(|| employer.then(|| "Test Company".to_owned())),
            phone_number,
            locale: self.locale.clone(),
            email_verified: Some(self.email_verified),
            active: Some(self.active),
            ..UserRecord::default()
        }
    }
}

/// Makes the users, all or none, and says their ids in the same order.
pub(super) async fn create(app: &App, ports: &Ports, users: &[NewTestUser]) -> Result<Vec<String>, TestServerError> {
    let mut hashes = HashMap::new();
    let mut records = Vec::with_capacity(users.len());
    let mut changes = Vec::with_capacity(users.len());
    for user in users {
        if !hashes.contains_key(&user.password) {
            let password = Password::parse(&user.password).map_err(|why| refused(&user.email, "password", &why))?;
            let hash = ports.hasher.hash(&password).await.map_err(TestServerError::broken)?;
            hashes.insert(user.password.clone(), hash.expose().to_owned());
        }
        let hash = PasswordHash::new(hashes[&user.password].clone());
        let record = app.operations.import_users.read(user.record(hash), true);
        records.push(record.map_err(|fields| all_refused(&user.email, &fields))?);
        let change = user.profile.change(user.role).map_err(|(field, why)| refused(&user.email, field, &why))?;
        changes.push(change);
    }
    let mut names = HashSet::new();
    for (user, record) in users.iter().zip(&records) {
        if !record.names().all(|name| names.insert(name)) {
            return Err(TestServerError::AlreadyThere(user.email.clone()));
        }
    }
    for (user, foreseen) in users.iter().zip(app.operations.import_users.foresee(&records).await?) {
        is_imported(user, &foreseen)?;
    }
    for (user, outcome) in users.iter().zip(app.operations.import_users.execute(records).await?) {
        is_imported(user, &outcome)?;
    }
    complete(ports, users, changes).await
}

fn is_imported(user: &NewTestUser, outcome: &ImportOutcome) -> Result<(), TestServerError> {
    match outcome {
        ImportOutcome::Imported => Ok(()),
        ImportOutcome::AlreadyThere => Err(TestServerError::AlreadyThere(user.email.clone())),
        ImportOutcome::Refused(fields) => Err(all_refused(&user.email, fields)),
    }
}

/// Fills the profiles of users who were just made, and says their ids.
async fn complete(
    ports: &Ports,
    users: &[NewTestUser],
    changes: Vec<Option<ProfileChange>>,
) -> Result<Vec<String>, TestServerError> {
    let is_any = changes.iter().any(Option::is_some);
    let access = if is_any { Access::Write } else { Access::Read };
    let mut unit = ports.store.begin(access).await?;
    let mut ids = Vec::with_capacity(users.len());
    for (user, change) in users.iter().zip(changes) {
        let email = EmailAddress::parse(&user.email).map_err(|why| refused(&user.email, "email", &why))?;
        let found = unit.users().find_by_identifier(&Identifier::Email(email)).await?;
        let found = found.ok_or(TestServerError::NoSuchUser)?;
        if let (Some(change), Some(mut profile)) = (change, unit.profiles().find(found.id, found.role).await?) {
            profile.apply(change).map_err(TestServerError::broken)?;
            unit.profiles().update(found.id, &profile).await?;
        }
        ids.push(found.id.to_string());
    }
    unit.commit().await?;
    Ok(ids)
}

fn refused(email: &str, field: &str, why: &Rejection) -> TestServerError {
    TestServerError::Refused(format!("{email}: {field}: {why}"))
}

fn all_refused(email: &str, fields: &[RefusedField]) -> TestServerError {
    let fields: Vec<_> = fields.iter().map(|RefusedField { field, reason }| format!("{field}: {reason}")).collect();
    TestServerError::Refused(format!("{email}: {}", fields.join(" ")))
}
