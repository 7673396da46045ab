//! What must not stand in a file. The words are put together here, so that this file does not hold them.

use crate::house::{File, HOUSE, hold};

/// Work that is left for later, and tests that are switched off.
const UNFINISHED: [&str; 6] = [
    concat!("TO", "DO"),
    concat!("FIX", "ME"),
    concat!("XX", "X"),
    concat!("to", "do!"),
    concat!("unimple", "mented!"),
    concat!("#[ig", "nore"),
];

/// Lints switched off for good. `expect` fails when its reason has gone.
const ALLOWED: [&str; 3] = [concat!("#[al", "low("), concat!("#![al", "low("), concat!(", al", "low(")];

const SLEEPS: [&str; 2] = [concat!("sle", "ep("), concat!("sleep_", "until(")];

/// Tests that wait, and why they cannot move the clock instead.
const WAITING: [(&str, &str); 6] = [
    ("tests/api/processes.rs", "polls until another process, whose clock is its own, is ready"),
    ("tests/bench/server.rs", "as processes.rs; a benchmark runs in real time anyway"),
    ("tests/bench/slow.rs", "as processes.rs; gives slow clients the time to be there"),
    ("tests/bench/timing.rs", "polls until the mail that another process sends is there"),
    ("tests/nodes/harness/relay.rs", "is a network that is slow"),
    ("tests/nodes/harness/until.rs", "polls what other processes do, whose clocks are their own"),
];

/// The kinds of files in which people write.
const WRITTEN: [&str; 11] = ["css", "html", "js", "md", "rs", "sh", "sql", "toml", "txt", "yaml", "yml"];

/// Where one of the words stands, as a whole word.
fn occurrences<'a>(files: impl IntoIterator<Item = &'a File>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (line, text) in file.text.lines().enumerate() {
            for word in words.iter().filter(|word| stands_in(text, word)) {
                found.push(format!("{}:{}: {word}", file.path, line + 1));
            }
        }
    }
    found
}

fn stands_in(text: &str, word: &str) -> bool {
    let is_letter = |c: char| c.is_alphanumeric() || c == '_';
    text.match_indices(word).any(|(start, _)| {
        let begins = !word.starts_with(is_letter) || !text[..start].ends_with(is_letter);
        let ends = !word.ends_with(is_letter) || !text[start + word.len()..].starts_with(is_letter);
        begins && ends
    })
}

/// The part of a file that is run only by tests: all of it in a `tests` folder and in the testkit.
fn test_part(file: &File) -> File {
    let is_test = file.path.split('/').any(|folder| folder == "tests" || folder == "testkit");
    let start = if is_test { Some(0) } else { file.text.find("#[cfg(test)]") };
    let before = file.text[..start.unwrap_or(file.text.len())].lines().count();
    let test = &file.text[start.unwrap_or(file.text.len())..];
    File::new(&file.path, "\n".repeat(before) + test)
}

fn waiting(files: &[File], reasons: &[(&str, &str)]) -> Vec<String> {
    let listed = |path: &str| reasons.iter().any(|(listed, _)| *listed == path);
    let mut found = Vec::new();
    for file in files {
        let waits = occurrences([file], &SLEEPS);
        if listed(&file.path) && waits.is_empty() {
            found.push(format!("{} no longer waits: drop its row in WAITING", file.path));
        } else if !listed(&file.path) {
            found.extend(waits);
        }
    }
    found
}

#[test]
fn nothing_is_left_for_later() {
    let is_written =
        |file: &&File| WRITTEN.contains(&file.extension()) || file.path == "Makefile" || file.path == ".ci/run";
    hold(
        "Do it now, or open an issue and take the line out:",
        &occurrences(HOUSE.files.iter().filter(is_written), &UNFINISHED),
    );
}

#[test]
fn no_lint_is_switched_off_for_good() {
    hold("Mend it, or write `#[expect(lint, reason = \"why\")]`:", &occurrences(HOUSE.rust(), &ALLOWED));
}

#[test]
fn no_test_sleeps() {
    let tests: Vec<File> = HOUSE.rust().map(test_part).collect();
    hold(
        "Move the clock (testkit's ManualClock), or wait for what is to happen. If the machine's own time is the point, \
         say why in WAITING in tests/architecture/words.rs:",
        &waiting(&tests, &WAITING),
    );
}

#[test]
fn an_unfinished_line_is_seen_as_a_whole_word() {
    let check = |text: &str| occurrences(&[File::new("a.rs", text)], &UNFINISHED);
    for word in UNFINISHED {
        assert_eq!(check(&format!("fine\n    // {word} later")), [format!("a.rs:2: {word}")]);
    }
    assert!(check(&format!("const KEY: &str = \"a{0}b\"; // mktemp {0}{0}", UNFINISHED[2])).is_empty());
}

#[test]
fn a_lint_that_is_switched_off_is_seen() {
    let check = |text: &str| occurrences(&[File::new("a.rs", text)], &ALLOWED).len();
    for start in ["#[", "#![", "#[cfg_attr(test, "] {
        assert_eq!(check(&format!("{start}{}(dead_code)]", concat!("al", "low"))), 1, "{start}");
    }
    assert_eq!(check("#[expect(dead_code, reason = \"why\")]"), 0);
    assert_eq!(check("let allowed = allow(1);"), 0);
}

#[test]
fn a_test_that_sleeps_is_seen_and_a_program_may() {
    let sleep = format!("tokio::time::{}a_second).await;", SLEEPS[0]);
    let check = |path, text: String, reasons: &[(&str, &str)]| waiting(&[test_part(&File::new(path, text))], reasons);
    assert_eq!(check("tests/api/a.rs", sleep.clone(), &[]), [format!("tests/api/a.rs:1: {}", SLEEPS[0])]);
    assert!(check("tests/api/a.rs", sleep.clone(), &[("tests/api/a.rs", "why")]).is_empty());
    assert_eq!(check("crates/a/src/b.rs", format!("a\n#[cfg(test)]\n{sleep}"), &[]).len(), 1);
    assert!(check("crates/a/src/b.rs", sleep, &[]).is_empty());
    assert_eq!(check("tests/api/a.rs", String::new(), &[("tests/api/a.rs", "why")]).len(), 1);
}
