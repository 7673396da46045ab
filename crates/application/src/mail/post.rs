//! The part that all who write to users share: messages, and the one-time tokens that their links carry.

use std::{sync::Arc, time::Duration};

use doorward_domain::{
    Timestamp,
    token::{OneTimePurpose, OneTimeSecret, OneTimeToken, one_time::FIRST_PASSWORD_WITHIN},
    user::{EmailAddress, Locale, User},
};

use crate::{
    Ports,
    ports::{Facts, IdGenerator, Message, MessageKind, SecretGenerator, StoreError, UnitOfWork},
};

/// Writes messages, and redeems what their links bring back.
#[derive(Clone)]
pub(crate) struct Post {
    ids: Arc<dyn IdGenerator>,
    secrets: Arc<dyn SecretGenerator>,
}

impl Post {
    pub(crate) fn new(ports: &Ports) -> Self {
        Self { ids: Arc::clone(&ports.ids), secrets: Arc::clone(&ports.secrets) }
    }

    /// Writes to a user, at the address of the account.
    pub(crate) async fn write(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        kind: MessageKind,
        facts: Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        self.write_to(unit, user, &user.email, kind, facts, now).await
    }

    /// Tells a user of what happened to the account. Nobody is told at an address that was never proven: it may be a
    /// stranger's, whom whoever signed up with it could have written to as often as they like.
    pub(crate) async fn notify(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        kind: MessageKind,
        facts: Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        if user.email_verified_at.is_none() {
            return Ok(());
        }
        self.write(unit, user, kind, facts, now).await
    }

    /// Writes to a user at another address: the one that the link's token is about. A newer link of the kinds that die with
    /// a new password replaces the older ones.
    pub(crate) async fn write_to(
        &self,
        unit: &mut dyn UnitOfWork,
        user: &User,
        to: &EmailAddress,
        kind: MessageKind,
        mut facts: Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let token = match link(kind) {
            None => None,
            Some((purpose, lifetime)) => {
                if OneTimePurpose::PENDING.contains(&purpose) {
                    unit.one_time_tokens().discard(user.id, &[purpose], None).await?;
                }
                let secret = OneTimeSecret::new(self.secrets.bytes32());
                let expires_at = now + lifetime;
                let token = OneTimeToken {
                    id: self.ids.one_time_token_id(now),
                    user_id: user.id,
                    purpose,
                    address: to.clone(),
                    digest: secret.digest(),
                    created_at: now,
                    expires_at,
                };
                unit.one_time_tokens().insert(&token).await?;
                facts.expires_at = Some(expires_at);
                Some(secret)
            }
        };
        let message = Message {
            id: self.ids.message_id(now),
            user_id: Some(user.id),
            to: to.clone(),
            name: Some(user.name.full()),
            locale: user.locale.clone(),
            kind,
            token,
            facts,
            created_at: now,
        };
        unit.outbox().push(&message).await
    }

    /// Writes down that someone typed an address and wishes for a message there.
    pub(crate) async fn wish(
        &self,
        unit: &mut dyn UnitOfWork,
        to: &EmailAddress,
        kind: MessageKind,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let message = Message {
            id: self.ids.message_id(now),
            user_id: None,
            to: to.clone(),
            name: None,
            locale: Locale::default(),
            kind,
            token: None,
            facts: Facts::default(),
            created_at: now,
        };
        unit.outbox().push(&message).await
    }

    /// Invites someone who has no account.
    pub(crate) async fn invite(
        &self,
        unit: &mut dyn UnitOfWork,
        to: &EmailAddress,
        locale: Locale,
        token: OneTimeSecret,
        facts: Facts,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let message = Message {
            id: self.ids.message_id(now),
            user_id: None,
            to: to.clone(),
            name: None,
            locale,
            kind: MessageKind::Invitation,
            token: Some(token),
            facts,
            created_at: now,
        };
        unit.outbox().push(&message).await
    }

    /// Uses up the token that a link brought back, and locks its user. `None` if it is none, was used, discarded or
    /// expired, or is about another address than the account's where it must be about that one.
    pub(crate) async fn redeem(
        &self,
        unit: &mut dyn UnitOfWork,
        purpose: OneTimePurpose,
        secret: &OneTimeSecret,
        now: Timestamp,
    ) -> Result<Option<(OneTimeToken, User)>, StoreError> {
        let Some(token) = unit.one_time_tokens().find(purpose, &secret.digest(), now).await? else { return Ok(None) };
        // The user first: whoever discards tokens holds the user's lock and waits for no token.
        let Some(user) = unit.users().lock(token.user_id).await? else { return Ok(None) };
        if is_about_the_accounts_address(purpose) && token.address.canonical() != user.email.canonical() {
            return Ok(None);
        }
        let consumed = unit.one_time_tokens().consume(token.id, now).await?;
        Ok(consumed.then_some((token, user)))
    }
}

/// What the link of a message is for, and how long it works, if it carries a token of a user's.
const fn link(kind: MessageKind) -> Option<(OneTimePurpose, Duration)> {
    let purpose = match kind {
        MessageKind::VerifyEmail => OneTimePurpose::VerifyEmail,
        MessageKind::ResetPassword => OneTimePurpose::ResetPassword,
        MessageKind::AccountCreated => return Some((OneTimePurpose::ResetPassword, FIRST_PASSWORD_WITHIN)),
        MessageKind::ConfirmEmail => OneTimePurpose::ConfirmEmail,
        MessageKind::EmailChanged => OneTimePurpose::UndoEmailChange,
        MessageKind::NewDevice | MessageKind::PasswordChanged | MessageKind::RefreshTokenReused => {
            OneTimePurpose::Disown
        }
        MessageKind::VerificationRequested
        | MessageKind::AccountExists
        | MessageKind::ResetRequested
        | MessageKind::Invitation
        | MessageKind::DeletionScheduled => return None,
    };
    Some((purpose, purpose.lifetime()))
}

/// A token that is about the address of the account is worth nothing once that is another.
const fn is_about_the_accounts_address(purpose: OneTimePurpose) -> bool {
    match purpose {
        OneTimePurpose::VerifyEmail | OneTimePurpose::ResetPassword | OneTimePurpose::Disown => true,
        OneTimePurpose::ConfirmEmail | OneTimePurpose::UndoEmailChange => false,
    }
}
