//! Identifiers that a test can foresee.

use std::sync::atomic::{AtomicU64, Ordering};

use doorward_application::ports::{IdGenerator, id_generator::RawId};
use doorward_domain::Timestamp;

/// Makes UUIDs of version 7 from the time given and a number that counts from one where others have random bits.
#[derive(Debug, Default)]
pub struct CountingIds(AtomicU64);

impl CountingIds {
    /// The id that the `n`th call makes for this time.
    #[must_use]
    pub fn nth(n: u64, now: Timestamp) -> RawId {
        let mut counted = [0; 10];
        counted[2..].copy_from_slice(&n.to_be_bytes());
        let millis = u64::try_from(now.timestamp_millis()).unwrap_or(0);
        uuid::Builder::from_unix_timestamp_millis(millis, &counted).into_uuid()
    }
}

impl IdGenerator for CountingIds {
    fn next(&self, now: Timestamp) -> RawId {
        Self::nth(self.0.fetch_add(1, Ordering::Relaxed) + 1, now)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::IdGenerator as _;

    use super::CountingIds;
    use crate::builders::noon;

    #[test]
    fn each_is_a_uuid_of_version_7_and_greater_than_the_one_before() {
        let ids = CountingIds::default();
        let mut last = ids.next(noon());
        assert_eq!(last, CountingIds::nth(1, noon()));
        for step in 0..1_000 {
            let next = ids.next(noon() + Duration::from_micros(step * 10));
            assert_eq!(next.get_version_num(), 7);
            assert!(next > last);
            last = next;
        }
    }
}
