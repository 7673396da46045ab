//! The outbox.

use doorward_application::ports::{Message, MessageContent};
use doorward_domain::{
    Secret,
    user::{EmailAddress, User},
};

use super::{Outcome, Subject, write};
use crate::builders::{message, password_hash, user};

pub async fn a_message_is_there_exactly_when_its_unit_was_committed(subject: &Subject) -> Outcome {
    let user = user(1);
    let mut dropped = write(&subject.store).await?;
    dropped.users().insert(&user, &password_hash(1)).await?;
    dropped.outbox().push(&message(&user, 1)).await?;
    drop(dropped);
    assert!((subject.outbox)().await.is_empty());

    let mut unit = write(&subject.store).await?;
    unit.users().insert(&user, &password_hash(1)).await?;
    unit.outbox().push(&message(&user, 2)).await?;
    let told = Message { content: MessageContent::AccountExists, ..message(&user, 3) };
    unit.outbox().push(&told).await?;
    assert!((subject.outbox)().await.is_empty());
    unit.commit().await?;
    let kinds: Vec<_> = (subject.outbox)().await.into_iter().map(|(kind, _)| kind).collect();
    assert_eq!(kinds, ["verify_email", "account_exists"]);
    Ok(())
}

pub async fn nothing_of_a_message_can_be_read_at_rest(subject: &Subject) -> Outcome {
    let token = *b"a token that everybody could see";
    let user = User { email: EmailAddress::parse("readable.address@example.com")?, ..user(1) };
    let message = Message {
        name: "Readable Name".to_owned(),
        content: MessageContent::VerifyEmail { token: Secret::new(token), expires_at: user.created_at },
        ..message(&user, 1)
    };
    let mut unit = write(&subject.store).await?;
    unit.outbox().push(&message).await?;
    unit.commit().await?;
    let rows = (subject.outbox)().await;
    assert_eq!(rows.len(), 1);
    for (_, bytes) in rows {
        let text = String::from_utf8_lossy(&bytes).to_lowercase();
        // The third is the token as a link spells it.
        for readable in ["readable", "a token that", "ysb0b2tlbib0agf0"] {
            assert!(!text.contains(readable), "{readable}");
        }
    }
    Ok(())
}
