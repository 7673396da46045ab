//! All signing keys together, and what is to become of them.

use thiserror::Error;

use super::{KeyRevocation, KeyRules, KeyState, Place, Promotion, Retirement, SigningKey, Step};
use crate::Timestamp;

/// The signing keys, by when they sign from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ring {
    keys: Vec<SigningKey>,
}

/// The successor of the key that signs is published already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the next key is published already")]
pub struct RotationPending;

impl Ring {
    /// The ring of these keys.
    #[must_use]
    pub fn new(mut keys: Vec<SigningKey>) -> Self {
        keys.sort_by(|one, other| (one.moments.signs_from, &one.id).cmp(&(other.moments.signs_from, &other.id)));
        Self { keys }
    }

    /// Every key, the first to sign first.
    #[must_use]
    pub fn keys(&self) -> &[SigningKey] {
        &self.keys
    }

    /// The key that signs at a moment: the last whose time had come, and where that one was revoked, the one that is
    /// next. Keys before it never sign again. So a clock that is behind finds a key too.
    #[must_use]
    pub fn signing(&self, now: Timestamp) -> Option<&SigningKey> {
        let last = self.last_begun(now);
        let of_right = last.and_then(|last| self.keys.get(last)).filter(|key| key.holds());
        of_right.or_else(|| self.keys.iter().skip(last.map_or(0, |last| last + 1)).find(|key| key.holds()))
    }

    /// What a key of this ring is at a moment.
    #[must_use]
    pub fn state(&self, key: &SigningKey, now: Timestamp) -> KeyState {
        if key.moments.revoked_at.is_some() {
            KeyState::Revoked
        } else if key.moments.retired_at.is_some() {
            KeyState::Retired
        } else if self.signing(now).is_some_and(|signing| signing.id == key.id) {
            KeyState::Signing
        } else if key.moments.signs_from > now {
            KeyState::Published
        } else {
            KeyState::Verifying
        }
    }

    /// Until when a key of this ring signs, or did, if its successor is known.
    #[must_use]
    pub fn signs_until(&self, key: &SigningKey) -> Option<Timestamp> {
        if key.was_withdrawn() {
            return None;
        }
        let later = self.keys.iter().skip_while(|other| other.id != key.id).skip(1);
        let successor = later.filter(|other| !other.was_withdrawn()).map(|other| other.moments.signs_from).next();
        [successor, key.moments.revoked_at].into_iter().flatten().min()
    }

    /// When a key of this ring is retired, or was, if that is known.
    #[must_use]
    pub fn retires_at(&self, key: &SigningKey, rules: &KeyRules) -> Option<Timestamp> {
        if key.moments.revoked_at.is_some() {
            return None;
        }
        key.moments.retired_at.or_else(|| Some(self.signs_until(key)? + rules.afterlife()))
    }

    /// The place for a successor of the key that signs; where none does, for the first.
    pub fn rotate(&self, rules: &KeyRules, now: Timestamp) -> Result<Place, RotationPending> {
        match self.signing(now) {
            None => Ok(self.place(rules, now, now)),
            Some(_) if self.successor(now).is_some() => Err(RotationPending),
            Some(_) => Ok(self.place(rules, now, now + rules.notice())),
        }
    }

    /// The revocation of a key, if it holds. A key that does not sign yet is withdrawn by it, and everything is as if it
    /// had never been published.
    #[must_use]
    pub fn revoke(&self, id: &str, now: Timestamp) -> Option<KeyRevocation> {
        let key = self.keys.iter().find(|key| key.id == id && key.holds())?;
        let at = match self.state(key, now) {
            KeyState::Published => now,
            _ => now.max(key.moments.signs_from),
        };
        Some(KeyRevocation { id: key.id.clone(), at })
    }

    /// What is to be done now. It is asked again when that has been done.
    #[must_use]
    pub fn due(&self, rules: &KeyRules, now: Timestamp) -> Option<Step> {
        self.replacement(rules, now).or_else(|| self.due_successor(rules, now)).or_else(|| self.retirement(rules, now))
    }

    /// When the next step is due, if there is to be one: in the past if nobody has done it yet.
    #[must_use]
    pub fn next_due(&self, rules: &KeyRules, now: Timestamp) -> Option<Timestamp> {
        if self.replacement(rules, now).is_some() {
            return Some(now);
        }
        let alone = self.signing(now).filter(|_| self.successor(now).is_none());
        let publication = alone.and_then(|signing| {
            let by_age = rules.rotate_after.map(|age| signing.moments.signs_from + age - rules.notice());
            if signing.algorithm == rules.algorithm { by_age } else { Some(now) }
        });
        let held = self.keys.iter().filter(|key| key.holds());
        let retirement = held.filter_map(|key| self.retires_at(key, rules)).min();
        [publication, retirement].into_iter().flatten().min()
    }

    /// What is to be done at once because no key's time to sign has come.
    #[must_use]
    pub fn replacement(&self, rules: &KeyRules, now: Timestamp) -> Option<Step> {
        let Some(next) = self.signing(now) else {
            return Some(Step::Publish(self.place(rules, now, now)));
        };
        let signs_from = self.not_before(now).max(next.moments.published_at);
        let early = signs_from < next.moments.signs_from;
        early.then(|| Step::Promote(Promotion { id: next.id.clone(), signs_from }))
    }

    fn due_successor(&self, rules: &KeyRules, now: Timestamp) -> Option<Step> {
        let signing = self.signing(now).filter(|_| self.successor(now).is_none())?;
        let signs_from = now + rules.notice();
        let is_old = rules.rotate_after.is_some_and(|age| signing.moments.signs_from + age <= signs_from);
        let due = is_old || signing.algorithm != rules.algorithm;
        due.then(|| Step::Publish(self.place(rules, now, signs_from)))
    }

    fn retirement(&self, rules: &KeyRules, now: Timestamp) -> Option<Step> {
        let is_over = |key: &&SigningKey| key.holds() && self.retires_at(key, rules).is_some_and(|at| at <= now);
        let key = self.keys.iter().find(is_over)?;
        Some(Step::Retire(Retirement { id: key.id.clone(), at: now }))
    }

    fn place(&self, rules: &KeyRules, now: Timestamp, signs_from: Timestamp) -> Place {
        Place { algorithm: rules.algorithm, published_at: now, signs_from: self.not_before(now).max(signs_from) }
    }

    /// A moment that is not before this one, and after the one at which the last key began to sign.
    fn not_before(&self, now: Timestamp) -> Timestamp {
        const SMALLEST: chrono::TimeDelta = chrono::TimeDelta::microseconds(1);
        let last = self.last_begun(now).and_then(|last| self.keys.get(last));
        last.map_or(now, |last| now.max(last.moments.signs_from + SMALLEST))
    }

    /// The key that is to sign after the one that signs.
    fn successor(&self, now: Timestamp) -> Option<&SigningKey> {
        let signing = self.signing(now)?;
        self.keys.iter().skip_while(|key| key.id != signing.id).skip(1).find(|key| key.holds())
    }

    /// Where the last key stands whose time to sign had come: by this clock, or by that of whoever ended it.
    fn last_begun(&self, now: Timestamp) -> Option<usize> {
        let has_begun = |key: &SigningKey| key.moments.signs_from <= now || !key.holds();
        self.keys.iter().rposition(|key| has_begun(key) && !key.was_withdrawn())
    }
}
