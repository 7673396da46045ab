//! What is to be done to a ring. Only a ring can say so: none of these is made elsewhere.

use super::{KeyMoments, SigningKey};
use crate::Timestamp;

/// What is to be done next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// A key is to be made and published.
    Publish(Place),
    /// A key that is published is to sign at once, because no other does.
    Promote(Promotion),
    /// A key is to be retired.
    Retire(Retirement),
}

/// A place in the ring for a key that is still to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub(super) algorithm: &'static str,
    pub(super) published_at: Timestamp,
    pub(super) signs_from: Timestamp,
}

impl Place {
    /// The algorithm of the key that is to be made.
    #[must_use]
    pub const fn algorithm(&self) -> &'static str {
        self.algorithm
    }

    /// From when on the key may sign.
    #[must_use]
    pub const fn signs_from(&self) -> Timestamp {
        self.signs_from
    }

    /// The key of this id in this place.
    #[must_use]
    pub fn filled_by(self, id: String) -> SigningKey {
        let Self { algorithm, published_at, signs_from } = self;
        let moments = KeyMoments { published_at, signs_from, revoked_at: None, retired_at: None };
        SigningKey { id, algorithm: algorithm.to_owned(), moments }
    }
}

/// A published key signs earlier than it was to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Promotion {
    pub(super) id: String,
    pub(super) signs_from: Timestamp,
}

impl Promotion {
    /// Which key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// From when on it signs.
    #[must_use]
    pub const fn signs_from(&self) -> Timestamp {
        self.signs_from
    }
}

/// A key of which nothing that it signed is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retirement {
    pub(super) id: String,
    pub(super) at: Timestamp,
}

impl Retirement {
    /// Which key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it is retired.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}

/// A key of which nothing that it signed holds any more.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeyRevocation {
    pub(super) id: String,
    pub(super) at: Timestamp,
}

impl KeyRevocation {
    /// Which key.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// When it is revoked: of a key that signs or did, never before it began to.
    #[must_use]
    pub const fn at(&self) -> Timestamp {
        self.at
    }
}
