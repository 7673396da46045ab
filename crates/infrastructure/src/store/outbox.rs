//! Messages that are to be sent.

use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::SecondsFormat;
use doorward_application::ports::{Message, MessageContent, OutboxRepository, StoreError};
use sea_orm::{ActiveValue::Set, EntityTrait as _};
use serde::Serialize;
use zeroize::Zeroizing;

use super::{entity::outbox, failure::failed, unit_of_work::SeaUnitOfWork};
use crate::Sealer;

/// What is sealed of a message.
#[derive(Serialize)]
struct Payload<'a> {
    to: &'a str,
    name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expires_at: Option<String>,
}

#[async_trait]
impl OutboxRepository for SeaUnitOfWork {
    async fn push(&mut self, message: &Message) -> Result<(), StoreError> {
        let row = outbox::ActiveModel {
            id: Set(message.id.uuid()),
            kind: Set(message.content.kind().to_owned()),
            payload: Set(seal(&self.sealer, message)?),
            created_at: Set(message.created_at),
        };
        outbox::Entity::insert(row).exec_without_returning(self.writer()?).await.map(drop).map_err(failed)
    }
}

/// What the message needs, for no other row than its own.
fn seal(sealer: &Sealer, message: &Message) -> Result<Vec<u8>, StoreError> {
    let (token, expires_at) = match &message.content {
        MessageContent::VerifyEmail { token, expires_at } => (Some(token), Some(expires_at)),
        MessageContent::AccountExists => (None, None),
    };
    let token = token.map(|token| Zeroizing::new(BASE64_URL_SAFE_NO_PAD.encode(token.expose())));
    let payload = Payload {
        to: message.to.typed(),
        name: &message.name,
        token: token.as_ref().map(|token| token.as_str()),
        expires_at: expires_at.map(|moment| moment.to_rfc3339_opts(SecondsFormat::Micros, true)),
    };
    let plain = Zeroizing::new(serde_json::to_vec(&payload).map_err(StoreError::new)?);
    sealer.seal(&format!("outbox/{}", message.id), &plain).map_err(StoreError::new)
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::{Message, MessageContent};
    use doorward_domain::{MessageId, Secret, Timestamp, user::EmailAddress};
    use uuid::Uuid;

    use super::seal;
    use crate::Sealer;

    #[test]
    fn a_message_opens_as_the_row_it_stands_in_and_as_no_other() {
        let sealer = Sealer::new(&Secret::new(vec![7; 32])).unwrap();
        let moment = Timestamp::from_timestamp(1_790_000_000, 0).unwrap();
        let message = Message {
            id: MessageId::new(Uuid::from_u128(1)),
            to: EmailAddress::parse("Jane@example.com").unwrap(),
            name: "Jane Doe".to_owned(),
            content: MessageContent::VerifyEmail { token: Secret::new([0xff; 32]), expires_at: moment },
            created_at: moment,
        };
        let payload_at_rest = seal(&sealer, &message).unwrap();
        let opened = sealer.open(&format!("outbox/{}", message.id), &payload_at_rest).unwrap();
        let payload: serde_json::Value = serde_json::from_slice(opened.expose()).unwrap();
        assert_eq!(
            payload,
            serde_json::json!({
                "to": "Jane@example.com",
                "name": "Jane Doe",
                "token": "__________________________________________8",
                "expires_at": "2026-09-21T14:13:20.000000Z",
            })
        );
        assert!(sealer.open("outbox/00000000-0000-0000-0000-000000000002", &payload_at_rest).is_err());
    }
}
