//! The master secrets, and where a developer's machine keeps one.

use std::{
    fs::{self, OpenOptions},
    io::{self, ErrorKind, Write as _},
    os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _},
    path::Path,
};

use anyhow::Context as _;
use doorward_application::ports::SecretGenerator;
use doorward_domain::Secret;
use doorward_settings::Settings;

/// Where a developer's machine keeps its master secret.
pub const DIR: &str = "data";
const FILE: &str = "master.secret";

/// The configured master secret, or the one of this folder, which is made if there is none yet. Settings without a
/// secret are only valid in development.
pub fn of(settings: &Settings, dir: &Path, secrets: &dyn SecretGenerator) -> anyhow::Result<Secret<Vec<u8>>> {
    if let Some(master) = &settings.secrets.master {
        return Ok(bytes(master));
    }
    let file = dir.join(FILE);
    find_or_make(&file, secrets)
        .with_context(|| format!("{} cannot be used as the master secret of development", file.display()))
}

/// The earlier master secrets.
#[must_use]
pub fn previous(settings: &Settings) -> Vec<Secret<Vec<u8>>> {
    settings.secrets.previous.iter().map(bytes).collect()
}

fn bytes(secret: &Secret<String>) -> Secret<Vec<u8>> {
    Secret::new(secret.expose().as_bytes().to_vec())
}

fn find_or_make(file: &Path, secrets: &dyn SecretGenerator) -> io::Result<Secret<Vec<u8>>> {
    match read(file) {
        Err(cause) if cause.kind() == ErrorKind::NotFound => {
            make(file, secrets)?;
            // Read again even so: another process may have been faster.
            read(file)
        }
        other => other,
    }
}

/// Reads the file, unless it is one that others may have read before.
fn read(file: &Path) -> io::Result<Secret<Vec<u8>>> {
    if fs::metadata(file)?.permissions().mode() & 0o077 != 0 {
        let cure = format!("others than its owner may use it; run `chmod 600 {}`", file.display());
        return Err(io::Error::new(ErrorKind::PermissionDenied, cure));
    }
    fs::read(file).map(Secret::new)
}

/// Makes the file at once and whole, or leaves the one that is there: a process that starts at the same time reads
/// the same secret, and never half of it.
fn make(file: &Path, secrets: &dyn SecretGenerator) -> io::Result<()> {
    let dir = file.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(dir)?;
    // Two containers on one volume may both be process 1.
    let draft = dir.join(format!("{FILE}.{}", hex(secrets.bytes16().expose())));
    let secret = Secret::new(hex(secrets.bytes32().expose()));
    let mut open = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&draft)?;
    open.write_all(secret.expose().as_bytes())?;
    // What is sealed under it would be lost with it.
    open.sync_all()?;
    let linked = fs::hard_link(&draft, file);
    fs::remove_file(&draft)?;
    match linked {
        Err(cause) if cause.kind() != ErrorKind::AlreadyExists => Err(cause),
        _ => fs::File::open(dir)?.sync_all(),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use std::{
        collections::HashSet,
        fs::{self, Permissions},
        os::unix::fs::PermissionsExt as _,
        sync::Barrier,
        thread,
    };

    use doorward_infrastructure::os_random::OsRandom;
    use doorward_settings::{Sources, load};
    use tempfile::TempDir;

    use super::{find_or_make, of, previous};

    #[test]
    fn the_earlier_ones_are_all_that_are_given_beside_one_that_is_made() {
        let dir = TempDir::new().unwrap();
        let earlier = ["a".repeat(32), "b".repeat(32)];
        let environment = vec![("DOORWARD__SECRETS__PREVIOUS".to_owned(), earlier.join(","))];
        let sources = Sources { dir: dir.path().into(), env_name: Sources::DEVELOPMENT.to_owned(), environment };
        let settings = load(sources).unwrap_or_else(|problems| panic!("{problems}"));
        let previous: Vec<_> = previous(&settings).iter().map(|secret| secret.expose().clone()).collect();
        assert_eq!(previous, earlier.map(String::into_bytes));
        assert_eq!(of(&settings, dir.path(), &OsRandom).unwrap().expose().len(), 64);
    }

    #[test]
    fn is_made_once_for_its_owner_alone() {
        let dir = TempDir::new().unwrap();
        let file = dir.path().join("data/master.secret");
        let made = find_or_make(&file, &OsRandom).unwrap();
        assert_eq!(made.expose().len(), 64);
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(find_or_make(&file, &OsRandom).unwrap().expose(), made.expose());
        assert_eq!(fs::read_dir(dir.path().join("data")).unwrap().count(), 1, "no draft is left");
    }

    #[test]
    fn one_that_others_may_use_is_refused_with_the_cure() {
        let dir = TempDir::new().unwrap();
        let file = dir.path().join("master.secret");
        find_or_make(&file, &OsRandom).unwrap();
        for mode in [0o640, 0o604, 0o620, 0o666] {
            fs::set_permissions(&file, Permissions::from_mode(mode)).unwrap();
            let refused = find_or_make(&file, &OsRandom).err().unwrap().to_string();
            assert!(refused.contains(&format!("chmod 600 {}", file.display())), "{refused}");
        }
        fs::set_permissions(&file, Permissions::from_mode(0o400)).unwrap();
        assert!(find_or_make(&file, &OsRandom).is_ok());
    }

    #[test]
    fn processes_that_start_at_once_read_the_same_one() {
        let dir = TempDir::new().unwrap();
        let file = dir.path().join("data/master.secret");
        let start = Barrier::new(8);
        let read = || {
            start.wait();
            find_or_make(&file, &OsRandom).unwrap().expose().clone()
        };
        let read: HashSet<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..8).map(|_| scope.spawn(read)).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        assert_eq!(read.len(), 1);
    }
}
