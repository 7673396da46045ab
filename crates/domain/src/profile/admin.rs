//! The profile of an administrator.

use super::{ProfileSeed, RefusedFields, replace};
use crate::text::PhoneNumber;

/// What an administrator shows of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AdminProfile {
    /// Where to call.
    pub phone_number: Option<PhoneNumber>,
}

/// What to change: `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct AdminProfileChange {
    /// Where to call.
    pub phone_number: Option<Option<PhoneNumber>>,
}

impl AdminProfile {
    pub(super) fn begin(seed: &ProfileSeed) -> Result<Self, RefusedFields> {
        Ok(Self { phone_number: seed.phone_number()? })
    }

    pub(super) fn apply(&mut self, change: AdminProfileChange) {
        replace(&mut self.phone_number, change.phone_number);
    }
}
