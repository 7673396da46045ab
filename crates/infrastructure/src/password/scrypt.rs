//! scrypt (RFC 7914), for users who were imported with it: `$scrypt$ln=…,r=…,p=…$salt$hash`, where `ln` is the
//! logarithm of N. Nothing new is hashed with it.

use doorward_application::ports::UnusableHash;
use scrypt::Params;

use super::{
    phc::Phc,
    stored::{self, Fields},
};

/// The bytes of a hash: those that are in use. The beginning of a longer hash is a shorter one of the same password, so
/// one that was cut off must not be taken for one.
const DIGEST_LENS: [usize; 2] = [32, 64];

/// How a scrypt hash was made. Its parameters ask for no more than they may.
pub(super) struct Recipe {
    params: Params,
    salt: Vec<u8>,
}

impl Recipe {
    /// Fills the output.
    pub(super) fn derive(&self, password: &[u8], output: &mut [u8]) {
        scrypt::scrypt(password, &self.salt, &self.params, output).expect("an output of 10 to 64 bytes can be filled");
    }
}

/// Reads a PHC string of scrypt.
pub(super) fn read(text: &str) -> Result<Fields, UnusableHash> {
    let phc = Phc::read(text)?;
    let [Some(ln), Some(r), Some(p)] = phc.numbers(["ln", "r", "p"])? else { return Err(UnusableHash::Malformed) };
    let params = bounded(ln, r, p).ok_or(UnusableHash::OutOfBounds)?;
    if phc.digest.as_ref().is_some_and(|digest| !DIGEST_LENS.contains(&digest.len())) {
        return Err(UnusableHash::Malformed);
    }
    Ok(Fields { recipe: stored::Recipe::Scrypt(Recipe { params, salt: phc.salt }), digest: phc.digest })
}

/// At most 256 MiB, and that sixteen times. Blocks are bounded too: with few of them their own size would be what asks
/// for memory.
fn bounded(ln: u32, r: u32, p: u32) -> Option<Params> {
    let is_affordable = (1..=20).contains(&ln) && (1..=32).contains(&r) && (1..=16).contains(&p);
    if !is_affordable || (u64::from(r) * 128) << ln > 256 << 20 {
        return None;
    }
    Params::new(u8::try_from(ln).ok()?, r, p).ok()
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::UnusableHash;

    use super::{bounded, read};

    const DIGEST: &str = "RGrpu+acN9V5na7Q+cI6JNWTd//FjdjoMK6m5wuYpZk";

    fn text(params: &str, digest: &str) -> String {
        format!("$scrypt${params}$c29tZXNhbHQ${digest}")
    }

    #[test]
    fn parameters_are_bounded_before_any_work() {
        for (ln, r, p) in [(18, 8, 1), (20, 2, 1), (16, 32, 16), (1, 1, 1), (17, 8, 16)] {
            assert!(bounded(ln, r, p).is_some(), "{ln} {r} {p}");
        }
        for (ln, r, p) in [
            (18, 9, 1),
            (19, 8, 1),
            (20, 3, 1),
            (21, 1, 1),
            (64, 1, 1),
            (u32::MAX, 8, 1),
            (0, 8, 1),
            (1, 33, 1),
            (1, u32::MAX, u32::MAX),
            (14, 0, 1),
            (14, 8, 0),
            (14, 8, 17),
        ] {
            assert!(bounded(ln, r, p).is_none(), "{ln} {r} {p}");
        }
    }

    #[test]
    fn a_parameter_that_is_missing_twice_there_or_unknown_is_malformed() {
        for params in ["ln=4,r=8", "ln=4,r=8,p=1,p=1", "ln=4,r=8,p=1,x=1", "ln=4,r=8,p=x", "N=16,r=8,p=1"] {
            assert_eq!(read(&text(params, DIGEST)).err(), Some(UnusableHash::Malformed), "{params}");
        }
        assert!(read(&text("p=1,ln=4,r=8", DIGEST)).is_ok());
    }

    #[test]
    fn a_hash_that_was_cut_off_is_malformed() {
        for end in 1..DIGEST.len() {
            assert_eq!(read(&text("ln=4,r=8,p=1", &DIGEST[..end])).err(), Some(UnusableHash::Malformed), "{end}");
        }
    }
}
