//! Profiles: what a user shows of themselves, by role. Each role has its own, in a table of its own.

pub mod admin;
pub mod candidate;
pub mod employer;

pub use admin::{AdminProfile, AdminProfileChange};
pub use candidate::{CandidateProfile, CandidateProfileChange};
pub use employer::{EmployerProfile, EmployerProfileChange};
use thiserror::Error;

use crate::{
    Rejection, Role,
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

/// What a sign-up says that belongs into a profile, as it was typed. A role reads what it has a use for; an empty text
/// says nothing. Use cases carry it unopened.
#[derive(Clone, Debug, Default)]
pub struct ProfileSeed {
    /// The company, which an employer must name.
    pub company: Option<String>,
    /// A telephone number.
    pub phone_number: Option<String>,
}

/// The fields of a [`ProfileSeed`] that a role could not begin with, named as clients name them.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("fields were refused: {0:?}")]
pub struct RefusedFields(pub Vec<(&'static str, Rejection)>);

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
    pub fn begin(role: Role, seed: &ProfileSeed) -> Result<Self, RefusedFields> {
        match role {
            Role::Candidate => CandidateProfile::begin(seed).map(Self::Candidate),
            Role::Employer => EmployerProfile::begin(seed).map(Self::Employer),
            Role::Admin => AdminProfile::begin(seed).map(Self::Admin),
        }
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
        match self {
            Self::Candidate(profile) => {
                let ProfileChange::Candidate(change) = change else { return Err(AnotherRolesProfile) };
                profile.apply(change);
            }
            Self::Employer(profile) => {
                let ProfileChange::Employer(change) = change else { return Err(AnotherRolesProfile) };
                profile.apply(change);
            }
            Self::Admin(profile) => {
                let ProfileChange::Admin(change) = change else { return Err(AnotherRolesProfile) };
                profile.apply(change);
            }
        }
        Ok(())
    }
}

impl ProfileSeed {
    fn company(&self) -> Result<Line, RefusedFields> {
        Line::parse(self.company.as_deref().unwrap_or_default()).map_err(|why| RefusedFields(vec![("company", why)]))
    }

    fn phone_number(&self) -> Result<Option<PhoneNumber>, RefusedFields> {
        let typed = self.phone_number.as_deref().filter(|typed| !typed.trim().is_empty());
        typed.map(PhoneNumber::parse).transpose().map_err(|why| RefusedFields(vec![("phoneNumber", why)]))
    }
}

/// Two things that a role begins with, or all that was refused of both.
fn both<A, B>(a: Result<A, RefusedFields>, b: Result<B, RefusedFields>) -> Result<(A, B), RefusedFields> {
    match (a, b) {
        (Ok(a), Ok(b)) => Ok((a, b)),
        (a, b) => Err(RefusedFields([a.err(), b.err()].into_iter().flatten().flat_map(|refused| refused.0).collect())),
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
    use super::{AdminProfileChange, AnotherRolesProfile, Profile, ProfileChange, ProfileSeed, RefusedFields};
    use crate::{Rejection, Role};

    #[test]
    fn an_employer_names_a_company() {
        for company in [None, Some(String::new()), Some(" ".to_owned())] {
            let seed = ProfileSeed { company, phone_number: None };
            assert_eq!(
                Profile::begin(Role::Employer, &seed),
                Err(RefusedFields(vec![("company", Rejection::Required)]))
            );
        }
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let seed = ProfileSeed { company: None, phone_number: Some("call me".to_owned()) };
        let refused = Profile::begin(Role::Employer, &seed).unwrap_err();
        assert_eq!(refused.0.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["company", "phoneNumber"]);
    }

    #[test]
    fn only_an_employer_has_a_company() {
        for role in Role::ALL {
            let seed = ProfileSeed { company: Some("Tech Corp".to_owned()), phone_number: Some(String::new()) };
            let profile = Profile::begin(role, &seed).unwrap();
            assert_eq!(profile.role(), role);
            assert_eq!(profile.company().is_some(), role == Role::Employer);
        }
    }

    #[test]
    fn a_change_for_another_role_changes_nothing() {
        let mut profile = Profile::begin(Role::Candidate, &ProfileSeed::default()).unwrap();
        let change = ProfileChange::Admin(AdminProfileChange { phone_number: Some(None) });
        assert_eq!(profile.apply(change), Err(AnotherRolesProfile));
    }
}
