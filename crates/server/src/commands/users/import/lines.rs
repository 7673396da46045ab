//! The lines of a file.

use std::io::{self, BufRead, Read as _};

/// The lines of a file, numbered from one. However long a line is, no more of it than may be is held.
pub(super) struct Lines {
    input: Box<dyn BufRead>,
    /// Whether a quotation mark that is not closed takes the next line along.
    is_table: bool,
    number: u64,
    line: Vec<u8>,
}

/// A line, or why it is none.
pub(super) type Line = Result<String, &'static str>;

impl Lines {
    /// The most bytes of a line, its end included.
    pub(super) const LONGEST: u64 = 64 * 1024;

    /// The lines of a file of objects.
    pub(super) fn of(input: Box<dyn BufRead>) -> Self {
        Self { input, is_table: false, number: 0, line: Vec::new() }
    }

    /// The lines of a table (RFC 4180). No field of a user has a line break; one that has is told as a whole, so that
    /// what stands in it is never taken for a line of the table.
    pub(super) fn of_table(input: Box<dyn BufRead>) -> Self {
        Self { is_table: true, ..Self::of(input) }
    }

    /// The next line that has something on it.
    pub(super) fn next(&mut self) -> io::Result<Option<(u64, Line)>> {
        loop {
            self.line.clear();
            self.number += 1;
            let number = self.number;
            if self.input.by_ref().take(Self::LONGEST).read_until(b'\n', &mut self.line)? == 0 {
                return Ok(None);
            }
            let mut quotes = count_quotes(&self.line);
            let mut refused = None;
            if !self.line.ends_with(b"\n") && !self.is_at_end()? {
                quotes += self.pass_line()?;
                refused = Some("This line is longer than 64 KiB.");
            }
            while self.is_table && !quotes.is_multiple_of(2) {
                refused = Some("A quotation mark is not closed on this line.");
                if self.is_at_end()? {
                    break;
                }
                quotes += self.pass_line()?;
                self.number += 1;
            }
            if let Some(reason) = refused {
                return Ok(Some((number, Err(reason))));
            }
            let Ok(line) = str::from_utf8(&self.line) else {
                return Ok(Some((number, Err("This line is not UTF-8."))));
            };
            // A mark that some editors begin a file with, which is no part of it.
            let line = if number == 1 { line.trim_start_matches('\u{feff}') } else { line };
            if !line.trim().is_empty() {
                let line = line.strip_suffix('\n').unwrap_or(line);
                return Ok(Some((number, Ok(line.strip_suffix('\r').unwrap_or(line).to_owned()))));
            }
        }
    }

    fn is_at_end(&mut self) -> io::Result<bool> {
        Ok(self.input.fill_buf()?.is_empty())
    }

    /// Passes over what is left of the line, and says how many quotation marks there were.
    fn pass_line(&mut self) -> io::Result<usize> {
        let mut quotes = 0;
        loop {
            let some = self.input.fill_buf()?;
            let (passed, ended) = match some.iter().position(|byte| *byte == b'\n') {
                Some(end) => (end + 1, true),
                None => (some.len(), some.is_empty()),
            };
            quotes += count_quotes(&some[..passed]);
            self.input.consume(passed);
            if ended {
                return Ok(quotes);
            }
        }
    }
}

fn count_quotes(bytes: &[u8]) -> usize {
    bytes.iter().fold(0, |count, byte| count + usize::from(*byte == b'"'))
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use super::Lines;

    fn lines(text: impl Into<Vec<u8>>) -> Vec<(u64, Result<String, &'static str>)> {
        let mut lines = Lines::of(Box::new(Cursor::new(text.into())));
        std::iter::from_fn(|| lines.next().unwrap()).collect()
    }

    #[test]
    fn are_numbered_as_an_editor_numbers_them() {
        let found = lines("\u{feff}a\r\n\n \nb\nc");
        assert_eq!(found, [(1, Ok("a".to_owned())), (4, Ok("b".to_owned())), (5, Ok("c".to_owned()))]);
    }

    #[test]
    fn one_that_is_too_long_is_passed_over_and_the_next_is_read() {
        let longest = usize::try_from(Lines::LONGEST).unwrap();
        for (length, good) in [(longest - 1, true), (longest, false), (longest * 3, false)] {
            let found = lines(format!("{}\nb\n", "a".repeat(length)));
            assert_eq!((found[0].0, found[0].1.is_ok()), (1, good), "{length}");
            assert_eq!(found[1], (2, Ok("b".to_owned())));
        }
        assert_eq!(lines("a".repeat(longest)).len(), 1);
        assert!(lines("a".repeat(longest + 1))[0].1.is_err());
    }

    #[test]
    fn what_stands_in_quotation_marks_is_no_line_of_a_table() {
        let text = "a\n\"b\nc,\"\"d\"\"\ne\",f\ng\n\"h\ni\n";
        let mut lines = Lines::of_table(Box::new(Cursor::new(text)));
        let found: Vec<_> = std::iter::from_fn(|| lines.next().unwrap()).map(|(n, line)| (n, line.ok())).collect();
        let line = |text: &str| Some(text.to_owned());
        assert_eq!(found, [(1, line("a")), (2, None), (5, line("g")), (6, None)]);
    }

    #[test]
    fn one_that_is_no_text_is_told_by_its_number() {
        assert_eq!(lines(b"a\n\xff\nb".as_slice())[1], (2, Err("This line is not UTF-8.")));
    }
}
