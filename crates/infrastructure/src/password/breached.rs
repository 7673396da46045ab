//! Passwords that were found in leaks, as hashes in a file that is too large for memory.

use std::{
    cmp::Ordering,
    fs::File,
    io::{self, ErrorKind},
    os::unix::fs::FileExt as _,
    path::{Path, PathBuf},
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use doorward_application::ports::PasswordBlocklist;
use doorward_domain::{Rejection, user::Password};
use thiserror::Error;

/// A list of leaked passwords: a file of SHA-1 hashes in hex, sorted, one a line, each perhaps with `:` and how often
/// it was found. Lines may end in CRLF. That is the form in which the lists are published.
///
/// A password is looked up by halving the file: some thirty reads of 4 KiB for one of 40 GB, most of which the system
/// has in memory after a while. Nothing is kept, and nothing of the password leaves the process. SHA-1 protects nothing
/// here; it is what the lists are made of.
///
/// The file is opened once. A new one is to be put in place of the old by a rename, and read after a restart.
#[derive(Debug)]
pub struct BreachedPasswords {
    file: File,
    path: PathBuf,
}

/// The file is no such list.
#[derive(Debug, Error)]
pub enum BreachedFileError {
    /// It is not there, or not to be read.
    #[error("{path} cannot be read: {cause}", path = .0.display(), cause = .1)]
    Unreadable(PathBuf, #[source] io::Error),
    /// A line at its beginning is no SHA-1 in hex.
    #[error("{path} does not begin with lines of SHA-1 hashes in hex", path = .0.display())]
    Malformed(PathBuf),
    /// The lines are in another order, such as by count.
    #[error("{path} is not sorted by its hashes; take the list that is, or sort it: LC_ALL=C sort", path = .0.display())]
    Unsorted(PathBuf),
}

type Sha1 = [u8; 20];

/// How much is read at once: many lines.
const BLOCK: usize = 4096;
/// The most bytes of a line: a hash, a count and a line break.
const LONGEST_LINE: usize = 128;

impl BreachedPasswords {
    /// Opens a list, and looks at its first lines.
    pub fn open(path: &Path) -> Result<Self, BreachedFileError> {
        let unreadable = |cause| BreachedFileError::Unreadable(path.to_owned(), cause);
        let list = Self { file: File::open(path).map_err(unreadable)?, path: path.to_owned() };
        let mut block = [0; BLOCK];
        let filled = list.read_at(&mut block, 0).map_err(unreadable)?;
        // The last line may be cut off.
        let end = if filled < BLOCK { filled } else { block.iter().rposition(|byte| *byte == b'\n').unwrap_or(0) };
        match lines(&block[..end]).map(hash_of).collect::<Option<Vec<_>>>() {
            Some(hashes) if !hashes.is_empty() && hashes.is_sorted() => Ok(list),
            Some(hashes) if !hashes.is_empty() => Err(BreachedFileError::Unsorted(path.to_owned())),
            _ => Err(BreachedFileError::Malformed(path.to_owned())),
        }
    }

    fn contains(&self, wanted: &Sha1) -> io::Result<bool> {
        find(wanted, self.file.metadata()?.len(), |block, offset| self.read_at(block, offset))
    }

    /// Fills the block from there, or up to the end of the file.
    fn read_at(&self, block: &mut [u8], offset: u64) -> io::Result<usize> {
        let mut filled = 0;
        while filled < block.len() {
            match self.file.read_at(&mut block[filled..], offset + filled as u64) {
                Ok(0) => break,
                Ok(read) => filled += read,
                Err(cause) if cause.kind() == ErrorKind::Interrupted => {}
                Err(cause) => return Err(cause),
            }
        }
        Ok(filled)
    }
}

impl PasswordBlocklist for BreachedPasswords {
    fn refuses(&self, password: &Password) -> Option<Rejection> {
        let mut sha1 = Sha1::default();
        sha1.copy_from_slice(digest(&SHA1_FOR_LEGACY_USE_ONLY, password.expose().as_bytes()).as_ref());
        match self.contains(&sha1) {
            Ok(is_breached) => is_breached.then_some(Rejection::BreachedPassword),
            // Without the list, everything else still decides; with an error nobody could choose a password.
            Err(cause) => {
                tracing::warn!(path = %self.path.display(), %cause, "a password was not looked up among the leaked ones");
                None
            }
        }
    }
}

/// Looks a hash up in so many bytes of lines. Each read halves what is left between the starts of two lines, until that
/// is a block.
fn find(wanted: &Sha1, bytes: u64, mut read_at: impl FnMut(&mut [u8], u64) -> io::Result<usize>) -> io::Result<bool> {
    let (mut start, mut end) = (0, bytes);
    let mut block = [0; BLOCK];
    while end - start > BLOCK as u64 {
        // The middle is inside of a line, as a rule: the next one is looked at.
        let middle = start + (end - start) / 2;
        let filled = read_at(&mut block[..2 * LONGEST_LINE], middle)?;
        let of_middle = block[..filled].iter().position(|byte| *byte == b'\n').ok_or_else(malformed)? + 1;
        let line = lines(&block[of_middle..filled]).next().ok_or_else(malformed)?;
        let next = middle + of_middle as u64;
        match hash_of(line).ok_or_else(malformed)?.cmp(wanted) {
            Ordering::Equal => return Ok(true),
            Ordering::Less => start = next,
            Ordering::Greater => end = next,
        }
    }
    let left = usize::try_from(end - start).map_err(|_| malformed())?;
    let filled = read_at(&mut block[..left], start)?;
    for line in lines(&block[..filled]) {
        if hash_of(line).ok_or_else(malformed)? == *wanted {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The lines of a block that have something in them.
fn lines(block: &[u8]) -> impl Iterator<Item = &[u8]> {
    let lines = block.split(|byte| *byte == b'\n').map(|line| line.strip_suffix(b"\r").unwrap_or(line));
    lines.filter(|line| !line.is_empty())
}

/// The hash of a line: 40 digits, and then perhaps a count.
fn hash_of(line: &[u8]) -> Option<Sha1> {
    let (hex, count) = line.split_at_checked(2 * size_of::<Sha1>())?;
    if !matches!(count, [] | [b':', ..]) {
        return None;
    }
    let mut hash = Sha1::default();
    for (byte, digits) in hash.iter_mut().zip(hex.chunks_exact(2)) {
        let [high, low] = [digits[0], digits[1]].map(|digit| char::from(digit).to_digit(16));
        *byte = u8::try_from(high? << 4 | low?).ok()?;
    }
    Some(hash)
}

fn malformed() -> io::Error {
    io::Error::new(ErrorKind::InvalidData, "a line is no SHA-1 in hex")
}

#[cfg(test)]
mod tests {
    use std::{cell::Cell, io};

    use super::{Sha1, find};

    #[test]
    fn a_file_of_forty_gigabytes_takes_thirty_reads_at_the_most() {
        /// As if there were a line for every number below 2^30, which is the beginning of its hash.
        fn line(number: u64) -> [u8; 43] {
            let text = format!("{:08X}{:032}:\r\n", number << 2, 0);
            text.into_bytes().try_into().unwrap()
        }
        let reads = Cell::new(0);
        let lookup = |hash: &Sha1| {
            reads.set(0);
            let found = find(hash, 43 << 30, |block, offset| {
                reads.set(reads.get() + 1);
                for (byte, at) in block.iter_mut().zip(offset..) {
                    *byte = line(at / 43)[usize::try_from(at % 43).unwrap()];
                }
                Ok(block.len())
            });
            assert!(reads.get() <= 30, "{reads:?}");
            found.unwrap()
        };
        for number in [0_u64, 1, 77_777_777, (1 << 29) - 1, 1 << 29, (1 << 30) - 1] {
            let mut hash = Sha1::default();
            hash[..4].copy_from_slice(&(u32::try_from(number << 2).unwrap()).to_be_bytes());
            assert!(lookup(&hash), "{number}");
            hash[19] = 1;
            assert!(!lookup(&hash), "{number}");
        }
    }

    #[test]
    fn a_read_that_fails_is_an_error_and_not_an_answer() {
        let broken = |_: &mut [u8], _| Err(io::Error::other("the disk is gone"));
        assert!(find(&Sha1::default(), 1 << 40, broken).is_err());
        assert!(find(&Sha1::default(), 41, broken).is_err());
    }
}
