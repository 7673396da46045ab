//! What is sealed of a message of the outbox.

use std::{borrow::Cow, net::IpAddr};

use chrono::{DateTime, SecondsFormat};
use doorward_application::ports::{Facts, Message, MessageKind, StoreError};
use doorward_domain::{
    MessageId, Role, UserId,
    token::OneTimeSecret,
    user::{EmailAddress, Locale},
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;
use zeroize::Zeroizing;

use super::outbox::Model;
use crate::{SealError, Sealer};

/// Everything of a message that tells of a person. What an older version has not written is none.
#[derive(Serialize, Deserialize)]
struct Payload<'a> {
    to: Cow<'a, str>,
    name: Option<Cow<'a, str>>,
    locale: Option<Cow<'a, str>>,
    expires_at: Option<String>,
    device: Option<Cow<'a, str>>,
    ip_address: Option<IpAddr>,
    new_email: Option<Cow<'a, str>>,
    role: Option<Cow<'a, str>>,
    company: Option<Cow<'a, str>>,
    token: Option<&'a str>,
}

/// More bytes than a message needs, so that what grows leaves no copy behind.
const ROOM: usize = 4096;

/// What the message needs, for no other row than its own.
pub(super) fn seal(sealer: &Sealer, message: &Message) -> Result<Vec<u8>, StoreError> {
    let Message { to, name, locale, token, facts, .. } = message;
    let token = token.as_ref().map(OneTimeSecret::text);
    let payload = Payload {
        to: to.typed().into(),
        name: name.as_deref().map(Cow::from),
        locale: Some(locale.as_str().into()),
        expires_at: facts.expires_at.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Micros, true)),
        device: facts.device.as_deref().map(Cow::from),
        ip_address: facts.ip_address,
        new_email: facts.new_email.as_ref().map(|address| address.typed().into()),
        role: facts.role.map(|role| role.as_str().into()),
        company: facts.company.as_deref().map(Cow::from),
        token: token.as_ref().map(|token| token.expose().as_str()),
    };
    let mut plain = Zeroizing::new(Vec::with_capacity(ROOM));
    serde_json::to_writer(&mut *plain, &payload).map_err(StoreError::new)?;
    sealer.seal(&context(message.id.uuid()), &plain).map_err(StoreError::new)
}

/// The message of the row. Whatever is wrong with it, it is not what was sealed.
pub(super) fn open(sealer: &Sealer, row: &Model) -> Result<Message, SealError> {
    let plain = sealer.open(&context(row.id), &row.payload)?;
    let payload: Payload<'_> = serde_json::from_slice(plain.expose()).map_err(|_| SealError)?;
    Ok(Message {
        id: MessageId::new(row.id),
        user_id: row.user_id.map(UserId::new),
        to: EmailAddress::parse(&payload.to).map_err(|_| SealError)?,
        name: payload.name.map(Cow::into_owned),
        locale: read(payload.locale.as_deref(), Locale::parse)?.unwrap_or_default(),
        kind: MessageKind::of_name(&row.kind).ok_or(SealError)?,
        token: read(payload.token, |token| OneTimeSecret::parse(token).ok_or(SealError))?,
        facts: Facts {
            expires_at: read(payload.expires_at.as_deref(), DateTime::parse_from_rfc3339)?.map(|at| at.to_utc()),
            device: payload.device.map(Cow::into_owned),
            ip_address: payload.ip_address,
            new_email: read(payload.new_email.as_deref(), EmailAddress::parse)?,
            role: read(payload.role.as_deref(), Role::parse)?,
            company: payload.company.map(Cow::into_owned),
        },
        created_at: row.created_at,
    })
}

/// A part that may be missing, but not be there and wrong.
fn read<'a, T, E>(part: Option<&'a str>, parse: impl FnOnce(&'a str) -> Result<T, E>) -> Result<Option<T>, SealError> {
    part.map(parse).transpose().map_err(|_| SealError)
}

pub(super) fn context(id: Uuid) -> String {
    format!("outbox/{id}")
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{Facts, MessageKind};
    use doorward_domain::{Secret, Timestamp, user::Locale};
    use doorward_testkit::builders::{message, noon, user};
    use serde_json::json;

    use super::{Model, SealError, Sealer, Uuid, context, open, seal};

    fn sealer(byte: u8) -> Sealer {
        Sealer::new(&Secret::new(vec![byte; Sealer::MIN_MASTER_LEN]), &[]).unwrap()
    }

    /// The row of a message that this was sealed of.
    fn row(plain: &str) -> Model {
        let id = Uuid::from_u128(1);
        Model {
            id,
            kind: "verify_email".to_owned(),
            payload: sealer(1).seal(&context(id), plain.as_bytes()).unwrap(),
            created_at: noon(),
            user_id: None,
            due_at: Some(noon()),
            lease_id: None,
            attempts: 0,
            last_error: None,
        }
    }

    #[test]
    fn what_the_first_version_wrote_is_read() {
        let token = "__________________________________________8";
        let expires_at = "2026-09-21T14:13:20.000000Z";
        let first = json!({"to": "Jane@example.com", "name": "Jane Doe", "token": token, "expires_at": expires_at});
        let message = open(&sealer(1), &row(&first.to_string())).unwrap();
        assert_eq!(message.kind, MessageKind::VerifyEmail);
        assert_eq!((message.to.typed(), message.name.as_deref()), ("Jane@example.com", Some("Jane Doe")));
        assert_eq!(message.locale, Locale::default());
        assert_eq!(message.token.unwrap().text().expose(), token);
        let expires_at = Timestamp::from_timestamp(1_790_000_000, 0);
        assert_eq!(message.facts, Facts { expires_at, ..Facts::default() });
        let message = open(&sealer(1), &row(r#"{"to":"Jane@example.com","name":"Jane Doe"}"#)).unwrap();
        assert!(message.token.is_none());
    }

    #[test]
    fn what_is_wrong_in_any_part_is_not_read() {
        for part in [
            r#""name":1"#,
            r#""locale":"""#,
            r#""expires_at":"soon""#,
            r#""ip_address":"localhost""#,
            r#""new_email":"nobody""#,
            r#""role":"KING""#,
            r#""token":"short""#,
            r#""to":"jane@example.com""#,
        ] {
            let payload = format!(r#"{{"to":"jane@example.com",{part}}}"#);
            assert_eq!(open(&sealer(1), &row(&payload)).err(), Some(SealError), "{payload}");
        }
        for payload in ["", "{}", "null", r#"{"to":"nobody"}"#] {
            assert_eq!(open(&sealer(1), &row(payload)).err(), Some(SealError), "{payload}");
        }
        let unknown = Model { kind: "farewell".to_owned(), ..row(r#"{"to":"jane@example.com"}"#) };
        assert_eq!(open(&sealer(1), &unknown).err(), Some(SealError));
    }

    #[test]
    fn a_message_opens_as_the_row_it_stands_in_and_as_no_other() {
        let message = message(&user(1), 1);
        let sealed = Model { id: message.id.uuid(), payload: seal(&sealer(1), &message).unwrap(), ..row("") };
        assert_eq!(open(&sealer(1), &sealed).unwrap().to, message.to);
        assert_eq!(open(&sealer(2), &sealed).err(), Some(SealError));
        assert_eq!(open(&sealer(1), &Model { id: Uuid::from_u128(2), ..sealed }).err(), Some(SealError));
    }
}
