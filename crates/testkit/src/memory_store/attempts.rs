//! Counters of attempts.

use std::sync::PoisonError;

use async_trait::async_trait;
use doorward_application::ports::{AttemptCounters, Counted, StoreError, TakeError, attempts::longer};
use doorward_domain::Timestamp;

use super::{MemoryStore, purge};

#[async_trait]
impl AttemptCounters for MemoryStore {
    async fn take(&self, wanted: &[Counted], now: Timestamp) -> Result<(), TakeError> {
        self.0.count_write()?;
        let mut counters = self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        let mut exhausted = None;
        let mut taken = Vec::with_capacity(wanted.len());
        for Counted { key, budget } in wanted {
            let before = counters.get(key.as_bytes()).map(|(_, tally)| *tally);
            match budget.take(before, now) {
                Ok(tally) => taken.push((*key.as_bytes(), (*budget, tally))),
                Err(why) => exhausted = Some(exhausted.map_or((*key, why), |other| longer(other, (*key, why)))),
            }
        }
        if let Some((key, why)) = exhausted {
            return Err(TakeError::Exhausted(key, why));
        }
        counters.extend(taken);
        Ok(())
    }

    async fn settle(&self, anew: &[Counted], put_back: &[Counted]) -> Result<(), StoreError> {
        self.0.count_write()?;
        let mut counters = self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        for Counted { key, .. } in anew {
            counters.remove(key.as_bytes());
        }
        for Counted { key, budget } in put_back {
            if let Some((_, tally)) = counters.get_mut(key.as_bytes()) {
                *tally = budget.give_back(*tally);
            }
        }
        Ok(())
    }

    async fn purge(&self, before: Timestamp, limit: u32) -> Result<u64, StoreError> {
        self.0.count_write()?;
        let mut counters = self.0.attempts.lock().unwrap_or_else(PoisonError::into_inner);
        Ok(purge(&mut counters, |(budget, tally)| budget.matters_until(*tally) <= before, limit))
    }
}
