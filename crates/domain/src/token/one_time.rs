//! Tokens that are sent by mail and work once.

use std::time::Duration;

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};

use crate::{Digest, OneTimeTokenId, Secret, Timestamp, UserId, user::EmailAddress};

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);
const DAY: Duration = Duration::from_hours(24);

/// What a one-time token is for. A token of one purpose is none of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum OneTimePurpose {
    /// Proves that the user reads the mail of the address.
    VerifyEmail,
    /// Lets whoever reads the mail of the address choose a new password.
    ResetPassword,
    /// Proves that the user reads the mail of the address that is to become theirs.
    ConfirmEmail,
    /// Gives the account back to the address that it had before.
    UndoEmailChange,
    /// Ends every session, for a user who says "that was not me".
    Disown,
}

impl OneTimePurpose {
    /// Every purpose.
    pub const ALL: [Self; 5] =
        [Self::VerifyEmail, Self::ResetPassword, Self::ConfirmEmail, Self::UndoEmailChange, Self::Disown];

    /// What dies with a new password, a new address, a newer request of the same and a sign-out everywhere: whoever
    /// asked for it may not be who holds the account now.
    pub const PENDING: [Self; 3] = [Self::VerifyEmail, Self::ResetPassword, Self::ConfirmEmail];

    /// The purpose's name in the database.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::VerifyEmail => "verify_email",
            Self::ResetPassword => "reset_password",
            Self::ConfirmEmail => "confirm_email",
            Self::UndoEmailChange => "undo_email_change",
            Self::Disown => "disown",
        }
    }

    /// How long such a token is good for.
    #[must_use]
    pub const fn lifetime(self) -> Duration {
        match self {
            Self::VerifyEmail | Self::ConfirmEmail => DAY,
            Self::ResetPassword => MINUTE.saturating_mul(30),
            Self::UndoEmailChange | Self::Disown => DAY.saturating_mul(7),
        }
    }
}

/// How long the link is good for with which the owner of an account that an administrator made chooses the first
/// password: who gets it has not asked for it and need not be there.
pub const FIRST_PASSWORD_WITHIN: Duration = HOUR.saturating_mul(24);

/// The 32 random bytes that go out by mail. Only their digest is stored.
pub struct OneTimeSecret(Secret<[u8; 32]>);

impl OneTimeSecret {
    /// Takes random bytes.
    #[must_use]
    pub const fn new(bytes: Secret<[u8; 32]>) -> Self {
        Self(bytes)
    }

    /// Reads what a link carried: 43 characters of base64url without padding (RFC 4648 §5), in the one spelling that
    /// these bytes have.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let mut bytes = Secret::new([0; 32]);
        let length = BASE64_URL_SAFE_NO_PAD.decode_slice(text, bytes.expose_mut()).ok()?;
        (length == 32).then_some(Self(bytes))
    }

    /// What a link carries.
    #[must_use]
    pub fn text(&self) -> Secret<String> {
        Secret::new(BASE64_URL_SAFE_NO_PAD.encode(self.0.expose()))
    }

    /// What is stored of it.
    #[must_use]
    pub fn digest(&self) -> Digest {
        Digest::of(self.0.expose())
    }

    /// The same secret once more, for whoever keeps what another sends.
    #[must_use]
    pub const fn copy(&self) -> Self {
        Self(Secret::new(*self.0.expose()))
    }
}

/// What is stored of a one-time token: 32 random bytes went out by mail, their digest stays.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OneTimeToken {
    /// The row's name.
    pub id: OneTimeTokenId,
    /// Whose it is.
    pub user_id: UserId,
    /// What it is for.
    pub purpose: OneTimePurpose,
    /// The address that it is about. A token to prove or to confirm proves this one and no other; one that undoes
    /// gives the account back to it.
    pub address: EmailAddress,
    /// The digest of the random bytes.
    pub digest: Digest,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it stops working.
    pub expires_at: Timestamp,
}

#[cfg(test)]
mod tests {
    use super::OneTimeSecret;
    use crate::Secret;

    #[test]
    fn a_secret_is_read_in_one_spelling_only() {
        let secret = OneTimeSecret::new(Secret::new([0xff; 32]));
        let text = secret.text();
        assert_eq!(text.expose(), "__________________________________________8");
        assert!(OneTimeSecret::parse(text.expose()).unwrap().digest() == secret.digest());
        let other = ["__________________________________________9", "__________________________________________8="];
        for text in other.into_iter().chain(["", "_8", &format!("{}__", text.expose()), " ", "é"]) {
            assert!(OneTimeSecret::parse(text).is_none(), "{text:?}");
        }
    }
}
