//! Which fields of a command were refused, and why.

use doorward_domain::Rejection;
use thiserror::Error;

/// A field that was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FieldError {
    /// The field, named as clients name it, with dots into objects: `profile.phoneNumber`.
    pub field: &'static str,
    /// Why.
    pub rejection: Rejection,
}

/// Every field that was refused: a person corrects all of them at once, not one a try.
#[derive(Clone, Debug, Default, PartialEq, Eq, Error)]
#[error("{} fields were refused", .0.len())]
pub struct FieldErrors(pub Vec<FieldError>);

impl FieldErrors {
    /// Passes a good value on and keeps the reason of a bad one.
    pub fn keep<T>(&mut self, field: &'static str, result: Result<T, Rejection>) -> Option<T> {
        result.map_err(|rejection| self.refuse(field, rejection)).ok()
    }

    /// The same for a field that may be absent: `Some(None)` is an absent one.
    pub fn keep_optional<T>(
        &mut self,
        field: &'static str,
        raw: Option<&str>,
        parse: impl FnOnce(&str) -> Result<T, Rejection>,
    ) -> Option<Option<T>> {
        raw.map_or(Some(None), |raw| self.keep(field, parse(raw)).map(Some))
    }

    /// Refuses a field.
    pub fn refuse(&mut self, field: &'static str, rejection: Rejection) {
        self.0.push(FieldError { field, rejection });
    }

    /// Whether nothing was refused.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}
