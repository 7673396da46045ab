//! `[passwords]`: which passwords may be chosen and what hashing them costs.

use std::{
    fs::File,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use validator::Validate;

use crate::section::Section;

/// Which passwords may be chosen and what hashing them costs.
#[derive(Clone, Debug, Validate)]
pub struct Passwords {
    /// The fewest code points of a password.
    #[validate(range(min = 8, max = 128, message = "must be from 8 to 128"))]
    pub min_length: u32,
    /// Whether passwords that everyone tries first are refused.
    pub reject_common: bool,
    /// Where the SHA-1 hashes of leaked passwords are, if they are refused too.
    pub breached_file: Option<PathBuf>,
    /// The memory of one argon2id hash.
    #[validate(range(max = 262_144, message = "must be at most 262144"))]
    pub argon2_memory_kib: u32,
    /// How often it goes over that memory.
    #[validate(range(min = 1, max = 20, message = "must be from 1 to 20"))]
    pub argon2_iterations: u32,
    /// Into how many lanes that memory is cut.
    #[validate(range(min = 1, max = 16, message = "must be from 1 to 16"))]
    pub argon2_parallelism: u32,
    /// How many passwords are hashed at once; 0 means one a core.
    #[validate(range(max = 256, message = "must be at most 256"))]
    pub max_concurrent_hashes: u32,
}

impl Passwords {
    /// NIST SP 800-63B-4 §3.1.1.2, for a password that is the only factor.
    const ADVISED_LENGTH: u32 = 15;
    /// Memory times iterations of the weakest setting that OWASP's Password Storage Cheat Sheet names (12288 KiB, 3).
    const ADVISED_WORK: u32 = 12_288 * 3;

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let passwords = Self {
            min_length: from.get("min_length"),
            reject_common: from.get("reject_common"),
            breached_file: from.get::<Option<String>>("breached_file").map(PathBuf::from),
            argon2_memory_kib: from.get("argon2_memory_kib"),
            argon2_iterations: from.get("argon2_iterations"),
            argon2_parallelism: from.get("argon2_parallelism"),
            max_concurrent_hashes: from.get("max_concurrent_hashes"),
        };
        from.validate(&passwords);
        // RFC 9106 §3.1.
        from.require(
            passwords.argon2_memory_kib >= passwords.argon2_parallelism.saturating_mul(8),
            "argon2_memory_kib",
            "must be at least 8 times passwords.argon2_parallelism",
        );
        match passwords.breached_file.as_deref().map(begins_with_a_hash) {
            Some(Err(cause)) => from.refuse("breached_file", format!("must be a file that can be read: {cause}")),
            Some(Ok(false)) => {
                from.refuse("breached_file", "must be SHA-1 hashes in hex, sorted, one a line, such as HASH:COUNT");
            }
            Some(Ok(true)) | None => {}
        }
        if !from.development && passwords.min_length < Self::ADVISED_LENGTH {
            from.warn("min_length", format!("is below {}, the least for a single factor", Self::ADVISED_LENGTH));
        }
        if !from.development
            && passwords.argon2_memory_kib.saturating_mul(passwords.argon2_iterations) < Self::ADVISED_WORK
        {
            from.warn("argon2_memory_kib", "makes stolen hashes cheap to guess; 19456 with 2 iterations is advised");
        }
        passwords
    }
}

/// Whether a file's first line is a SHA-1 in hex, perhaps with a count. The file may be larger than the memory.
fn begins_with_a_hash(path: &Path) -> io::Result<bool> {
    /// The digits, and what ends them.
    const LEN: usize = 41;
    let mut first = Vec::new();
    File::open(path)?.take(LEN as u64).read_to_end(&mut first)?;
    let (hash, end) = first.split_at(first.len().min(LEN - 1));
    Ok(hash.len() == LEN - 1 && hash.iter().all(u8::is_ascii_hexdigit) && matches!(end, [] | [b':' | b'\r' | b'\n']))
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    use super::begins_with_a_hash;

    #[test]
    fn the_first_line_of_leaked_passwords_is_a_sha_1_in_hex() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("breached.txt");
        let begins = |text: &str| {
            fs::write(&path, text).unwrap();
            begins_with_a_hash(&path).unwrap()
        };
        let hash = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";
        for end in ["", "\n", "\r\n", ":9545824\r\n", ":1\n0"] {
            assert!(begins(&format!("{hash}{end}")), "{end:?}");
        }
        for text in ["", "\n", &hash[1..], &format!("{hash}0"), &format!("{hash} 1"), &hash.replace('5', "g")] {
            assert!(!begins(text), "{text:?}");
        }
        assert!(begins_with_a_hash(dir.path()).is_err());
        assert!(begins_with_a_hash(Path::new("/nowhere/at/all")).is_err());
    }
}
