//! Profiles: what a user shows of themselves, by role. Each role has its own, in a table of its own.

pub mod admin;
pub mod candidate;
pub mod employer;

pub use admin::{AdminProfile, AdminProfileChange};
pub use candidate::{CandidateProfile, CandidateProfileChange};
pub use employer::{EmployerProfile, EmployerProfileChange};
use thiserror::Error;

use crate::{
    Role,
    text::{Line, PhoneNumber},
};

/// The profile of a user's role.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// Of a [`Role::Candidate`].
    Candidate(CandidateProfile),
    /// Of a [`Role::Employer`].
    Employer(EmployerProfile),
    /// Of a [`Role::Admin`].
    Admin(AdminProfile),
}

/// What a sign-up says that belongs into a profile.
#[derive(Clone, Debug, Default)]
pub struct ProfileSeed {
    /// The company, which an employer must name. For other roles it says nothing.
    pub company: Option<Line>,
    /// A telephone number.
    pub phone_number: Option<PhoneNumber>,
}

/// A role's profile cannot be made without a company.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("an employer names a company")]
pub struct CompanyRequired;

/// A change was meant for the profile of another role.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
#[error("the change is for the profile of another role")]
pub struct AnotherRolesProfile;

/// What to change in a profile: `None` leaves a field as it is.
#[derive(Clone, Debug)]
pub enum ProfileChange {
    /// Of a candidate.
    Candidate(CandidateProfileChange),
    /// Of an employer.
    Employer(EmployerProfileChange),
    /// Of an administrator.
    Admin(AdminProfileChange),
}

impl Profile {
    /// The profile that a new user of this role begins with.
    pub fn begin(role: Role, seed: ProfileSeed) -> Result<Self, CompanyRequired> {
        let ProfileSeed { company, phone_number } = seed;
        Ok(match role {
            Role::Candidate => Self::Candidate(CandidateProfile { phone_number, ..CandidateProfile::default() }),
            Role::Employer => Self::Employer(EmployerProfile {
                company_name: company.ok_or(CompanyRequired)?,
                company_email: None,
                phone_number,
                company_location: None,
                industry: None,
            }),
            Role::Admin => Self::Admin(AdminProfile { phone_number }),
        })
    }

    /// The role whose profile this is.
    #[must_use]
    pub const fn role(&self) -> Role {
        match self {
            Self::Candidate(_) => Role::Candidate,
            Self::Employer(_) => Role::Employer,
            Self::Admin(_) => Role::Admin,
        }
    }

    /// The company, for the roles that have one.
    #[must_use]
    pub const fn company(&self) -> Option<&Line> {
        match self {
            Self::Employer(profile) => Some(&profile.company_name),
            Self::Candidate(_) | Self::Admin(_) => None,
        }
    }

    /// Makes the change, if it is meant for this role's profile.
    pub fn apply(&mut self, change: ProfileChange) -> Result<(), AnotherRolesProfile> {
        match (self, change) {
            (Self::Candidate(profile), ProfileChange::Candidate(change)) => profile.apply(change),
            (Self::Employer(profile), ProfileChange::Employer(change)) => profile.apply(change),
            (Self::Admin(profile), ProfileChange::Admin(change)) => profile.apply(change),
            _ => return Err(AnotherRolesProfile),
        }
        Ok(())
    }
}

/// Replaces `field` when the change says so.
pub(crate) fn replace<T>(field: &mut T, change: Option<T>) {
    if let Some(value) = change {
        *field = value;
    }
}

#[cfg(test)]
mod tests {
    use super::{AdminProfileChange, AnotherRolesProfile, CompanyRequired, Profile, ProfileChange, ProfileSeed};
    use crate::{Role, text::Line};

    #[test]
    fn an_employer_names_a_company() {
        assert_eq!(Profile::begin(Role::Employer, ProfileSeed::default()), Err(CompanyRequired));
    }

    #[test]
    fn only_an_employer_has_a_company() {
        for role in Role::ALL {
            let seed = ProfileSeed { company: Line::parse("Tech Corp").ok(), phone_number: None };
            let profile = Profile::begin(role, seed).unwrap();
            assert_eq!(profile.role(), role);
            assert_eq!(profile.company().is_some(), role == Role::Employer);
        }
    }

    #[test]
    fn a_change_for_another_role_changes_nothing() {
        let mut profile = Profile::begin(Role::Candidate, ProfileSeed::default()).unwrap();
        let change = ProfileChange::Admin(AdminProfileChange { phone_number: Some(None) });
        assert_eq!(profile.apply(change), Err(AnotherRolesProfile));
    }
}
