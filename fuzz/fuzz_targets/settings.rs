//! Settings: files and environment become valid settings, or every problem is told, and no value of a secret with it.
#![no_main]

use std::{cell::LazyCell, fs, path::PathBuf};

use doorward_settings::{Sources, load};
use libfuzzer_sys::fuzz_target;
use tempfile::TempDir;

const SECRET: &str = "dGhpcyBpcyBhIHNlY3JldCBvZiBtYW55IGxldHRlcnM";
const KEYS: [&str; 12] = [
    "HTTP__ADDRESS",
    "HTTP__PUBLIC_URL",
    "HTTP__TRUSTED_PROXIES",
    "HTTP__CORS_ORIGINS",
    "DATABASE__URL",
    "TOKENS__ACCESS_TTL",
    "TOKENS__ALGORITHM",
    "PASSWORDS__MIN_LENGTH",
    "REGISTRATION__SELF_SERVICE_ROLES",
    "MAIL__SMTP_URL",
    "MAIL__FROM",
    "LOG__LEVEL",
];

thread_local! {
    static FOLDER: LazyCell<TempDir> = LazyCell::new(|| {
        let memory = PathBuf::from("/dev/shm");
        if memory.is_dir() { TempDir::new_in(memory) } else { TempDir::new() }.expect("a folder")
    });
}

fuzz_target!(|input: (bool, u8, &str, &str)| {
    let (production, key, value, file) = input;
    let env_name = if production { "production" } else { "development" };
    FOLDER.with(|folder| {
        fs::write(folder.path().join(format!("{env_name}.toml")), file).expect("a file");
        let environment = vec![
            (format!("DOORWARD__{}", KEYS[usize::from(key) % KEYS.len()]), value.to_owned()),
            ("DOORWARD__SECRETS__MASTER".to_owned(), SECRET.to_owned()),
        ];
        match load(Sources { dir: folder.path().to_owned(), env_name: env_name.to_owned(), environment }) {
            Ok(settings) => {
                assert!(settings.passwords.min_length >= 8);
                let shown: String =
                    settings.listing().iter().map(|shown| format!("{} {}", shown.key, shown.value)).collect();
                assert!(!shown.contains(SECRET), "a secret is shown");
            }
            Err(problems) => {
                assert!(!problems.is_empty());
                assert!(problems.iter().all(|problem| !problem.key.is_empty() && !problem.cure.is_empty()));
                assert!(!problems.to_string().contains(SECRET), "a secret is told");
            }
        }
    });
});
