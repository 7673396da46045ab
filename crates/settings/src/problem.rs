//! What is wrong with a configuration.

use std::fmt;

use thiserror::Error;

/// A setting that cannot be used. It never repeats the value, which may be a secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The key, as in `http.address`, or the file or variable if it is not about one key.
    pub key: String,
    /// The file or variable that gave the value; `None` if nobody did.
    pub origin: Option<String>,
    /// What must be done, to follow the key.
    pub cure: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.origin {
            Some(origin) => write!(f, "{} ({origin}): {}", self.key, self.cure),
            None => write!(f, "{}: {}", self.key, self.cure),
        }
    }
}

/// Everything that is wrong with a configuration. At least one problem.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub struct Problems(Vec<Problem>);

impl Problems {
    /// The problems, ordered by key; `None` if there are none.
    #[must_use]
    pub fn of(mut problems: Vec<Problem>) -> Option<Self> {
        problems.sort_by(|a, b| (&a.key, &a.cure).cmp(&(&b.key, &b.cure)));
        (!problems.is_empty()).then_some(Self(problems))
    }
}

impl From<Problem> for Problems {
    fn from(problem: Problem) -> Self {
        Self(vec![problem])
    }
}

impl std::ops::Deref for Problems {
    type Target = [Problem];

    fn deref(&self) -> &[Problem] {
        &self.0
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(problems) = self;
        let noun = if problems.len() == 1 { "problem" } else { "problems" };
        write!(f, "the configuration has {} {noun}:", problems.len())?;
        problems.iter().try_for_each(|problem| write!(f, "\n  {problem}"))
    }
}
