//! The profiles of users that a test begins with.

use doorward_domain::{
    Rejection, Role,
    profile::{CandidateProfileChange, EmployerProfileChange, ProfileChange, candidate::Skills},
    text::Line,
    user::EmailAddress,
};

/// What a profile is to hold. What the role's profile has no place for is refused.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TestProfile {
    /// A telephone number.
    pub phone_number: Option<String>,
    /// Of a candidate: where.
    pub location: Option<String>,
    /// Of a candidate: the profession.
    pub title: Option<String>,
    /// Of a candidate: what they can do.
    pub skills: Option<Vec<String>>,
    /// Of an employer, who has one called `Test Company` if nothing is said.
    pub company_name: Option<String>,
    /// Of an employer.
    pub company_email: Option<String>,
    /// Of an employer.
    pub company_location: Option<String>,
    /// Of an employer.
    pub industry: Option<String>,
}

impl TestProfile {
    /// The change that makes a new profile of this role into this one; nothing if there is nothing to change.
    pub(super) fn change(&self, role: Role) -> Result<Option<ProfileChange>, (&'static str, Rejection)> {
        let Self { phone_number: _, location, title, skills, company_name, company_email, company_location, industry } =
            self;
        let line = |field, text: &Option<String>| parsed(field, text.as_ref(), |text| Line::parse(text));
        let candidates = [("location", location.is_some()), ("title", title.is_some()), ("skills", skills.is_some())];
        let employers = [
            ("companyName", company_name.is_some()),
            ("companyEmail", company_email.is_some()),
            ("companyLocation", company_location.is_some()),
            ("industry", industry.is_some()),
        ];
        let foreign =
            |fields: &[(&'static str, bool)]| fields.iter().find(|(_, given)| *given).map(|(field, _)| *field);
        let misplaced = match role {
            Role::Candidate => foreign(&employers),
            Role::Employer => foreign(&candidates),
            Role::Admin => foreign(&candidates).or_else(|| foreign(&employers)),
        };
        if let Some(field) = misplaced {
            return Err((field, Rejection::Malformed { expected: "absent: it is of another role's profile" }));
        }
        let is_given = |fields: &[(&str, bool)]| fields.iter().any(|(_, given)| *given);
        Ok(match role {
            Role::Candidate if is_given(&candidates) => Some(ProfileChange::Candidate(CandidateProfileChange {
                phone_number: None,
                location: line("location", location)?.map(Some),
                title: line("title", title)?.map(Some),
                skills: parsed("skills", skills.as_ref(), |skills| Skills::parse(skills))?,
            })),
            Role::Employer if is_given(&employers) => Some(ProfileChange::Employer(EmployerProfileChange {
                company_email: parsed("companyEmail", company_email.as_ref(), |text| EmailAddress::parse(text))?
                    .map(Some),
                company_location: line("companyLocation", company_location)?.map(Some),
                industry: line("industry", industry)?.map(Some),
                company_name: None,
                phone_number: None,
            })),
            Role::Candidate | Role::Employer | Role::Admin => None,
        })
    }
}

/// A field, if it is given.
fn parsed<S, T>(
    field: &'static str,
    given: Option<&S>,
    parse: impl FnOnce(&S) -> Result<T, Rejection>,
) -> Result<Option<T>, (&'static str, Rejection)> {
    given.map(|text| parse(text).map_err(|why| (field, why))).transpose()
}
