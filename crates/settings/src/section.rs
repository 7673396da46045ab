//! Reading the merged tree, table by table.

use std::mem;

use config::{Map, Value, ValueKind};
use validator::Validate;

use crate::{Problem, setting::Setting};

/// A key, as `check-config` shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// The key, as in `http.address`.
    pub key: String,
    /// Its value; `(secret)` for a secret.
    pub value: String,
    /// The file or variable that gave it; `None` if it is built in.
    pub origin: Option<String>,
}

/// What was found while reading.
#[derive(Default)]
pub(crate) struct Findings {
    pub(crate) listing: Vec<Shown>,
    pub(crate) problems: Vec<Problem>,
    pub(crate) warnings: Vec<Problem>,
}

/// A table of the tree. A key that is wrong is kept as a problem and read as its default, so that reading goes on
/// and finds what else is wrong.
pub(crate) struct Section<'a> {
    /// Whether the rules are those of a developer's machine.
    pub(crate) development: bool,
    path: String,
    given: Map<String, Value>,
    defaults: Map<String, Value>,
    known: Vec<&'static str>,
    findings: &'a mut Findings,
}

impl<'a> Section<'a> {
    /// The whole tree.
    pub(crate) fn root(
        given: Map<String, Value>,
        defaults: Map<String, Value>,
        development: bool,
        findings: &'a mut Findings,
    ) -> Self {
        Self { development, path: String::new(), given, defaults, known: Vec::new(), findings }
    }

    /// Reads a key.
    pub(crate) fn get<T: Setting>(&mut self, key: &'static str) -> T {
        self.known.push(key);
        let given = self.given.remove(key).unwrap_or_default();
        let origin = given.origin().map(str::to_owned);
        let read = T::read(&given.kind);
        let refused = read.is_none();
        let value = read
            .or_else(|| T::read(&self.defaults.get(key)?.kind))
            .expect("default.toml has a good value for every key: a test loads it");
        self.findings.listing.push(Shown { key: self.key(key), value: value.show(), origin });
        if refused {
            self.refuse(key, format!("must be {}", T::expected()));
        }
        value
    }

    /// Reads a table; the keys in it that `read` does not ask for are problems.
    pub(crate) fn table<T>(&mut self, key: &'static str, read: impl FnOnce(&mut Section<'_>) -> T) -> T {
        self.known.push(key);
        let table = |value: Option<Value>| match value.unwrap_or_default().kind {
            ValueKind::Table(table) => Some(table),
            _ => None,
        };
        let given = self.given.remove(key);
        let origin = given.as_ref().and_then(Value::origin).map(str::to_owned);
        let given = table(given);
        let defaults = table(self.defaults.remove(key)).unwrap_or_default();
        let path = self.key(key);
        if given.is_none() {
            let cure = "must be a table of keys".to_owned();
            self.findings.problems.push(Problem { key: path.clone(), origin, cure });
        }
        let mut section = Section {
            development: self.development,
            path,
            given: given.unwrap_or_else(|| defaults.clone()),
            defaults,
            known: Vec::new(),
            findings: self.findings,
        };
        let value = read(&mut section);
        section.refuse_the_rest();
        value
    }

    /// Refuses a key that was read.
    pub(crate) fn refuse(&mut self, key: &str, cure: impl Into<String>) {
        let problem = self.problem(key, cure);
        self.findings.problems.push(problem);
    }

    /// Refuses a key that was read unless this holds.
    pub(crate) fn require(&mut self, holds: bool, key: &str, cure: &str) {
        if !holds {
            self.refuse(key, cure);
        }
    }

    /// Says that a key is unwise as it is.
    pub(crate) fn warn(&mut self, key: &str, advice: impl Into<String>) {
        let problem = self.problem(key, advice);
        self.findings.warnings.push(problem);
    }

    /// Refuses the fields that are out of their bounds; a field is named as its key is.
    pub(crate) fn validate(&mut self, value: &impl Validate) {
        let Err(errors) = value.validate() else { return };
        for (field, errors) in errors.field_errors() {
            for error in errors {
                self.refuse(&field, error.message.as_deref().unwrap_or(&error.code));
            }
        }
    }

    /// Refuses the keys that nobody asked for.
    pub(crate) fn refuse_the_rest(&mut self) {
        for (key, value) in mem::take(&mut self.given) {
            let origin = value.origin().map(str::to_owned);
            let cure = format!("is no setting; here are: {}", self.known.join(", "));
            self.findings.problems.push(Problem { key: self.key(&key), origin, cure });
        }
    }

    fn problem(&self, key: &str, cure: impl Into<String>) -> Problem {
        let key = self.key(key);
        let origin = self.findings.listing.iter().find(|shown| shown.key == key).and_then(|shown| shown.origin.clone());
        Problem { key, origin, cure: cure.into() }
    }

    fn key(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }
}
