//! What the docs say of the pages.

use std::collections::BTreeSet;

use doorward_http::routes::{Who, pages};

/// The table of pages in docs/reference/api.md is that of the code. A row there may be a path's GET and its POST, whom
/// the GET is for.
#[test]
fn the_reference_lists_exactly_these_pages() {
    let (_, listed) = include_str!("../../../../../docs/reference/api.md").split_once("\n## Pages").expect("a section");
    let mut documented = BTreeSet::new();
    for row in listed.lines().filter(|line| line.contains("| `/")) {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        for method in cells[1].split(' ') {
            assert!(documented.insert((cells[2].trim_matches('`').to_owned(), method.to_owned(), cells[3])), "{row}");
        }
    }
    let rows = pages();
    let served = rows.iter().map(|row| {
        let first = rows.iter().find(|other| other.path == row.path).expect("itself");
        let who = match first.who {
            Who::Anyone | Who::SigningIn | Who::SigningUp => "anyone",
            Who::Visitor => "visitors",
            Who::SignedIn => "signed in",
            Who::Admin => "administrators",
        };
        (row.path.to_owned(), row.method.to_string(), who)
    });
    assert_eq!(documented, served.collect());
}
