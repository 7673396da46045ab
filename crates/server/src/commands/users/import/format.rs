//! The formats of files with users.

use std::{fmt, path::Path};

use anyhow::ensure;
use clap::ValueEnum;
use csv::ReaderBuilder;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;

use super::lines::Lines;
use crate::commands::users::record::{FIELDS, Given, REQUIRED};

/// How a file with users is written.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Format {
    /// An object of JSON a line.
    Jsonl,
    /// A table with commas; its first line names the fields.
    Csv,
}

/// The values of a line, by their fields.
pub(super) type Fields = Vec<(String, Given)>;

impl Format {
    /// The format that a file's name ends with.
    pub(super) fn of(file: &Path) -> Option<Self> {
        let extension = file.extension()?.to_str()?.to_ascii_lowercase();
        match extension.as_str() {
            "jsonl" | "ndjson" => Some(Self::Jsonl),
            "csv" => Some(Self::Csv),
            _ => None,
        }
    }
}

/// Reads the values of lines.
pub(super) enum Reader {
    Jsonl,
    /// With the fields of the columns.
    Csv(Vec<String>),
}

impl Reader {
    /// Begins to read a file: takes the first line of a table, which is wrong for all others if it is wrong.
    pub(super) fn begin(format: Format, lines: &mut Lines) -> anyhow::Result<Self> {
        if matches!(format, Format::Jsonl) {
            return Ok(Self::Jsonl);
        }
        let header = match lines.next()? {
            Some((_, Ok(header))) => cells(&header).map_err(anyhow::Error::msg)?,
            Some((_, Err(reason))) => anyhow::bail!("the first line must name the fields: {reason}"),
            None => anyhow::bail!("the file is empty: its first line must name the fields"),
        };
        let header: Vec<_> = header.iter().map(|name| name.trim().to_owned()).collect();
        for name in &header {
            let known = FIELDS.join(", ");
            ensure!(FIELDS.contains(&name.as_str()), "{name:?} in the first line is no field; there are: {known}");
            let count = header.iter().filter(|other| *other == name).count();
            ensure!(count == 1, "{name:?} is in the first line twice");
        }
        for name in REQUIRED {
            ensure!(header.iter().any(|given| given == name), "{name:?} is missing in the first line");
        }
        Ok(Self::Csv(header))
    }

    /// The values of a line, or why it cannot be read. What it holds is not told.
    pub(super) fn read(&self, line: &str) -> Result<Fields, String> {
        let Self::Csv(header) = self else {
            let read = serde_json::from_str::<Object>(line);
            let misread =
                |error: serde_json::Error| format!("This is no object of JSON, from column {}.", error.column());
            return read.map(|object| object.0).map_err(misread);
        };
        let cells = cells(line)?;
        if cells.len() != header.len() {
            return Err(format!("This has {} columns, the first line has {}.", cells.len(), header.len()));
        }
        let values = cells.into_iter().map(Given::Text);
        Ok(header.iter().cloned().zip(values).filter(|(_, given)| !is_nothing(given)).collect())
    }
}

/// A line of a table (RFC 4180), without line breaks in it: no field of a user has any. What a reader of tables would
/// make something of that does not stand there is refused: marks inside a field, and lines that end in a way of old.
fn cells(line: &str) -> Result<Vec<String>, String> {
    let misread = || "This is no line of a table: see RFC 4180 on quotation marks and line breaks.".to_owned();
    if line.contains(['\r', '\n']) {
        return Err(misread());
    }
    let mut reader = ReaderBuilder::new().has_headers(false).flexible(true).from_reader(line.as_bytes());
    let mut records = reader.records();
    let cells: Vec<String> = match (records.next(), records.next()) {
        (Some(Ok(record)), None) => record.iter().map(str::to_owned).collect(),
        _ => return Err(misread()),
    };
    // Written again as it must have been, with marks around a cell or without, it is the same line.
    let mut rest = line;
    for (n, cell) in cells.iter().enumerate() {
        if n > 0 {
            rest = rest.strip_prefix(',').ok_or_else(misread)?;
        }
        let quoted = format!("\"{}\"", cell.replace('"', "\"\""));
        rest = match rest.strip_prefix(quoted.as_str()) {
            Some(rest) => rest,
            None if cell.contains('"') => return Err(misread()),
            None => rest.strip_prefix(cell.as_str()).ok_or_else(misread)?,
        };
    }
    if rest.is_empty() { Ok(cells) } else { Err(misread()) }
}

fn is_nothing(given: &Given) -> bool {
    matches!(given, Given::Text(text) if text.trim().is_empty())
}

/// An object, its members in their order and none of them lost, also where two have one name.
struct Object(Fields);

impl<'de> Deserialize<'de> for Object {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Members;

        impl<'de> Visitor<'de> for Members {
            type Value = Object;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Object, A::Error> {
                let mut fields = Vec::new();
                while let Some((name, value)) = map.next_entry::<String, Value>()? {
                    let given = match value {
                        Value::Null => continue,
                        Value::String(text) => Given::Text(text),
                        Value::Bool(truth) => Given::Truth(truth),
                        Value::Number(_) | Value::Array(_) | Value::Object(_) => Given::Other,
                    };
                    if !is_nothing(&given) {
                        fields.push((name, given));
                    }
                }
                Ok(Object(fields))
            }
        }

        deserializer.deserialize_map(Members)
    }
}

#[cfg(test)]
mod tests {
    use super::cells;

    #[test]
    fn a_line_of_a_table_is_read_as_it_was_written() {
        let read = |line: &str| cells(line).ok().map(|cells| cells.join("|"));
        assert_eq!(read("a,b,").as_deref(), Some("a|b|"));
        assert_eq!(read("\"a,b\",\"say \"\"hi\"\"\",c").as_deref(), Some("a,b|say \"hi\"|c"));
        assert_eq!(read("\"\",b").as_deref(), Some("|b"));
    }

    #[test]
    fn what_is_no_line_of_a_table_is_not_made_one() {
        for line in ["\"a\"z,b", "a\"b\",c", "a,b\rc,d", "a\rb", "\"a\" ,b", "\"a,b", "a,\"b\"\"c"] {
            assert!(cells(line).is_err(), "{line:?}");
        }
    }
}
