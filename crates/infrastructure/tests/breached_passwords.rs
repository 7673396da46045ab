//! Passwords that were found in leaks: which are refused, and what is no list of them.
#![expect(clippy::unwrap_used, reason = "a test that fails panics")]

use std::{
    fs,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU32, Ordering},
    },
};

use aws_lc_rs::digest::{SHA1_FOR_LEGACY_USE_ONLY, digest};
use doorward_application::ports::PasswordBlocklist as _;
use doorward_domain::{Rejection, user::Password};
use doorward_infrastructure::password::{BreachedFileError, BreachedPasswords};
use tempfile::TempDir;
use tracing::{Event, Metadata, Subscriber, span};

/// The SHA-1 of `password`, as the lists have it.
const OF_PASSWORD: &str = "5BAA61E4C9B93F3F0682250B6CF8331B7EE68FD8";

fn open(text: &str) -> (TempDir, Result<BreachedPasswords, BreachedFileError>) {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("breached.txt");
    fs::write(&path, text).unwrap();
    let opened = BreachedPasswords::open(&path);
    (dir, opened)
}

fn refuses(list: &BreachedPasswords, password: &str) -> bool {
    let refused = list.refuses(&Password::parse(password).unwrap());
    refused.inspect(|reason| assert_eq!(*reason, Rejection::BreachedPassword)).is_some()
}

/// The lines of so many leaked passwords, sorted, with counts of different lengths.
fn leak(passwords: u32, line_end: &str, counted: bool) -> String {
    let hex = |password: String| -> String {
        let sha1 = digest(&SHA1_FOR_LEGACY_USE_ONLY, password.as_bytes());
        sha1.as_ref().iter().map(|byte| format!("{byte:02X}")).collect::<Vec<_>>().concat()
    };
    let count = |n: u32| if counted { format!(":{}", 7_u64.pow(n % 20)) } else { String::new() };
    let mut lines: Vec<_> = (0..passwords).map(|n| hex(format!("leaked {n}")) + &count(n) + line_end).collect();
    lines.sort();
    lines.concat()
}

#[test]
fn every_leaked_password_is_refused_and_no_other() {
    for (passwords, line_end, counted) in
        [(1, "\n", false), (50, "\r\n", true), (1_000, "\n", true), (1_000, "\r\n", true), (1_000, "\r\n", false)]
    {
        let text = leak(passwords, line_end, counted);
        // Sorting may leave out the last line break.
        for text in [text.as_str(), text.trim_end()] {
            let (_dir, list) = open(text);
            let list = list.unwrap();
            for n in 0..passwords {
                assert!(refuses(&list, &format!("leaked {n}")), "{n} of {passwords}");
                assert!(!refuses(&list, &format!("kept {n}")), "{n} of {passwords}");
            }
        }
    }
}

#[test]
fn the_hash_is_that_of_the_published_lists_and_case_is_part_of_the_password() {
    let (_dir, list) = open(&format!("{OF_PASSWORD}:9545824\r\n"));
    let list = list.unwrap();
    assert!(refuses(&list, "password"));
    assert!(!refuses(&list, "Password"));
    let (_dir, lower) = open(&OF_PASSWORD.to_lowercase());
    assert!(refuses(&lower.unwrap(), "password"));
}

#[test]
fn a_file_that_is_no_such_list_is_not_opened() {
    let malformed = |text: &str| matches!(open(text).1, Err(BreachedFileError::Malformed(_)));
    for text in ["", "\n", "password\n", &OF_PASSWORD[..39], &format!("{OF_PASSWORD};1"), &"A".repeat(10_000)] {
        assert!(malformed(text), "{text:?}");
    }
    // NTLM hashes are published in the same form.
    assert!(malformed("8846F7EAEE8FB117AD06BDD830B7586C:1\n"));
    let by_count = format!("{}:9\n{}:8\n", "7".repeat(40), "3".repeat(40));
    assert!(matches!(open(&by_count).1, Err(BreachedFileError::Unsorted(_))));
    let dir = tempfile::tempdir().unwrap();
    for path in [dir.path(), &dir.path().join("nothing"), Path::new("")] {
        assert!(matches!(BreachedPasswords::open(path), Err(BreachedFileError::Unreadable(..))), "{path:?}");
    }
}

/// Counts what is logged.
#[derive(Default)]
struct Logged(Arc<AtomicU32>);

impl Subscriber for Logged {
    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_list_that_breaks_refuses_nothing_and_is_told_of_each_time() {
    let (dir, list) = open(&leak(1_000, "\n", true));
    let list = list.unwrap();
    fs::write(dir.path().join("breached.txt"), "?".repeat(100_000)).unwrap();
    let logged = Logged::default();
    let lines = Arc::clone(&logged.0);
    tracing::subscriber::with_default(logged, || {
        assert!(!refuses(&list, "leaked 0"));
        assert!(!refuses(&list, "leaked 0"));
    });
    assert_eq!(lines.load(Ordering::Relaxed), 2);
}
