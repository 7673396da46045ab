//! Identifiers: UUIDs of version 7.

use std::sync::Mutex;

use doorward_application::ports::{IdGenerator, id_generator::RawId};
use doorward_domain::Timestamp;
use uuid::{ContextV7, Uuid};

/// Makes UUIDs of version 7 from the time given, a counter that grows within a millisecond (RFC 9562 §6.2, method 1)
/// and random bits. When the time runs backwards, it goes on from the latest it was given.
#[derive(Debug, Default)]
pub struct UuidV7(Mutex<ContextV7>);

impl IdGenerator for UuidV7 {
    fn next(&self, now: Timestamp) -> RawId {
        // A time before 1970 has no UUID of version 7; the counter alone orders those.
        let seconds = u64::try_from(now.timestamp()).unwrap_or(0);
        Uuid::new_v7(uuid::Timestamp::from_unix(&self.0, seconds, now.timestamp_subsec_nanos()))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use doorward_application::ports::IdGenerator as _;
    use doorward_domain::Timestamp;

    use super::UuidV7;

    #[test]
    fn each_is_greater_than_the_one_before_for_the_same_or_a_later_time() {
        let ids = UuidV7::default();
        let noon = Timestamp::from_timestamp(1_790_000_000, 0).unwrap();
        let mut last = ids.next(noon);
        for step in 0..10_000 {
            let next = ids.next(noon + Duration::from_micros(step / 3));
            assert!(next > last);
            last = next;
        }
        assert!(ids.next(noon - Duration::from_mins(1)) > last, "when the clock is set back");
    }

    #[test]
    fn each_tells_its_version_and_its_time() {
        let noon = Timestamp::from_timestamp_millis(1_790_000_000_123).unwrap();
        let id = UuidV7::default().next(noon);
        assert_eq!(id.get_version_num(), 7);
        assert_eq!(id.get_timestamp().map(|time| time.to_unix()), Some((1_790_000_000, 123_000_000)));
    }
}
