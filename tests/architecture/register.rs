//! The register of what doorward is held to (docs/reference/asvs.toml) names tests that are there.

use std::collections::{HashMap, HashSet};

use regex::Regex;
use toml::{Table, Value};

use crate::house::{File, HOUSE, hold};

const REGISTER: &str = "docs/reference/asvs.toml";

/// What a row can say. `open` stands for work that is under way, and names what is to come.
const STATUSES: [&str; 5] = ["holds", "partly", "misses", "not-applicable", "open"];
const KEYS: [&str; 7] = ["id", "level", "status", "statement", "tests", "docs", "note"];

/// What is wrong with the rows of a register.
fn wrong(register: &str, files: &[File]) -> Vec<String> {
    let files: HashMap<&str, &str> = files.iter().map(|file| (file.path.as_str(), file.text.as_str())).collect();
    let register: Table = register.parse().expect("TOML");
    let rows = register["requirement"].as_array().expect("rows");
    let (mut found, mut ids) = (Vec::new(), HashSet::new());
    for row in rows.iter().filter_map(Value::as_table) {
        let id = text(row, "id");
        let mut fault = |what: String| found.push(format!("{id}: {what}"));
        if id.is_empty() || !ids.insert(id) {
            fault("an id stands once".to_owned());
        }
        for key in row.keys().filter(|key| !KEYS.contains(&key.as_str())) {
            fault(format!("{key} is no key"));
        }
        shape(row).into_iter().for_each(&mut fault);
        list(row, "tests").filter_map(|test| absent_test(test, &files)).for_each(&mut fault);
        list(row, "docs").filter_map(|page| absent_page(page, &files)).for_each(&mut fault);
    }
    found
}

/// What a row lacks, as its status has it.
fn shape(row: &Table) -> Vec<String> {
    let (status, statement) = (text(row, "status"), text(row, "statement"));
    let (tests, docs) = (list(row, "tests").count(), list(row, "docs").count());
    let mut found = Vec::new();
    if !STATUSES.contains(&status) {
        found.push(format!("{status:?} is no status"));
    }
    if statement.is_empty() {
        found.push("it says nothing".to_owned());
    }
    let is_about_docs = statement.starts_with("Documented: ");
    if is_about_docs && status == "holds" && docs == 0 {
        found.push("it names no document".to_owned());
    }
    if !is_about_docs && matches!(status, "holds" | "partly") && tests == 0 {
        found.push("it names no test".to_owned());
    }
    if matches!(status, "misses" | "not-applicable") && tests > 0 {
        found.push("what is not there has no test".to_owned());
    }
    if status != "holds" && text(row, "note").is_empty() {
        found.push("its note does not say why, or what is to come".to_owned());
    }
    found
}

/// Why a test that is named cannot be found: `path::name` of Rust, or `path: title` of JavaScript.
fn absent_test(test: &str, files: &HashMap<&str, &str>) -> Option<String> {
    let (path, name) = test.split_once("::").or_else(|| test.split_once(": "))?;
    let Some(source) = files.get(path) else { return Some(format!("{path} is not there")) };
    let is_there = if path.rsplit('.').next() == Some("rs") {
        let function = Regex::new(&format!(r"\bfn {}\b", regex::escape(name))).expect("a pattern");
        function.is_match(source)
    } else {
        ['\'', '"', '`'].iter().any(|quote| source.contains(&format!("{quote}{name}")))
    };
    (!is_there).then(|| format!("{path} has no test {name:?}"))
}

fn absent_page(page: &str, files: &HashMap<&str, &str>) -> Option<String> {
    let (path, heading) = page.split_once('#').unwrap_or((page, ""));
    let Some(source) = files.get(path) else { return Some(format!("{path} is not there")) };
    let is_heading = |line: &str| line.starts_with('#') && line.trim_start_matches('#').trim_start() == heading;
    (!heading.is_empty() && !source.lines().any(is_heading)).then(|| format!("{path} has no heading {heading:?}"))
}

fn text<'a>(row: &'a Table, key: &str) -> &'a str {
    row.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'a>(row: &'a Table, key: &str) -> impl Iterator<Item = &'a str> {
    row.get(key).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}

#[test]
fn every_row_of_the_register_names_what_proves_it() {
    let register = HOUSE.files.iter().find(|file| file.path == REGISTER).expect("a register");
    assert!(register.text.matches("[[requirement]]").count() > 200, "rows are gone");
    hold("Name a test or a document that is there, in docs/reference/asvs.toml:", &wrong(&register.text, &HOUSE.files));
}

#[test]
fn a_row_that_proves_nothing_is_seen() {
    let files = [
        File::new("a.rs", "fn it_holds() {}\nfn it_holds_not() {}"),
        File::new("a.js", "test('it holds', () => {});"),
        File::new("a.md", "# Page\n## It stands here\n"),
    ];
    let check = |rows: &[&str]| {
        let rows = rows.iter().map(|row| format!("[[requirement]]\nstatement = \"x\"\n{row}\n"));
        wrong(&rows.collect::<String>(), &files)
    };
    let good =
        "id = \"1\"\nstatus = \"holds\"\ntests = [\"a.rs::it_holds\", \"a.js: it holds\"]\ndocs = [\"a.md#Page\"]";
    assert!(check(&[good]).is_empty());
    assert_eq!(check(&[good, good]), ["1: an id stands once"]);
    for (row, fault) in [
        ("status = \"holds\"", "1: it names no test"),
        ("status = \"holds\"\ntests = [\"a.rs::it\"]", "1: a.rs has no test \"it\""),
        ("status = \"holds\"\ntests = [\"b.rs::it_holds\"]", "1: b.rs is not there"),
        ("status = \"holds\"\ntests = [\"a.js: holds\"]", "1: a.js has no test \"holds\""),
        ("status = \"misses\"", "1: its note does not say why, or what is to come"),
        ("status = \"misses\"\nnote = \"x\"\ntests = [\"a.rs::it_holds\"]", "1: what is not there has no test"),
        ("status = \"done\"\nnote = \"x\"", "1: \"done\" is no status"),
        ("status = \"open\"\nnote = \"x\"\nwhy = \"y\"", "1: why is no key"),
        (
            "status = \"holds\"\ntests = [\"a.rs::it_holds\"]\ndocs = [\"a.md#Elsewhere\"]",
            "1: a.md has no heading \"Elsewhere\"",
        ),
    ] {
        assert_eq!(check(&[&format!("id = \"1\"\n{row}")]), [fault], "{row}");
    }
    let documented = "[[requirement]]\nid = \"1\"\nstatus = \"holds\"\nstatement = \"Documented: x.\"\n";
    assert_eq!(wrong(documented, &files), ["1: it names no document"]);
    assert!(wrong(&format!("{documented}docs = [\"a.md#It stands here\"]"), &files).is_empty());
}
