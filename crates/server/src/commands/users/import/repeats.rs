//! Names that stand in a file more than once.
//!
//! The store tells which names are taken, but neither by which line nor, where nothing is written, by another line at
//! all. So the names are sorted: as many as fit into some memory at a time, then those parts together. However long the
//! file is, no more than that is held.

use std::{
    cmp::Reverse,
    collections::BinaryHeap,
    fs::File,
    io::{self, BufRead as _, BufReader, BufWriter, Lines, Read, Write as _},
    ops::Range,
    os::unix::fs::FileExt as _,
    sync::Arc,
};

/// A name that is on an earlier line too.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Repeat {
    pub(super) field: String,
    pub(super) name: String,
    /// The address of the user on the later line.
    pub(super) email: String,
    pub(super) first_line: u64,
    pub(super) line: u64,
    /// Whether that user was counted among those who are there already.
    pub(super) was_there: bool,
}

/// The names of a file.
pub(super) struct Names {
    /// How many are held.
    most: usize,
    /// What can be sorted as text: field, name, line, whether the user is there, address.
    held: Vec<String>,
    /// The parts that were sorted before, in a file that nobody else can open.
    sorted: Option<File>,
    parts: Vec<Range<u64>>,
}

impl Default for Names {
    fn default() -> Self {
        Self::holding(32 * 1024)
    }
}

impl Names {
    fn holding(most: usize) -> Self {
        Self { most, held: Vec::new(), sorted: None, parts: Vec::new() }
    }

    /// Notes a name of the user on this line.
    pub(super) fn note(&mut self, field: &str, name: &str, line: u64, was_there: bool, email: &str) -> io::Result<()> {
        self.held.push(format!("{field}\t{name}\t{line:020}\t{was_there}\t{email}"));
        if self.held.len() < self.most { Ok(()) } else { self.put_away() }
    }

    fn put_away(&mut self) -> io::Result<()> {
        self.held.sort_unstable();
        let file = match self.sorted.take() {
            Some(file) => file,
            None => tempfile::tempfile()?,
        };
        let begin = self.parts.last().map_or(0, |part| part.end);
        let mut writer = BufWriter::new(&file);
        let mut end = begin;
        for name in self.held.drain(..) {
            writeln!(writer, "{name}")?;
            end += name.len() as u64 + 1;
        }
        writer.flush()?;
        drop(writer);
        self.parts.push(begin..end);
        self.sorted = Some(file);
        Ok(())
    }

    /// Every name that is on more than one line, by field and name; each time with the first line that has it. That the
    /// users of one address have the rest in common too is not told.
    pub(super) fn repeats(mut self) -> io::Result<impl Iterator<Item = io::Result<Repeat>>> {
        self.held.sort_unstable();
        let mut sources = vec![Source::Held(self.held.into_iter())];
        if let Some(file) = self.sorted.map(Arc::new) {
            let parts = self.parts.into_iter().map(|part| Part { file: Arc::clone(&file), part });
            sources.extend(parts.map(|part| Source::PutAway(BufReader::new(part).lines())));
        }
        let mut merged = Merged { sources, next: BinaryHeap::new() };
        for source in 0..merged.sources.len() {
            merged.advance(source)?;
        }
        let mut first: Option<Noted> = None;
        Ok(merged.filter_map(move |noted| {
            let noted = match noted.map(|text| Noted::read(&text)) {
                Ok(Some(noted)) => noted,
                Ok(None) => return None,
                Err(cause) => return Some(Err(cause)),
            };
            match &first {
                Some(first) if (&first.field, &first.name) == (&noted.field, &noted.name) => {
                    let is_told = noted.field == "email" || noted.email != first.email;
                    is_told.then(|| Ok(noted.repeats(first.line)))
                }
                _ => {
                    first = Some(noted);
                    None
                }
            }
        }))
    }
}

struct Noted {
    field: String,
    name: String,
    line: u64,
    was_there: bool,
    email: String,
}

impl Noted {
    /// What was noted, which is always readable.
    fn read(text: &str) -> Option<Self> {
        let mut parts = text.split('\t').map(str::to_owned);
        let (field, name, line) = (parts.next()?, parts.next()?, parts.next()?.parse().ok()?);
        Some(Self { field, name, line, was_there: parts.next()? == "true", email: parts.next()? })
    }

    fn repeats(self, first_line: u64) -> Repeat {
        let Self { field, name, line, was_there, email } = self;
        Repeat { field, name, email, first_line, line, was_there }
    }
}

/// All parts as one that is sorted.
struct Merged {
    sources: Vec<Source>,
    next: BinaryHeap<Reverse<(String, usize)>>,
}

enum Source {
    Held(std::vec::IntoIter<String>),
    PutAway(Lines<BufReader<Part>>),
}

impl Merged {
    fn advance(&mut self, source: usize) -> io::Result<()> {
        let next = match &mut self.sources[source] {
            Source::Held(names) => names.next(),
            Source::PutAway(names) => names.next().transpose()?,
        };
        self.next.extend(next.map(|name| Reverse((name, source))));
        Ok(())
    }
}

impl Iterator for Merged {
    type Item = io::Result<String>;

    fn next(&mut self) -> Option<Self::Item> {
        let Reverse((name, source)) = self.next.pop()?;
        Some(self.advance(source).map(|()| name))
    }
}

/// A part of the file.
struct Part {
    file: Arc<File>,
    part: Range<u64>,
}

impl Read for Part {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let left = usize::try_from(self.part.end - self.part.start).unwrap_or(usize::MAX);
        let most = buffer.len().min(left);
        let read = self.file.read_at(&mut buffer[..most], self.part.start)?;
        self.part.start += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::{Names, Repeat};

    #[test]
    fn are_found_however_few_are_held_at_a_time() {
        for most in [1, 2, 3, 7, 100] {
            let mut names = Names::holding(most);
            for line in 1..=20_u64 {
                let email = format!("user{}@example.com", line % 18);
                names.note("email", &email, line, line == 20, &email).unwrap();
                names.note("username", &format!("user{}", line % 19), line, false, &email).unwrap();
            }
            let found: Vec<_> = names.repeats().unwrap().map(|repeat| repeat.unwrap()).collect();
            let repeat = |field: &str, name: &str, email: &str, first_line, line, was_there| Repeat {
                field: field.to_owned(),
                name: name.to_owned(),
                email: email.to_owned(),
                first_line,
                line,
                was_there,
            };
            assert_eq!(
                found,
                [
                    repeat("email", "user1@example.com", "user1@example.com", 1, 19, false),
                    repeat("email", "user2@example.com", "user2@example.com", 2, 20, true),
                    repeat("username", "user1", "user2@example.com", 1, 20, false),
                ],
                "{most} at a time"
            );
        }
    }

    #[test]
    fn the_earlier_line_is_the_first_one_also_where_numbers_have_other_lengths() {
        let mut names = Names::holding(2);
        for line in [9, 10, 100] {
            names.note("email", "jane@example.com", line, false, "jane@example.com").unwrap();
        }
        let lines: Vec<_> =
            names.repeats().unwrap().map(|repeat| repeat.unwrap()).map(|r| (r.first_line, r.line)).collect();
        assert_eq!(lines, [(9, 10), (9, 100)]);
    }
}
