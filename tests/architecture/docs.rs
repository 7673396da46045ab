//! The docs say what is there.

use std::collections::HashSet;

use crate::house::{File, HOUSE, hold};

/// Paths that the docs use as examples of what someone will add.
const EXAMPLES: [&str; 6] =
    ["/jwt/kms.rs", "/account/history.rs", "/account_history.html", "/production.toml", "/recruiter", "/touch.rs"];

/// Where a path of the tree begins.
const ROOTS: [&str; 6] = [".ci/", "config/", "crates/", "docs/", "migrations/", "tests/"];

/// Paths in code spans that lead nowhere.
fn dead_paths(files: &[File]) -> Vec<String> {
    let mut there: HashSet<&str> = HashSet::new();
    for file in files {
        there.extend(file.path.match_indices('/').map(|(end, _)| &file.path[..end]));
        there.insert(&file.path);
    }
    let mut found = Vec::new();
    for file in files.iter().filter(|file| file.extension() == "md") {
        for path in spans(&file.text).filter(|span| ROOTS.iter().any(|root| span.starts_with(root))) {
            let is_pattern =
                path.contains(['<', '{', '*', '…', ' ']) || EXAMPLES.iter().any(|word| path.contains(word));
            if !is_pattern && !there.contains(path.trim_end_matches('/')) {
                found.push(format!("{}: {path}", file.path));
            }
        }
    }
    found
}

fn spans(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| line.split('`').skip(1).step_by(2))
}

/// Pages of the book that its table of contents does not name.
fn lost_pages(files: &[File]) -> Vec<String> {
    let summary = files.iter().find(|file| file.path == "docs/SUMMARY.md").map_or("", |file| file.text.as_str());
    let pages = files.iter().filter_map(|file| file.path.strip_prefix("docs/")).filter(|page| *page != "SUMMARY.md");
    let is_lost = |page: &&str| page.contains(".md") && !summary.contains(&format!("({page})"));
    pages.filter(is_lost).map(str::to_owned).collect()
}

#[test]
fn every_path_that_the_docs_name_is_there() {
    hold("The file was moved or is named wrongly: mend the docs:", &dead_paths(&HOUSE.files));
}

#[test]
fn every_page_of_the_book_stands_in_its_table_of_contents() {
    hold("Enter the page in docs/SUMMARY.md:", &lost_pages(&HOUSE.files));
}

#[test]
fn a_path_that_leads_nowhere_is_seen() {
    let check = |text: &str| dead_paths(&[File::new("docs/a.md", text), File::new("crates/a/src/lib.rs", "")]);
    assert!(check("See `crates/a/src/lib.rs`, `crates/a/` and `crates/a/src/jwt/kms.rs`.").is_empty());
    assert_eq!(check("See `crates/a/src/gone.rs`."), ["docs/a.md: crates/a/src/gone.rs"]);
}

#[test]
fn a_page_that_is_lost_is_seen() {
    let page = || File::new("docs/topics/a.md", "");
    assert!(lost_pages(&[page(), File::new("docs/SUMMARY.md", "- [A](topics/a.md)")]).is_empty());
    assert_eq!(lost_pages(&[page(), File::new("docs/SUMMARY.md", "")]), ["topics/a.md"]);
}
