//! What attempts are counted for.

use std::net::IpAddr;

use doorward_domain::{
    Digest,
    attempt::Budget,
    user::{EmailAddress, Identifier, User},
};

use super::{KnownBrowser, Limit};
use crate::{
    Actor,
    ports::{DigestUse, KeyedDigest},
    settings::ThrottleRules,
};

/// Whose password is tried.
#[derive(Clone, Copy)]
pub(crate) enum Whose<'a> {
    /// A user's.
    User(&'a User),
    /// Nobody's, under a name that could be somebody's.
    Nobody(&'a Identifier),
    /// Nobody's, under what can be no name.
    Noname(&'a str),
}

/// What attempts are counted for: a limit, and the bytes that say of whom.
pub(super) struct Subject {
    pub(super) limit: Limit,
    of: Vec<Vec<u8>>,
}

impl Subject {
    pub(super) fn account(whose: Whose<'_>) -> Self {
        Self { limit: Limit::Account, of: whose.parts() }
    }

    pub(super) fn account_from(whose: Whose<'_>, from: IpAddr) -> Self {
        let mut of = whose.parts();
        of.push(network(from));
        Self { limit: Limit::AccountFromAddress, of }
    }

    pub(super) fn browser(whose: Whose<'_>, browser: KnownBrowser) -> Self {
        let mut of = whose.parts();
        of.push(browser.nonce.to_vec());
        Self { limit: Limit::Browser, of }
    }

    pub(super) fn session(actor: &Actor) -> Self {
        Self { limit: Limit::Session, of: vec![actor.session.id.uuid().as_bytes().to_vec()] }
    }

    pub(super) fn address(from: IpAddr) -> Self {
        Self { limit: Limit::Address, of: vec![network(from)] }
    }

    pub(super) fn sign_ups(from: IpAddr) -> Self {
        Self { limit: Limit::SignUps, of: vec![network(from)] }
    }

    pub(super) fn mails(to: &EmailAddress) -> Self {
        Self { limit: Limit::Mails, of: vec![to.canonical().as_bytes().to_vec()] }
    }

    /// The name of its counter. Each part is written with its length, so that no two lists of parts are the same bytes.
    pub(super) fn key(&self, digests: &dyn KeyedDigest) -> Digest {
        let mut bytes = self.limit.as_str().as_bytes().to_vec();
        for part in &self.of {
            bytes.push(0);
            bytes.extend(u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend(part);
        }
        digests.digest(DigestUse::Attempt, &bytes)
    }
}

impl Whose<'_> {
    /// A user is the same by whatever name they are called, and another with another password.
    fn parts(self) -> Vec<Vec<u8>> {
        let (kind, who, version) = match self {
            Self::User(user) => ("user", user.id.uuid().as_bytes().to_vec(), user.credential_version),
            Self::Nobody(Identifier::Email(email)) => ("email", email.canonical().as_bytes().to_vec(), 0),
            Self::Nobody(Identifier::Username(name)) => ("username", name.canonical().as_bytes().to_vec(), 0),
            Self::Noname(typed) => ("typed", typed.as_bytes().to_vec(), 0),
        };
        vec![kind.into(), who, version.to_be_bytes().to_vec()]
    }
}

impl Limit {
    pub(super) fn budget(self, rules: &ThrottleRules) -> Budget {
        match self {
            Self::Account | Self::Browser | Self::Session => rules.account,
            Self::AccountFromAddress => rules.account_from_address,
            Self::Address => rules.address,
            Self::SignUps => rules.sign_ups,
            Self::Mails => rules.mails,
        }
    }
}

/// Whom an address stands for. Whoever has one of IPv6 has all of its /64.
fn network(from: IpAddr) -> Vec<u8> {
    match from.to_canonical() {
        IpAddr::V4(address) => address.octets().to_vec(),
        IpAddr::V6(address) => address.octets()[..8].to_vec(),
    }
}
