//! Makes of the list of common passwords what is embedded: a set that is looked up where it lies, and smaller.

use std::{env, error::Error, fs, path::Path};

use fst::Set;

const LIST: &str = "src/password/common_passwords.txt";

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed={LIST}");
    #[expect(clippy::disallowed_methods, reason = "this is how cargo says where to write; no setting of the program")]
    let folder = env::var_os("OUT_DIR").ok_or("cargo sets OUT_DIR")?;
    // Fails if the lines are not sorted.
    let set = Set::from_iter(fs::read_to_string(LIST)?.lines())?;
    fs::write(Path::new(&folder).join("common_passwords.fst"), set.as_fst().as_bytes())?;
    Ok(())
}
