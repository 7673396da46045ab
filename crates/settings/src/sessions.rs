//! `[sessions]`: how many sessions a user may have.

use validator::Validate;

use crate::section::Section;

/// How many sessions a user may have.
#[derive(Clone, Copy, Debug, Validate)]
pub struct Sessions {
    /// The most at once; the oldest ends.
    #[validate(range(min = 1, max = 1000, message = "must be from 1 to 1000"))]
    pub max_per_user: u32,
}

impl Sessions {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let sessions = Self { max_per_user: from.get("max_per_user") };
        from.validate(&sessions);
        sessions
    }
}
