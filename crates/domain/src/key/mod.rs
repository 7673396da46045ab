//! The keys that access tokens are signed with: which of them signs, which verify, and when each comes and goes.
//!
//! A key is *published* first, so that every verifier has fetched it before it *signs*; it goes on *verifying* when its
//! successor signs, until the last token that it signed is over, and then it is *retired*. What a key is at a moment
//! follows from stored moments alone, so that all nodes agree on it without talking to each other. The moments of a key
//! come from the [`Ring`] that it is for, and from nowhere else but a store that reads them back.

mod ring;
mod step;

use std::time::Duration;

pub use ring::{Ring, RotationPending};
pub use step::{KeyRevocation, Place, Promotion, Retirement, Step};
use thiserror::Error;

use crate::Timestamp;

/// When keys come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyRules {
    /// The one algorithm that the key which signs is to be for.
    pub algorithm: &'static str,
    /// For how long others may keep the public keys that they fetched.
    pub cache_life: Duration,
    /// What is allowed for beyond that: the clocks of nodes that are apart, and nodes that learn of a key late.
    pub skew: Duration,
    /// For how long a key signs before its successor does; none means until someone says so.
    pub rotate_after: Option<Duration>,
    /// For how long a token may be accepted after it was signed.
    pub token_life: Duration,
}

impl KeyRules {
    /// From the publication of a key to its first signature.
    #[must_use]
    pub fn notice(&self) -> Duration {
        self.cache_life + self.skew
    }

    /// From the last signature of a key to its end.
    fn afterlife(&self) -> Duration {
        self.skew + self.token_life
    }
}

/// What a signing key is at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum KeyState {
    /// Others can fetch it; it does not sign yet.
    Published,
    /// It signs.
    Signing,
    /// It signs no more; what it signed is good.
    Verifying,
    /// Nothing that it signed is left.
    Retired,
    /// Nothing that it signed holds.
    Revoked,
}

impl KeyState {
    /// Every state.
    pub const ALL: [Self; 5] = [Self::Published, Self::Signing, Self::Verifying, Self::Retired, Self::Revoked];

    /// The state's name on the wire.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Published => "published",
            Self::Signing => "signing",
            Self::Verifying => "verifying",
            Self::Retired => "retired",
            Self::Revoked => "revoked",
        }
    }
}

/// A signing key's place in the ring. What the key is made of is the signer's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SigningKey {
    id: String,
    algorithm: String,
    moments: KeyMoments,
}

/// The moments of a signing key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyMoments {
    /// Since when verifiers can fetch it.
    pub published_at: Timestamp,
    /// From when on it may sign.
    pub signs_from: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
    /// When it was retired, if it was: what it was made of is gone.
    pub retired_at: Option<Timestamp>,
}

/// No key signs before it is published.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("signs before it is published")]
pub struct SignsUnpublished;

impl SigningKey {
    /// The key that was stored so. It is for stores: a new key is made by [`Place::filled_by`].
    pub fn stored(id: String, algorithm: String, moments: KeyMoments) -> Result<Self, SignsUnpublished> {
        if moments.signs_from < moments.published_at {
            return Err(SignsUnpublished);
        }
        Ok(Self { id, algorithm, moments })
    }

    /// `kid`: the key's thumbprint (RFC 7638), or random for a symmetric key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// `alg`: the one algorithm that it is for.
    #[must_use]
    pub fn algorithm(&self) -> &str {
        &self.algorithm
    }

    /// When it came and comes, and when it went.
    #[must_use]
    pub const fn moments(&self) -> KeyMoments {
        self.moments
    }

    /// Whether what it signs is good: it was neither revoked nor retired. These are the keys that are published.
    #[must_use]
    pub const fn holds(&self) -> bool {
        self.moments.revoked_at.is_none() && self.moments.retired_at.is_none()
    }

    /// Whether it was revoked before it could sign, so that it never was anyone's successor.
    #[must_use]
    pub fn was_withdrawn(&self) -> bool {
        self.moments.revoked_at.is_some_and(|revoked_at| revoked_at < self.moments.signs_from)
    }
}
