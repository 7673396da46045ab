//! `[keys]`: when the keys that access tokens are signed with come and go.

use std::time::Duration;

use crate::section::Section;

/// When the keys that access tokens are signed with come and go.
#[derive(Clone, Copy, Debug)]
pub struct Keys {
    /// For how long others may keep the public keys that they fetched.
    pub cache_life: Duration,
    /// What is allowed for beyond that.
    pub skew: Duration,
    /// For how long a key signs before its successor does; none means until someone says so.
    pub rotate_after: Option<Duration>,
}

impl Keys {
    const CACHE_LIFE_MIN: Duration = Duration::from_secs(1);
    const CACHE_LIFE_MAX: Duration = Duration::from_hours(24);
    /// Nodes learn of a key within two seconds and are at most two apart, and a second is for the way.
    const SKEW_MIN: Duration = Duration::from_secs(5);
    const SKEW_MAX: Duration = Duration::from_hours(1);
    const ROTATE_AFTER_MAX: Duration = Duration::from_hours(36_500 * 24);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let rotate_after: Duration = from.get("rotate_after");
        let keys = Self {
            cache_life: from.get("cache_life"),
            skew: from.get("skew"),
            rotate_after: Some(rotate_after).filter(|age| !age.is_zero()),
        };
        let within = |duration, min, max| (min..=max).contains(&duration);
        let cache_life_fits = within(keys.cache_life, Self::CACHE_LIFE_MIN, Self::CACHE_LIFE_MAX);
        from.require(cache_life_fits, "cache_life", "must be from 1s to 1d");
        from.require(within(keys.skew, Self::SKEW_MIN, Self::SKEW_MAX), "skew", "must be from 5s to 1h");
        // A key that has only begun to sign must not give way to one that was published before.
        let notice = keys.cache_life.saturating_add(keys.skew);
        from.require(
            keys.rotate_after.is_none_or(|age| age > notice.saturating_mul(2) && age <= Self::ROTATE_AFTER_MAX),
            "rotate_after",
            "must be more than twice keys.cache_life and keys.skew together and at most 36500d, or 0s never to rotate \
             by age",
        );
        keys
    }
}
