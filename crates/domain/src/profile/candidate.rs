//! The profile of a candidate.

use super::{ProfileSeed, RefusedFields, replace};
use crate::{
    Rejection,
    text::{Line, PhoneNumber},
};

/// What a candidate shows of themselves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CandidateProfile {
    /// Where to call.
    pub phone_number: Option<PhoneNumber>,
    /// Where the candidate lives or wants to work.
    pub location: Option<Line>,
    /// The profession.
    pub title: Option<Line>,
    /// What the candidate can do.
    pub skills: Skills,
}

/// At most [`Skills::MAX`] lines, in the order given, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Skills(Vec<Line>);

impl Skills {
    /// The most skills of a candidate.
    pub const MAX: usize = 50;

    /// Reads a list of skills; repeated ones are kept once.
    pub fn parse<S: AsRef<str>>(raw: &[S]) -> Result<Self, Rejection> {
        if raw.len() > Self::MAX {
            return Err(Rejection::TooMany { max: Self::MAX });
        }
        let mut skills = Vec::with_capacity(raw.len());
        for raw in raw {
            let skill = Line::parse(raw.as_ref())?;
            if !skills.contains(&skill) {
                skills.push(skill);
            }
        }
        Ok(Self(skills))
    }

    /// The skills, in order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(Line::as_str)
    }
}

/// What to change: `None` leaves a field as it is, `Some(None)` empties it.
#[derive(Clone, Debug, Default)]
pub struct CandidateProfileChange {
    /// Where to call.
    pub phone_number: Option<Option<PhoneNumber>>,
    /// Where the candidate lives or wants to work.
    pub location: Option<Option<Line>>,
    /// The profession.
    pub title: Option<Option<Line>>,
    /// What the candidate can do.
    pub skills: Option<Skills>,
}

impl CandidateProfile {
    pub(super) fn begin(seed: &ProfileSeed) -> Result<Self, RefusedFields> {
        Ok(Self { phone_number: seed.phone_number()?, ..Self::default() })
    }

    pub(super) fn apply(&mut self, change: CandidateProfileChange) {
        let CandidateProfileChange { phone_number, location, title, skills } = change;
        replace(&mut self.phone_number, phone_number);
        replace(&mut self.location, location);
        replace(&mut self.title, title);
        replace(&mut self.skills, skills);
    }
}

#[cfg(test)]
mod tests {
    use super::Skills;
    use crate::Rejection;

    #[test]
    fn skills_keep_their_order_and_lose_their_doubles() {
        let skills = Skills::parse(&["Rust", "SQL", " Rust "]).unwrap();
        assert_eq!(skills.iter().collect::<Vec<_>>(), ["Rust", "SQL"]);
    }

    #[test]
    fn skills_are_bounded() {
        assert_eq!(Skills::parse(&vec!["a"; 51]), Err(Rejection::TooMany { max: 50 }));
    }
}
