//! How often things may be tried: passwords, sign-ups, mails.
//!
//! An attempt is reserved before its password is hashed, in a unit of its own that has been committed when the hashing
//! begins: so guesses that run at once, on any node, are counted as exactly as guesses one after the other. What turns out
//! to be right begins its budgets anew; what turns out to be no attempt is put back.
//!
//! Nobody's owner is locked out by it. A stranger's guesses are counted by account, by address and by both together; a
//! browser that has signed in to the account before ([`DeviceTokens`]) has a budget of its own, out of which nobody else
//! can take. What is counted by account is counted for a version of its password: a new one, by the link of a mail, begins
//! anew. A name that is nobody's is counted like one that is, so a refusal does not tell them apart (docs/adr/0009).

mod device_token;
mod subject;

use std::{sync::Arc, time::Duration};

pub use device_token::DeviceTokens;
pub(crate) use device_token::KnownBrowser;
use doorward_domain::{
    Digest, Timestamp,
    attempt::{Budget, Exhausted},
    session::Device,
    user::EmailAddress,
};
use quick_cache::sync::Cache;
use subject::Subject;
pub(crate) use subject::Whose;
use thiserror::Error;

use crate::{
    Actor, Fault, Ports,
    ports::{AttemptCounters, Clock, Counted, KeyedDigest, StoreError, TakeError},
    settings::ThrottleRules,
};

/// Too much was tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the budget \"{}\" is exhausted", limit.as_str())]
pub struct Throttled {
    /// What is limited.
    pub limit: Limit,
    /// How much of it is allowed.
    pub budget: Budget,
    /// How long to wait; `None` if it is of no use, and only a new password helps.
    pub wait: Option<Duration>,
}

/// What is limited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    /// Wrong passwords for one account.
    Account,
    /// Wrong passwords for one account from one address.
    AccountFromAddress,
    /// Wrong passwords for one account in a browser that knows it.
    Browser,
    /// Wrong passwords of someone who is signed in.
    Session,
    /// Wrong passwords, and wishes for mails, from one address.
    Address,
    /// Sign-ups from one address.
    SignUps,
    /// Mails to one address that anybody can ask for.
    Mails,
}

impl Limit {
    /// Every limit.
    pub const ALL: [Self; 7] = [
        Self::Account,
        Self::AccountFromAddress,
        Self::Browser,
        Self::Session,
        Self::Address,
        Self::SignUps,
        Self::Mails,
    ];

    /// What programs call it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::AccountFromAddress => "account-from-address",
            Self::Browser => "browser",
            Self::Session => "session",
            Self::Address => "address",
            Self::SignUps => "sign-ups",
            Self::Mails => "mails",
        }
    }
}

/// Decides whether something may be tried once more.
pub(crate) struct Throttle {
    counters: Arc<dyn AttemptCounters>,
    digests: Arc<dyn KeyedDigest>,
    clock: Arc<dyn Clock>,
    /// None if nothing is limited.
    rules: Option<ThrottleRules>,
    /// What was found exhausted a moment ago, so that a flood does not reach the store.
    exhausted: Cache<Digest, Seen>,
}

/// What a counter said, and when.
#[derive(Clone, Copy)]
struct Seen {
    exhausted: Exhausted,
    at: Timestamp,
}

impl Throttle {
    /// For how long a node goes by what it saw of a counter that another may have begun anew since.
    const REMEMBERED: Duration = Duration::from_secs(1);
    /// How many exhausted budgets a node remembers.
    const CAPACITY: usize = 10_000;

    pub(crate) fn new(ports: &Ports, rules: Option<ThrottleRules>) -> Self {
        Self {
            counters: Arc::clone(&ports.attempts),
            digests: Arc::clone(&ports.digests),
            clock: Arc::clone(&ports.clock),
            rules,
            exhausted: Cache::new(Self::CAPACITY),
        }
    }

    /// Reserves an attempt to sign in, before the password is hashed. A browser that is known to be the account's has a
    /// budget of its own; all others share that of the account, and of the address from which they come.
    pub(crate) async fn sign_in(
        &self,
        whose: Whose<'_>,
        device: &Device,
        browser: Option<KnownBrowser>,
    ) -> Result<Attempt<'_>, Fault> {
        if let Some(browser) = browser {
            return self.attempt(&[Subject::browser(whose, browser)], &[]).await;
        }
        let from = device.ip_address;
        let own: Vec<_> =
            [Subject::account(whose)].into_iter().chain(from.map(|from| Subject::account_from(whose, from))).collect();
        self.attempt(&own, from.map(Subject::address).as_slice()).await
    }

    /// Reserves an attempt of a signed-in user to type the password once more.
    pub(crate) async fn reauthentication(&self, actor: &Actor) -> Result<Attempt<'_>, Fault> {
        self.attempt(&[Subject::session(actor)], &[]).await
    }

    /// Counts a sign-up.
    pub(crate) async fn sign_up(&self, device: &Device) -> Result<(), Fault> {
        self.count(device.ip_address.map(Subject::sign_ups)).await
    }

    /// Counts a wish for a mail to an address that anybody could have typed.
    pub(crate) async fn wish(&self, device: &Device) -> Result<(), Fault> {
        self.count(device.ip_address.map(Subject::address)).await
    }

    /// Counts a mail to an address that anybody could have typed.
    pub(crate) async fn mail(&self, to: &EmailAddress) -> Result<(), Fault> {
        self.count(Some(Subject::mails(to))).await
    }

    /// The same, and says whether it may be sent. For those who are not told: to whom a mail goes is not theirs to know.
    pub(crate) async fn silent_mail(&self, to: &EmailAddress) -> Result<bool, Fault> {
        match self.mail(to).await {
            Ok(()) => Ok(true),
            Err(Fault::Throttled(_)) => Ok(false),
            Err(fault) => Err(fault),
        }
    }

    async fn count(&self, subject: Option<Subject>) -> Result<(), Fault> {
        self.attempt(&[], subject.as_slice()).await.map(drop)
    }

    /// Takes an attempt out of all of these budgets, or none. `own` begin anew if it succeeds.
    async fn attempt(&self, own: &[Subject], shared: &[Subject]) -> Result<Attempt<'_>, Fault> {
        let nothing = Attempt { throttle: self, own: Vec::new(), shared: Vec::new() };
        let Some(rules) = self.rules.as_ref().filter(|_| !(own.is_empty() && shared.is_empty())) else {
            return Ok(nothing);
        };
        let counted = |subject: &Subject| Counted {
            key: subject.key(self.digests.as_ref()),
            budget: subject.limit.budget(rules),
        };
        let attempt = Attempt {
            throttle: self,
            own: own.iter().map(counted).collect(),
            shared: shared.iter().map(counted).collect(),
        };
        let wanted: Vec<_> = attempt.all().collect();
        let limits: Vec<_> = own.iter().chain(shared).map(|subject| subject.limit).collect();
        let now = self.clock.now();
        if let Err((key, exhausted)) = self.take(&wanted, now).await? {
            let place = wanted.iter().position(|counted| counted.key == key);
            let place = place.ok_or(Fault::Inconsistent("a budget is exhausted that nobody asked for"))?;
            let wait = match exhausted {
                Exhausted::Until(at) => Some((at - now).to_std().unwrap_or_default()),
                Exhausted::Stopped => None,
            };
            return Err(Throttled { limit: limits[place], budget: wanted[place].budget, wait }.into());
        }
        Ok(attempt)
    }

    /// Takes, unless it was seen a moment ago that there is nothing to take.
    async fn take(&self, wanted: &[Counted], now: Timestamp) -> Result<Result<(), (Digest, Exhausted)>, StoreError> {
        let still = |seen: &Seen| {
            let age = (now - seen.at).to_std();
            let waits = !matches!(seen.exhausted, Exhausted::Until(at) if at <= now);
            waits && age.is_ok_and(|age| age < Self::REMEMBERED)
        };
        for Counted { key, .. } in wanted {
            if let Some(seen) = self.exhausted.get(key).filter(still) {
                return Ok(Err((*key, seen.exhausted)));
            }
        }
        match self.counters.take(wanted, now).await {
            Ok(()) => Ok(Ok(())),
            Err(TakeError::Exhausted(key, exhausted)) => {
                self.exhausted.insert(key, Seen { exhausted, at: now });
                Ok(Err((key, exhausted)))
            }
            Err(TakeError::Store(cause)) => Err(cause),
        }
    }
}

/// An attempt that was reserved. Dropped, it counts as one that failed.
pub(crate) struct Attempt<'t> {
    throttle: &'t Throttle,
    own: Vec<Counted>,
    shared: Vec<Counted>,
}

impl Attempt<'_> {
    /// It was right: what it alone was counted for begins anew, and the address from which it came has done nothing.
    pub(crate) async fn succeeded(self) {
        self.settle(&self.own, &self.shared).await;
    }

    /// No password was compared.
    pub(crate) async fn was_none(self) {
        self.settle(&[], &self.all().collect::<Vec<_>>()).await;
    }

    /// A counter that cannot be reached stays as it is: that is no reason to refuse who was right, and what was taken comes
    /// back by itself.
    async fn settle(&self, anew: &[Counted], put_back: &[Counted]) {
        if !(anew.is_empty() && put_back.is_empty()) && self.throttle.counters.settle(anew, put_back).await.is_ok() {
            for Counted { key, .. } in anew {
                self.throttle.exhausted.remove(key);
            }
        }
    }

    fn all(&self) -> impl Iterator<Item = Counted> {
        self.own.iter().chain(&self.shared).copied()
    }
}
