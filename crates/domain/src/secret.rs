//! Values that must not be printed.

use std::mem;

use zeroize::Zeroize;

/// A value that is never printed and is wiped from memory when dropped.
///
/// It has no `Debug`, `Display` or `Clone`: a struct that holds one cannot derive them by accident, so a secret
/// reaches a log only through an [`expose`](Self::expose) that a reviewer can see.
pub struct Secret<T: Zeroize>(T);

impl<T: Zeroize> Secret<T> {
    /// Takes the value into keeping.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one place that needs it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The place of the value, for the one who fills it.
    pub(crate) const fn expose_mut(&mut self) -> &mut T {
        &mut self.0
    }
}

impl<T: Zeroize + Default> Secret<T> {
    /// Moves the value out; from here on its keeping is the caller's.
    #[must_use]
    pub fn into_inner(mut self) -> T {
        mem::take(&mut self.0)
    }
}

impl<T: Zeroize> Drop for Secret<T> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl From<&str> for Secret<String> {
    fn from(value: &str) -> Self {
        Self::new(value.to_owned())
    }
}
