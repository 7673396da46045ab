//! Users.

pub mod email;
pub mod locale;
pub mod name;
pub mod password;
pub mod password_policy;
pub mod status;
pub mod username;

pub use email::EmailAddress;
pub use locale::Locale;
pub use name::PersonName;
pub use password::{Password, PasswordHash};
pub use password_policy::PasswordPolicy;
pub use status::UserStatus;
pub use username::Username;

use crate::{Rejection, Role, Timestamp, UserId};

/// How often what a user may do has changed. Access tokens carry it: a token of an older epoch is stale.
pub type Epoch = u32;

/// How often a user's password has changed. A session that is opened with a password of another version is not
/// opened.
pub type CredentialVersion = u32;

/// A person with an account. It never holds a password hash.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Who this is, for ever.
    pub id: UserId,
    /// The address, unique by its canonical form.
    pub email: EmailAddress,
    /// When the address was proven, if it was.
    pub email_verified_at: Option<Timestamp>,
    /// By when the address must be proven, or the account goes; none for one that was proven or was not signed up for
    /// by its own owner. An address that nobody proves cannot be kept from whoever it belongs to.
    pub proof_due_at: Option<Timestamp>,
    /// The second name to sign in with, if one was chosen; unique by its canonical form.
    pub username: Option<Username>,
    /// First and last name.
    pub name: PersonName,
    /// The language to write to the user in.
    pub locale: Locale,
    /// What the user is to the platform.
    pub role: Role,
    /// Whether the user may sign in.
    pub status: UserStatus,
    /// Raised when role or status changes, and when the account is to go or is kept after all.
    pub epoch: Epoch,
    /// Raised when the password changes.
    pub credential_version: CredentialVersion,
    /// When the account was made.
    pub created_at: Timestamp,
    /// When the user last signed in with a password.
    pub last_login_at: Option<Timestamp>,
    /// When the account goes, because its owner asked for it. Until then nobody signs in, and the owner can keep it.
    pub deletes_at: Option<Timestamp>,
}

impl User {
    /// Whether sessions of the user may be opened and used.
    #[must_use]
    pub const fn may_sign_in(&self) -> bool {
        self.status.is_active() && self.deletes_at.is_none()
    }

    /// Notes that the address was proven. What was proven before stays proven since then.
    pub fn prove_email(&mut self, now: Timestamp) {
        self.email_verified_at.get_or_insert(now);
        self.proof_due_at = None;
    }
}

/// What a person types to say who they are: an address or a username.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Identifier {
    /// An email address.
    Email(EmailAddress),
    /// A username.
    Username(Username),
}

impl Identifier {
    /// Reads either: what holds an `@` is an address, because a username never does.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        if raw.contains('@') {
            EmailAddress::parse(raw).map(Self::Email)
        } else {
            Username::parse(raw).map(Self::Username)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Identifier;

    #[test]
    fn what_holds_an_at_sign_is_an_address() {
        assert!(matches!(Identifier::parse("jane@example.com"), Ok(Identifier::Email(_))));
        assert!(matches!(Identifier::parse("jane"), Ok(Identifier::Username(_))));
        assert!(Identifier::parse("jane@").is_err());
    }
}
