//! Rows: what stands in the tables, in types that the databases know, and their way to the domain and back.
//!
//! A row that does not convert is an error that names table, column and id. What it holds is not told.

use std::fmt::{self, Display};

use doorward_application::ports::StoreError;
use doorward_domain::Digest;

pub(super) mod admin_profile;
pub(super) mod attempt;
pub(super) mod audit_event;
pub(super) mod candidate_profile;
pub(super) mod employer_profile;
pub(super) mod invitation;
pub(super) mod kept_answer;
pub(super) mod key;
pub(super) mod one_time_token;
pub(super) mod outbox;
pub(super) mod password_credential;
mod payload;
pub(super) mod revocation;
pub(super) mod search_term;
pub(super) mod session;
pub(super) mod signing_key;
pub(super) mod user;

/// The name of a row whose key is bytes, in hexadecimal.
struct Name<'a>(&'a [u8]);

impl Display for Name<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

/// Where a value was read.
struct Row<'a> {
    table: &'static str,
    id: &'a dyn Display,
}

impl Row<'_> {
    /// The value, if the domain took it.
    fn read<T, E: Display>(&self, column: &str, value: Result<T, E>) -> Result<T, StoreError> {
        let Self { table, id } = self;
        value.map_err(|cause| StoreError::new(format!("table {table}, column {column}, row {id}: {cause}")))
    }

    /// The same of a column that may be empty.
    fn read_optional<S, T, E: Display>(
        &self,
        column: &str,
        stored: Option<S>,
        parse: impl FnOnce(S) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        stored.map(|stored| self.read(column, parse(stored))).transpose()
    }

    /// The one of `all` that has this name.
    fn read_name<T: Copy>(
        &self,
        column: &str,
        stored: &str,
        all: impl IntoIterator<Item = T>,
        name: impl Fn(T) -> &'static str,
    ) -> Result<T, StoreError> {
        self.read(column, all.into_iter().find(|&one| name(one) == stored).ok_or("an unknown name"))
    }

    /// A SHA-256 digest.
    fn read_digest(&self, column: &str, stored: &[u8]) -> Result<Digest, StoreError> {
        self.read(column, stored.try_into().map(Digest::from_bytes))
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::StoreError;
    use doorward_domain::user::User;
    use uuid::Uuid;

    use super::user;

    #[test]
    fn a_row_that_does_not_convert_names_table_column_and_id_and_not_what_it_holds() {
        let row = user::Model {
            id: Uuid::from_u128(1),
            email: "no address".to_owned(),
            email_canonical: "no address".to_owned(),
            email_verified_at: None,
            username: None,
            username_canonical: None,
            first_name: "Jane".to_owned(),
            last_name: "Doe".to_owned(),
            role: "CANDIDATE".to_owned(),
            status: "active".to_owned(),
            epoch: 0,
            credential_version: 0,
            created_at: chrono::DateTime::UNIX_EPOCH,
            last_login_at: None,
            locale: "en".to_owned(),
            proof_due_at: None,
            deletes_at: None,
        };
        let told = |row| User::try_from(row).map_err(|error: StoreError| error.to_string()).unwrap_err();
        assert_eq!(
            told(row.clone()),
            "the store failed: table users, column email, row 00000000-0000-0000-0000-000000000001: \
             This must be an email address."
        );
        let row = user::Model { email: "jane@example.com".to_owned(), ..row };
        assert!(told(user::Model { role: "KING".to_owned(), ..row.clone() }).contains("column role"));
        assert!(told(user::Model { epoch: -1, ..row }).contains("column epoch"));
    }
}
