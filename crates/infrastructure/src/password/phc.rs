//! What the PHC strings of the imported kinds have in common: `$kind$name=value,…$salt$hash`.

use argon2::password_hash::phc::{ParamsString, PasswordHash};
use doorward_application::ports::UnusableHash;

/// A PHC string without a version.
pub(super) struct Phc {
    params: ParamsString,
    pub(super) salt: Vec<u8>,
    pub(super) digest: Option<Vec<u8>>,
}

impl Phc {
    /// Reads one. Its salt has 8 to 48 bytes, its hash 10 to 64: the bounds of the format.
    pub(super) fn read(text: &str) -> Result<Self, UnusableHash> {
        let hash = PasswordHash::new(text).map_err(|_| UnusableHash::Malformed)?;
        let salt = hash.salt.filter(|_| hash.version.is_none()).ok_or(UnusableHash::Malformed)?;
        let digest = hash.hash.map(|output| output.as_bytes().to_vec());
        Ok(Self { params: hash.params, salt: salt.to_vec(), digest })
    }

    /// The parameters of these names, if it has no others and none twice.
    pub(super) fn numbers<const N: usize>(&self, names: [&str; N]) -> Result<[Option<u32>; N], UnusableHash> {
        let mut numbers = [None; N];
        for (name, value) in self.params.iter() {
            let at = names.iter().position(|known| *known == name.as_str()).ok_or(UnusableHash::Malformed)?;
            if numbers[at].replace(number(value.as_str())?).is_some() {
                return Err(UnusableHash::Malformed);
            }
        }
        Ok(numbers)
    }
}

/// A number of digits alone. One that is too long for 32 bits is beyond every bound.
pub(super) fn number(text: &str) -> Result<u32, UnusableHash> {
    if text.is_empty() || !text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(UnusableHash::Malformed);
    }
    text.parse().map_err(|_| UnusableHash::OutOfBounds)
}
