//! `[account]`: what becomes of accounts.

use std::time::Duration;

use crate::section::Section;

/// What becomes of accounts.
#[derive(Clone, Copy, Debug)]
pub struct Account {
    /// How long an account that its owner deleted can be kept after all; none at all means that it goes at once.
    pub deletion_grace: Duration,
}

impl Account {
    const GRACE_MAX: Duration = Duration::from_hours(90 * 24);

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let account = Self { deletion_grace: from.get("deletion_grace") };
        from.require(account.deletion_grace <= Self::GRACE_MAX, "deletion_grace", "must be at most 90d");
        account
    }
}
