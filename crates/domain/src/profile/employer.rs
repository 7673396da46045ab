//! The profile of an employer.

use super::{ProfileSeed, RefusedFields, both, replace};
use crate::{
    text::{Line, PhoneNumber},
    user::EmailAddress,
};

/// What an employer shows of the company.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmployerProfile {
    /// The company's name. An employer always has one.
    pub company_name: Line,
    /// The company's address for mail, which is not the user's and proves nothing.
    pub company_email: Option<EmailAddress>,
    /// Where to call.
    pub phone_number: Option<PhoneNumber>,
    /// Where the company is.
    pub company_location: Option<Line>,
    /// What the company does.
    pub industry: Option<Line>,
}

/// What to change: `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct EmployerProfileChange {
    /// The company's name, which cannot be emptied.
    pub company_name: Option<Line>,
    /// The company's address for mail.
    pub company_email: Option<Option<EmailAddress>>,
    /// Where to call.
    pub phone_number: Option<Option<PhoneNumber>>,
    /// Where the company is.
    pub company_location: Option<Option<Line>>,
    /// What the company does.
    pub industry: Option<Option<Line>>,
}

impl EmployerProfile {
    pub(super) fn begin(seed: &ProfileSeed) -> Result<Self, RefusedFields> {
        let (company_name, phone_number) = both(seed.company(), seed.phone_number())?;
        Ok(Self { company_name, company_email: None, phone_number, company_location: None, industry: None })
    }

    pub(super) fn apply(&mut self, change: EmployerProfileChange) {
        let EmployerProfileChange { company_name, company_email, phone_number, company_location, industry } = change;
        replace(&mut self.company_name, company_name);
        replace(&mut self.company_email, company_email);
        replace(&mut self.phone_number, phone_number);
        replace(&mut self.company_location, company_location);
        replace(&mut self.industry, industry);
    }
}
