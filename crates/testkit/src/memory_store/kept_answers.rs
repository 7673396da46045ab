//! Answers that are given once more.

use async_trait::async_trait;
use doorward_application::ports::{Claim, Claimed, KeptAnswerRepository, StoreError};
use doorward_domain::{Digest, Secret, Timestamp, UserId};
use uuid::Uuid;

use super::{Tables, count, unit_of_work::MemoryUnitOfWork};

/// A key that was claimed, and the answer, once there is one. There is nothing to seal: it is never at rest.
#[derive(Clone)]
pub(super) struct KeptAnswer {
    claim: Claim,
    answer: Option<Vec<u8>>,
}

impl KeptAnswer {
    /// Whether anybody may take the key.
    fn is_over(&self, now: Timestamp) -> bool {
        self.claim.kept_until <= now || self.answer.is_none() && self.claim.held_until <= now
    }
}

impl Tables {
    fn held(&mut self, key: &Digest, holder: Uuid) -> Option<&mut KeptAnswer> {
        let held = |kept: &&mut KeptAnswer| kept.claim.holder == holder && kept.answer.is_none();
        self.kept_answers.get_mut(key.as_bytes()).filter(held)
    }

    /// What is kept for a user goes with the user.
    pub(super) fn delete_answers_of(&mut self, user_id: UserId) {
        self.kept_answers.retain(|_, kept| kept.claim.user_id != Some(user_id));
    }
}

#[async_trait]
impl KeptAnswerRepository for MemoryUnitOfWork {
    async fn claim(&mut self, claim: &Claim, now: Timestamp) -> Result<Claimed, StoreError> {
        let tables = self.write()?;
        if let Some(kept) = tables.kept_answers.get(claim.key.as_bytes()).filter(|kept| !kept.is_over(now)) {
            let same_request = kept.claim.request == claim.request;
            return Ok(match &kept.answer {
                Some(answer) => Claimed::Answered { same_request, answer: Secret::new(answer.clone()) },
                None => Claimed::Held { same_request },
            });
        }
        if let Some(user_id) = claim.user_id {
            tables.expect_user(user_id)?;
        }
        tables.kept_answers.insert(*claim.key.as_bytes(), KeptAnswer { claim: *claim, answer: None });
        Ok(Claimed::Ours)
    }

    async fn keep(&mut self, key: &Digest, holder: Uuid, answer: &Secret<Vec<u8>>) -> Result<bool, StoreError> {
        let held = self.write()?.held(key, holder);
        Ok(held.map(|kept| kept.answer = Some(answer.expose().clone())).is_some())
    }

    async fn release(&mut self, key: &Digest, holder: Uuid) -> Result<(), StoreError> {
        let tables = self.write()?;
        if tables.held(key, holder).is_some() {
            tables.kept_answers.remove(key.as_bytes());
        }
        Ok(())
    }

    async fn purge(&mut self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        let over = self.write()?.kept_answers.extract_if(.., |_, kept| kept.claim.kept_until <= before);
        Ok(count(over.take(usize::try_from(limit).unwrap_or(usize::MAX))))
    }
}
