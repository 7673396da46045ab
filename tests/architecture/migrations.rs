//! The version before this one runs on this one's tables, while nodes are replaced one after the other.

use crate::house::{File, HOUSE, hold};

/// What takes away or changes what the version before goes by.
const TAKES_AWAY: [&str; 11] = [
    "drop_table",
    "drop_column",
    "drop_index",
    "drop_foreign_key",
    "drop_type",
    "rename_table",
    "rename_column",
    "modify_column",
    "DROP ",
    "RENAME ",
    "DELETE FROM",
];

/// Migrations that do so all the same, and why nobody is harmed.
const EXCEPTIONS: [(&str, &str); 1] =
    [("migrations/src/m20261123_000025_signing_keys.rs", "moves rows to another table; before the first release")];

fn not_additive(files: &[File]) -> Vec<String> {
    let migrations = files.iter().filter(|file| file.path.starts_with("migrations/src/m2"));
    let mut found = Vec::new();
    for file in migrations.filter(|file| EXCEPTIONS.iter().all(|(path, _)| *path != file.path)) {
        // Constants above it are a part of it.
        let up = file.text.split("async fn down").next().unwrap_or_default();
        found.extend(TAKES_AWAY.iter().filter(|word| up.contains(**word)).map(|word| format!("{}: {word}", file.path)));
        // A row that the version before writes has no such column.
        for column in up.split(".add_column(").skip(1) {
            let column = column.split(';').next().unwrap_or_default();
            let column = column.split(".take()").next().unwrap_or_default();
            if !column.contains("_null(") && !column.contains(".default(") && column.contains('(') {
                found.push(format!("{}: a new column that is neither null nor has a default", file.path));
            }
        }
    }
    found
}

#[test]
fn a_migration_takes_nothing_away_that_the_version_before_goes_by() {
    hold(
        "Add beside it what is needed, and take the old away one release later: docs/topics/upgrading.md. What harms \
         nobody is entered in EXCEPTIONS in tests/architecture/migrations.rs:",
        &not_additive(&HOUSE.files),
    );
}

#[test]
fn a_migration_that_takes_something_away_is_seen() {
    let check = |up: &str| {
        not_additive(&[File::new("migrations/src/m2_a.rs", format!("{up} async fn down() {{ drop_table }}"))])
    };
    assert!(check("manager.create_table(table)").is_empty());
    assert!(check(r#".add_column(text_null("a"))"#).is_empty());
    assert!(check(r#".add_column(text("a").default(""))"#).is_empty());
    assert!(check(".add_column(column).take()).await?;").is_empty());
    assert_eq!(check(r#".add_column(text("a"));"#).len(), 1);
    assert_eq!(check("Table::alter().drop_column(\"a\")"), ["migrations/src/m2_a.rs: drop_column"]);
    assert_eq!(check("ALTER TABLE a RENAME TO b"), ["migrations/src/m2_a.rs: RENAME "]);
}

#[test]
fn every_exception_is_needed() {
    for (path, reason) in EXCEPTIONS {
        let file = HOUSE.files.iter().find(|file| file.path == path).expect("the migration is there");
        let up = file.text.split("async fn down").next().unwrap_or_default();
        assert!(TAKES_AWAY.iter().any(|word| up.contains(word)), "{path} takes nothing away: {reason}");
    }
}
