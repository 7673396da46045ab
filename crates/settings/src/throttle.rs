//! `[throttle]`: limits on attempts.

use crate::section::Section;

/// Limits on attempts.
#[derive(Clone, Copy, Debug)]
pub struct Throttle {
    /// Whether attempts are limited.
    pub enabled: bool,
}

impl Throttle {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let throttle = Self { enabled: from.get("enabled") };
        if throttle.enabled {
            from.warn("enabled", "has no effect: this release limits no attempts");
        }
        throttle
    }
}
