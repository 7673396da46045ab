//! What is said of single lines.

use std::{
    fs::File,
    io::{BufWriter, Write as _},
    path::Path,
};

use anyhow::Context as _;

use super::repeats::Repeat;
use crate::{commands::users::record::Complaint, output};

/// Where it is said, line by line.
pub(super) struct Report {
    file: Option<BufWriter<File>>,
    /// What is said of the lines that are at hand, by their numbers.
    held: Vec<(u64, String)>,
}

impl Report {
    /// A report in this file, in the place of an older one, or on standard error.
    pub(super) fn to(file: Option<&Path>) -> anyhow::Result<Self> {
        let open = |file: &Path| {
            let made = output::replace(file).with_context(|| format!("{} cannot be written", file.display()))?;
            anyhow::Ok(BufWriter::new(made))
        };
        Ok(Self { file: file.map(open).transpose()?, held: Vec::new() })
    }

    /// A field of a line is bad, or all of it where no field is named.
    pub(super) fn complain(&mut self, line: u64, email: Option<&str>, complaint: &Complaint) {
        let whose = email.map_or_else(String::new, |email| format!(" ({email})"));
        let field = if complaint.field.is_empty() { String::new() } else { format!("{}: ", complaint.field) };
        self.held.push((line, format!("line {line}{whose}: {field}{}", complaint.reason)));
    }

    /// A line's address has an account.
    pub(super) fn already_there(&mut self, line: u64, email: &str) {
        self.held.push((line, format!("line {line} ({email}): already there")));
    }

    /// A line names a user of an earlier one.
    pub(super) fn repeated(&mut self, repeat: &Repeat) {
        let Repeat { field, name, email, first_line, line, .. } = repeat;
        self.held.push((*line, format!("line {line} ({email}): {field}: {name} is on line {first_line} too.")));
    }

    /// Says it, in the order of the lines.
    pub(super) fn write(&mut self) -> anyhow::Result<()> {
        self.held.sort_by_key(|(line, _)| *line);
        for (_, said) in self.held.drain(..) {
            match &mut self.file {
                Some(file) => writeln!(file, "{said}").context("the report could not be written")?,
                None => output::tell(said),
            }
        }
        match &mut self.file {
            Some(file) => file.flush().context("the report could not be written"),
            None => Ok(()),
        }
    }
}
