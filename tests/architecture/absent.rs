//! What the product does without: each of these is a way in that need not be guarded because it is not there.

use toml::Value;

use crate::house::{File, HOUSE, hold};

/// How a program is started.
const PROGRAMS: [&str; 3] = ["process::Command", "CommandExt", "libc::exec"];

/// How a script makes code or markup of a text.
const CODE_OF_TEXT: [&str; 8] = [
    "eval(",
    "new Function",
    "innerHTML",
    "outerHTML",
    "insertAdjacentHTML",
    "document.write",
    "setHTMLUnsafe",
    "createContextualFragment",
];

/// How a page keeps a person from pasting a password, or a manager from filling it in.
const NO_PASTE: [&str; 3] = ["onpaste", "\"paste\"", "'paste'"];

/// Lines of these files that hold one of the words.
fn found<'a>(files: impl Iterator<Item = &'a File>, words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for file in files {
        for (line, text) in file.text.lines().enumerate() {
            let held = words.iter().filter(|word| text.contains(**word));
            found.extend(held.map(|word| format!("{}:{}: {word}", file.path, line + 1)));
        }
    }
    found
}

fn server() -> impl Iterator<Item = &'static File> {
    let is_server =
        |path: &str| path.starts_with("migrations/") || path.starts_with("crates/") && path.contains("/src/");
    HOUSE.rust().filter(move |file| is_server(&file.path) && !file.path.starts_with("crates/testkit/"))
}

/// What a browser gets from the server: pages, and what belongs to them.
fn pages() -> impl Iterator<Item = &'static File> {
    HOUSE
        .files
        .iter()
        .filter(|file| file.path.starts_with("crates/http/") && matches!(file.extension(), "html" | "js" | "svg"))
}

#[test]
fn the_server_starts_no_program() {
    assert!(server().count() > 100, "nothing is looked at");
    hold(
        "Do it in the process: a program that is started takes arguments from somewhere:",
        &found(server(), &PROGRAMS),
    );
}

#[test]
fn pages_make_no_code_of_text() {
    assert!(pages().any(|file| file.extension() == "js"), "nothing is looked at");
    hold("Set textContent, or make elements:", &found(pages(), &CODE_OF_TEXT));
}

#[test]
fn pages_keep_no_paste_out() {
    hold("Let people paste their passwords (ASVS 6.2.7):", &found(pages(), &NO_PASTE));
}

#[test]
fn unsafe_code_is_forbidden_everywhere() {
    let manifest = HOUSE.files.iter().find(|file| file.path == "Cargo.toml").expect("a workspace");
    let manifest: toml::Table = manifest.text.parse().expect("TOML");
    assert_eq!(manifest["workspace"]["lints"]["rust"]["unsafe_code"], Value::from("forbid"));
}

#[test]
fn what_is_to_be_absent_is_seen() {
    let check = |text: &str, words| found([File::new("a", text)].iter(), words);
    assert_eq!(check("use std::process::Command;", &PROGRAMS), ["a:1: process::Command"]);
    assert!(check("use std::process::ExitCode;", &PROGRAMS).is_empty());
    assert_eq!(check("x\nnode.innerHTML = text;", &CODE_OF_TEXT), ["a:2: innerHTML"]);
    assert!(check("node.textContent = text;", &CODE_OF_TEXT).is_empty());
    assert_eq!(check("field.addEventListener('paste', stop)", &NO_PASTE), ["a:1: 'paste'"]);
}
