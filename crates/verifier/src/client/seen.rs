//! Tokens that were verified before.

use std::sync::Arc;

use aws_lc_rs::digest::{SHA256, digest};
use quick_cache::sync::Cache;

use super::revoked::Digest;
use crate::{Claims, digest_of};

/// What is known of a token whose signature is good.
pub(super) struct Known {
    pub(super) claims: Claims,
    /// By what the feed names its session.
    pub(super) session: Digest,
    /// By what the feed names its subject.
    pub(super) subject: Digest,
    /// With which ring it was verified.
    pub(super) generation: u64,
}

impl Known {
    pub(super) fn new(claims: Claims, generation: u64) -> Self {
        let (session, subject) = (digest_of(claims.session_id), digest_of(claims.subject));
        Self { claims, session, subject, generation }
    }
}

/// The tokens that were seen last, by a digest of their whole text: a token that differs in one character is another.
pub(super) struct Seen(Cache<Digest, Arc<Known>>);

impl Seen {
    pub(super) fn new(limit: usize) -> Self {
        Self(Cache::new(limit))
    }

    pub(super) fn key(token: &str) -> Digest {
        let mut key = [0; 32];
        key.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        key
    }

    /// What is known of the token since the keys are these.
    pub(super) fn get(&self, key: &Digest, generation: u64) -> Option<Arc<Known>> {
        self.0.get(key).filter(|known| known.generation == generation)
    }

    pub(super) fn insert(&self, key: Digest, known: Known) -> Arc<Known> {
        let known = Arc::new(known);
        self.0.insert(key, Arc::clone(&known));
        known
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{Known, Seen};
    use crate::Claims;

    fn known(generation: u64) -> Known {
        let claims = Claims {
            key_id: String::new(),
            issuer: String::new(),
            audience: String::new(),
            client_id: String::new(),
            subject: Uuid::nil(),
            session_id: Uuid::nil(),
            token_id: Uuid::nil(),
            epoch: 0,
            role: String::new(),
            issued_at: 0,
            expires_at: 0,
            email: None,
            name: None,
        };
        Known::new(claims, generation)
    }

    #[test]
    fn never_more_tokens_are_remembered_than_allowed() {
        let seen = Seen::new(100);
        for token in 0..10_000 {
            seen.insert(Seen::key(&token.to_string()), known(1));
        }
        assert!(seen.0.len() <= 100, "{}", seen.0.len());
    }

    #[test]
    fn a_token_that_was_verified_with_other_keys_is_not_known() {
        let seen = Seen::new(100);
        seen.insert(Seen::key("a"), known(1));
        assert!(seen.get(&Seen::key("a"), 1).is_some());
        assert!(seen.get(&Seen::key("a"), 2).is_none());
        assert!(seen.get(&Seen::key("b"), 1).is_none());
    }
}
