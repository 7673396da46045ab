//! Users as the wire shows them.

use chrono::{DateTime, SecondsFormat, Utc};
use doorward_domain::{
    profile::Profile,
    text::Line,
    user::{User, Username},
};
use serde::{Serialize, Serializer};
use utoipa::ToSchema;
use uuid::Uuid;

/// A user, as sign-up and sign-in show them.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = User)]
pub(crate) struct UserBody {
    #[schema(example = "01989f3e-7a2c-7e11-b0a1-0c2f4b6d8e90")]
    id: Uuid,
    /// The address as it was typed.
    #[schema(format = Email, example = "jane@example.com")]
    email: String,
    /// `CANDIDATE`, `EMPLOYER` or `ADMIN`.
    #[schema(example = "CANDIDATE")]
    role: &'static str,
    #[schema(example = "Jane")]
    first_name: String,
    #[schema(example = "Doe")]
    last_name: String,
    /// The company of an employer.
    #[schema(example = "Tech Corp")]
    company: Option<String>,
    /// Whether the address was proven.
    #[schema(example = false)]
    email_verified: bool,
}

/// A user, as they see themselves.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
#[schema(as = Account)]
pub(crate) struct AccountBody {
    #[serde(flatten)]
    user: UserBody,
    /// The second name to sign in with.
    #[schema(example = "jane")]
    username: Option<String>,
    /// The language to write to the user in.
    #[schema(example = "en")]
    locale: String,
    #[schema(example = true)]
    is_active: bool,
    #[serde(serialize_with = "moment")]
    #[schema(example = "2026-01-01T12:00:00.123456Z")]
    created_at: DateTime<Utc>,
    /// When the user last signed in with a password.
    #[serde(serialize_with = "optional_moment")]
    #[schema(example = "2026-01-02T08:30:00.123456Z")]
    last_login_at: Option<DateTime<Utc>>,
}

/// What chrono writes, in one piece: it writes each figure by itself, and each is looked through for what JSON escapes.
/// Nothing is asked for as often as an account.
fn moment<S: Serializer>(at: &DateTime<Utc>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&at.to_rfc3339_opts(SecondsFormat::AutoSi, true))
}

#[expect(clippy::ref_option, reason = "serde hands over a reference to the field")]
fn optional_moment<S: Serializer>(at: &Option<DateTime<Utc>>, serializer: S) -> Result<S::Ok, S::Error> {
    match at {
        Some(at) => moment(at, serializer),
        None => serializer.serialize_none(),
    }
}

impl UserBody {
    pub(crate) fn new(user: &User, profile: &Profile) -> Self {
        Self {
            id: user.id.uuid(),
            email: user.email.typed().to_owned(),
            role: user.role.as_str(),
            first_name: user.name.first().as_str().to_owned(),
            last_name: user.name.last().as_str().to_owned(),
            company: profile.company().map(Line::as_str).map(ToOwned::to_owned),
            email_verified: user.email_verified_at.is_some(),
        }
    }
}

impl AccountBody {
    pub(crate) fn new(user: &User, profile: &Profile) -> Self {
        Self {
            user: UserBody::new(user, profile),
            username: user.username.as_ref().map(Username::typed).map(ToOwned::to_owned),
            locale: user.locale.as_str().to_owned(),
            is_active: user.status.is_active(),
            created_at: user.created_at,
            last_login_at: user.last_login_at,
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use serde_json::{Serializer, json};

    use super::{moment, optional_moment};

    #[test]
    fn a_moment_is_written_as_everywhere_else() {
        for nanos in [0, 123_000_000, 123_456_000, 999_999_000] {
            let at = DateTime::from_timestamp(1_767_268_800, nanos).unwrap();
            let written = |write: &dyn Fn(&mut Serializer<&mut Vec<u8>>)| {
                let mut bytes = Vec::new();
                write(&mut Serializer::new(&mut bytes));
                String::from_utf8(bytes).unwrap()
            };
            let elsewhere = json!(at).to_string();
            assert_eq!(written(&|to| moment(&at, to).unwrap()), elsewhere);
            assert_eq!(written(&|to| optional_moment(&Some(at), to).unwrap()), elsewhere);
            assert_eq!(written(&|to| optional_moment(&None, to).unwrap()), "null");
        }
    }
}
