//! Profiles as the wire shows and takes them, one of each role.

use doorward_application::FieldErrors;
use doorward_domain::{
    Rejection, Role,
    profile::{AdminProfileChange, CandidateProfileChange, EmployerProfileChange, Profile, ProfileChange},
    text::{Line, PhoneNumber},
    user::{EmailAddress, User},
};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::{
    extract::{Patch, decode, given},
    problem::Problem,
};

/// The profile of a user's role.
#[derive(Serialize, ToSchema)]
#[serde(tag = "type", rename_all = "SCREAMING_SNAKE_CASE")]
#[schema(as = Profile)]
pub(crate) enum ProfileBody {
    /// Of a candidate.
    #[serde(rename_all = "camelCase")]
    Candidate {
        /// First and last name.
        #[schema(example = "Jane Doe")]
        full_name: String,
        #[schema(example = "+49 30 1234")]
        phone_number: Option<String>,
        #[schema(example = "Berlin")]
        location: Option<String>,
        #[schema(example = "Engineer")]
        title: Option<String>,
        #[schema(example = json!(["Rust", "SQL"]))]
        skills: Vec<String>,
    },
    /// Of an employer.
    #[serde(rename_all = "camelCase")]
    Employer {
        #[schema(example = "Tech Corp")]
        company_name: String,
        #[schema(example = "office@example.com")]
        company_email: Option<String>,
        #[schema(example = "+49 30 1234")]
        phone_number: Option<String>,
        #[schema(example = "Berlin")]
        company_location: Option<String>,
        #[schema(example = "Software")]
        industry: Option<String>,
    },
    /// Of an administrator.
    #[serde(rename_all = "camelCase")]
    Admin {
        /// First and last name.
        #[schema(example = "Jane Doe")]
        full_name: String,
        #[schema(example = "+49 30 1234")]
        phone_number: Option<String>,
    },
}

impl ProfileBody {
    pub(crate) fn new(user: &User, profile: &Profile) -> Self {
        let full_name = user.name.full();
        let line = |line: &Option<Line>| line.as_ref().map(|line| line.as_str().to_owned());
        let phone = |number: &Option<PhoneNumber>| number.as_ref().map(|number| number.as_str().to_owned());
        match profile {
            Profile::Candidate(profile) => Self::Candidate {
                full_name,
                phone_number: phone(&profile.phone_number),
                location: line(&profile.location),
                title: line(&profile.title),
                skills: profile.skills.iter().map(ToOwned::to_owned).collect(),
            },
            Profile::Employer(profile) => Self::Employer {
                company_name: profile.company_name.as_str().to_owned(),
                company_email: profile.company_email.as_ref().map(|email| email.typed().to_owned()),
                phone_number: phone(&profile.phone_number),
                company_location: line(&profile.company_location),
                industry: line(&profile.industry),
            },
            Profile::Admin(profile) => Self::Admin { full_name, phone_number: phone(&profile.phone_number) },
        }
    }
}

/// What a candidate may change.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct CandidateChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "+49 30 1234")]
    phone_number: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Berlin")]
    location: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Engineer")]
    title: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = json!(["Rust", "SQL"]))]
    skills: Option<Vec<String>>,
}

/// What an employer may change.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct EmployerChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(nullable = false, example = "Tech Corp")]
    company_name: Option<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "office@example.com")]
    company_email: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "+49 30 1234")]
    phone_number: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Berlin")]
    company_location: Patch<String>,
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "Software")]
    industry: Patch<String>,
}

/// What an administrator may change.
#[derive(Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct AdminChange {
    #[serde(default, deserialize_with = "given")]
    #[schema(value_type = Option<String>, example = "+49 30 1234")]
    phone_number: Patch<String>,
}

/// Reads a change as one of the profile of this role. A field of another role's profile is no field of it.
pub(crate) fn read_change(role: Role, raw: Value) -> Result<ProfileChange, Problem> {
    let mut errors = FieldErrors::default();
    let change = match role {
        Role::Candidate => decode::<CandidateChange>("profile", raw)?.read(&mut errors),
        Role::Employer => decode::<EmployerChange>("profile", raw)?.read(&mut errors),
        Role::Admin => decode::<AdminChange>("profile", raw)?.read(&mut errors),
    };
    if errors.is_empty() { Ok(change) } else { Err(errors.into()) }
}

impl CandidateChange {
    fn read(self, errors: &mut FieldErrors) -> ProfileChange {
        ProfileChange::Candidate(CandidateProfileChange {
            phone_number: text(errors, "profile.phoneNumber", self.phone_number, PhoneNumber::parse),
            location: text(errors, "profile.location", self.location, Line::parse),
            title: text(errors, "profile.title", self.title, Line::parse),
            skills: self.skills.and_then(|skills| {
                errors.keep("profile.skills", doorward_domain::profile::candidate::Skills::parse(&skills))
            }),
        })
    }
}

impl EmployerChange {
    fn read(self, errors: &mut FieldErrors) -> ProfileChange {
        ProfileChange::Employer(EmployerProfileChange {
            company_name: self.company_name.and_then(|raw| errors.keep("profile.companyName", Line::parse(&raw))),
            company_email: text(errors, "profile.companyEmail", self.company_email, EmailAddress::parse),
            phone_number: text(errors, "profile.phoneNumber", self.phone_number, PhoneNumber::parse),
            company_location: text(errors, "profile.companyLocation", self.company_location, Line::parse),
            industry: text(errors, "profile.industry", self.industry, Line::parse),
        })
    }
}

impl AdminChange {
    fn read(self, errors: &mut FieldErrors) -> ProfileChange {
        ProfileChange::Admin(AdminProfileChange {
            phone_number: text(errors, "profile.phoneNumber", self.phone_number, PhoneNumber::parse),
        })
    }
}

fn text<T>(
    errors: &mut FieldErrors,
    field: &'static str,
    raw: Patch<String>,
    parse: impl FnOnce(&str) -> Result<T, Rejection>,
) -> Patch<T> {
    let raw = raw?.filter(|raw| !raw.trim().is_empty());
    errors.keep_optional(field, raw.as_deref(), parse)
}

#[cfg(test)]
mod tests {
    use doorward_domain::{Role, profile::ProfileChange};
    use serde_json::{Value, json};

    use super::read_change;
    use crate::problem::ProblemBody;

    fn refused(role: Role, change: Value) -> Vec<(String, String)> {
        let body = ProblemBody::new(&read_change(role, change).err().unwrap(), "", "");
        let body = serde_json::to_value(body).unwrap();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        body["errors"].as_array().unwrap().iter().map(|e| (text(&e["field"]), text(&e["code"]))).collect()
    }

    fn one(field: &str, code: &str) -> Vec<(String, String)> {
        vec![(field.to_owned(), code.to_owned())]
    }

    #[test]
    fn what_is_absent_stays_and_what_is_null_or_empty_goes() {
        let change = json!({"location": null, "title": " ", "phoneNumber": "+49 30 1234", "skills": []});
        let Ok(ProfileChange::Candidate(change)) = read_change(Role::Candidate, change) else { unreachable!() };
        assert_eq!((change.location, change.title), (Some(None), Some(None)));
        assert!(matches!(change.phone_number, Some(Some(_))));
        assert_eq!(change.skills.unwrap().iter().count(), 0);
        let Ok(ProfileChange::Candidate(change)) = read_change(Role::Candidate, json!({})) else { unreachable!() };
        assert!(change.location.is_none() && change.phone_number.is_none() && change.skills.is_none());
    }

    #[test]
    fn a_field_of_another_roles_profile_is_unknown() {
        let cases = [
            (Role::Candidate, json!({"companyName": "X"}), "profile.companyName"),
            (Role::Employer, json!({"skills": []}), "profile.skills"),
            (Role::Admin, json!({"title": "X"}), "profile.title"),
            (Role::Admin, json!({"fullName": "X Y"}), "profile.fullName"),
        ];
        for (role, change, field) in cases {
            assert_eq!(refused(role, change), one(field, "unknown_field"));
        }
    }

    #[test]
    fn a_company_keeps_a_name() {
        assert_eq!(refused(Role::Employer, json!({"companyName": ""})), one("profile.companyName", "required"));
        assert_eq!(refused(Role::Employer, json!({"companyName": null})), one("profile.companyName", "wrong_type"));
    }

    #[test]
    fn everything_that_is_wrong_is_told_at_once() {
        let change = json!({"phoneNumber": "call me", "companyEmail": "nobody"});
        let mut expected = one("profile.companyEmail", "malformed");
        expected.extend(one("profile.phoneNumber", "malformed"));
        assert_eq!(refused(Role::Employer, change), expected);
    }

    #[test]
    fn a_profile_is_an_object() {
        for change in [json!([]), json!("x"), json!(null)] {
            assert_eq!(refused(Role::Candidate, change), one("profile", "wrong_type"));
        }
    }
}
