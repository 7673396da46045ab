//! How long files are, what they are called, and what they begin with.

use crate::house::{File, HOUSE, House, Package, hold};

/// No file of Rust is longer than this.
const LONGEST: usize = 500;
/// A file that is longer than this says in [`LONG`] why it is one file.
const LONG_FROM: usize = 300;

const LONG: [(&str, &str); 3] = [
    ("crates/domain/tests/refresh_model.rs", "one model, which is checked by reading it whole"),
    ("crates/settings/tests/settings.rs", "every setting with values that are good and bad"),
    ("tests/api/model/world.rs", "one model, which is checked by reading it whole"),
];

/// Names that say nothing about what is inside, so that everything ends there.
const EMPTY_WORDS: [&str; 12] = [
    "common", "helper", "helpers", "manager", "managers", "misc", "service", "services", "shared", "stuff", "util",
    "utils",
];

/// `main.rs` parses, builds and runs; everything else has a place of its own.
const LONGEST_MAIN: usize = 40;

fn too_long<'a>(files: impl Iterator<Item = &'a File>, reasons: &[(&str, &str)]) -> Vec<String> {
    let mut listed: Vec<&str> = reasons.iter().map(|(path, _)| *path).collect();
    let mut found = Vec::new();
    for file in files {
        let lines = file.text.lines().count();
        let row = listed.iter().position(|path| *path == file.path).map(|row| listed.swap_remove(row));
        if file.path.ends_with("src/main.rs") && lines > LONGEST_MAIN {
            found.push(format!("{} has {lines} lines, {LONGEST_MAIN} are allowed", file.path));
        } else if lines > LONGEST {
            found.push(format!("{} has {lines} lines, {LONGEST} are allowed", file.path));
        } else if lines > LONG_FROM && row.is_none() {
            found.push(format!("{} has {lines} lines and no row in LONG", file.path));
        } else if lines <= LONG_FROM && row.is_some() {
            found.push(format!("{} is no longer long: drop its row in LONG", file.path));
        }
    }
    found.extend(listed.iter().map(|path| format!("{path} is gone: drop its row in LONG")));
    found
}

/// Files, folders and modules whose name, or the last word of it, is one of [`EMPTY_WORDS`].
fn empty_names(files: &[File]) -> Vec<String> {
    let is_empty = |name: &str| {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        EMPTY_WORDS.contains(&stem.rsplit(['_', '-']).next().unwrap_or(stem))
    };
    let mut found = Vec::new();
    for file in files {
        if file.path.split('/').any(is_empty) {
            found.push(file.path.clone());
        }
        let modules = file.text.lines().filter_map(|line| line.split_once("mod ")?.1.strip_suffix(" {"));
        found.extend(modules.filter(|name| is_empty(name)).map(|name| format!("{}: mod {name}", file.path)));
    }
    found
}

/// Crates that do not begin by saying, in a sentence, what they are.
fn undocumented(packages: &[Package], files: &[File]) -> Vec<String> {
    let says_what_it_is = |root: &&String| {
        let text = files.iter().find(|file| file.path == **root).map_or("", |file| file.text.as_str());
        text.starts_with("//! ")
            && text.lines().map_while(|line| line.strip_prefix("//!")).any(|line| line.ends_with('.'))
    };
    packages.iter().flat_map(|package| &package.roots).filter(|root| !says_what_it_is(root)).cloned().collect()
}

fn ci_runs_the_tests(files: &[File]) -> bool {
    let run = files.iter().find(|file| file.path == ".ci/run").map_or("", |file| file.text.as_str());
    run.lines().any(|line| !line.trim_start().starts_with('#') && line.contains("make test"))
}

#[test]
fn no_file_is_long_without_a_reason() {
    hold(
        "Split it by what its parts are about, or say in LONG in tests/architecture/files.rs why it is one:",
        &too_long(HOUSE.rust(), &LONG),
    );
}

#[test]
fn every_name_says_what_is_inside() {
    hold("Name it after what it does, and put each thing where its business word stands:", &empty_names(&HOUSE.files));
}

#[test]
fn every_crate_begins_by_saying_what_it_is() {
    let House { packages, files, .. } = &*HOUSE;
    hold("Begin it with `//! ` and a sentence on what the crate is for:", &undocumented(packages, files));
}

#[test]
fn no_folder_is_empty() {
    hold("Remove the folder: it appears with its first file:", &HOUSE.empty_folders);
}

#[test]
fn ci_runs_what_a_person_runs() {
    assert!(
        ci_runs_the_tests(&HOUSE.files),
        "\n.ci/run must call `make test`, so that CI and people run the same tests.\n"
    );
}

#[test]
fn a_long_file_and_a_row_for_nothing_are_seen() {
    let check = |path, lines, reasons: &[(&str, &str)]| too_long([File::new(path, "\n".repeat(lines))].iter(), reasons);
    assert!(check("a.rs", 300, &[]).is_empty());
    assert_eq!(check("a.rs", 301, &[]), ["a.rs has 301 lines and no row in LONG"]);
    assert!(check("a.rs", 500, &[("a.rs", "why")]).is_empty());
    assert_eq!(check("a.rs", 501, &[("a.rs", "why")]), ["a.rs has 501 lines, 500 are allowed"]);
    assert_eq!(check("a.rs", 300, &[("a.rs", "why")]), ["a.rs is no longer long: drop its row in LONG"]);
    assert_eq!(check("a.rs", 1, &[("b.rs", "why")]), ["b.rs is gone: drop its row in LONG"]);
    assert!(check("crates/a/src/main.rs", 40, &[]).is_empty());
    assert_eq!(check("crates/a/src/main.rs", 41, &[]), ["crates/a/src/main.rs has 41 lines, 40 are allowed"]);
}

#[test]
fn an_empty_name_is_seen_wherever_it_stands() {
    for path in ["src/utils.rs", "src/helpers/mod.rs", "src/user_service.rs", "tests/common/mod.rs", "docs/misc.md"] {
        assert_eq!(empty_names(&[File::new(path, "")]), [path]);
    }
    assert_eq!(empty_names(&[File::new("src/a.rs", "pub(crate) mod util {\n}")]), ["src/a.rs: mod util"]);
    assert!(empty_names(&[File::new("src/password/common_passwords.rs", "mod tests {\n}")]).is_empty());
}

#[test]
fn a_crate_that_does_not_say_what_it_is_is_seen() {
    let check = |text| {
        let roots = vec!["src/lib.rs".to_owned()];
        let package = Package { name: String::new(), manifest: toml::Table::new(), dependencies: Vec::new(), roots };
        undocumented(&[package], &[File::new("src/lib.rs", text)])
    };
    assert!(check("//! What it is,\n//! in a sentence.\n\nmod a;").is_empty());
    for text in ["mod a;", "// A comment.", "//! name", "//! name\n\n/// A type.\nstruct A;"] {
        assert_eq!(check(text), ["src/lib.rs"], "{text}");
    }
}

#[test]
fn a_ci_that_tests_otherwise_is_seen() {
    assert!(ci_runs_the_tests(&[File::new(".ci/run", "#!/bin/sh\nmake test\n")]));
    assert!(!ci_runs_the_tests(&[File::new(".ci/run", "#!/bin/sh\n# make test\ncargo test\n")]));
    assert!(!ci_runs_the_tests(&[]));
}
