//! Whether a user may sign in.

/// Whether a user may sign in. To change it is to raise the user's epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserStatus {
    /// May sign in.
    Active,
    /// May not; every session has ended.
    Deactivated,
}

impl UserStatus {
    /// Whether the user may sign in.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Active)
    }
}
