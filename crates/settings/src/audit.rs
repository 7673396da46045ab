//! `[audit]`: how long it is remembered what happened.

use std::time::Duration;

use crate::section::Section;

/// How long it is remembered what happened.
#[derive(Clone, Copy, Debug)]
pub struct Audit {
    /// How long entries of the audit log are kept; none means for good.
    pub retention: Option<Duration>,
}

impl Audit {
    const SHORTEST: Duration = Duration::from_hours(24);
    const LONGEST: Duration = Duration::from_hours(36_500 * 24);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let retention: Duration = from.get("retention");
        let retention = Some(retention).filter(|retention| !retention.is_zero());
        from.require(
            retention.is_none_or(|retention| (Self::SHORTEST..=Self::LONGEST).contains(&retention)),
            "retention",
            "must be from 1d to 36500d, or 0s to keep the entries for good",
        );
        Self { retention }
    }
}
