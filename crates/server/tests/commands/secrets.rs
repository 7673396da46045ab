//! `doorward secrets reseal`

use rstest::rstest;
use serde_json::Value;

use crate::typed::{Database, Database::*, Doorward, MASTER};

const NEW: &str = "another master secret, which is long enough too";
const THIRD: &str = "a third, with a comma, and long enough as well";

/// What was resealed of a table, was sealed under the master secret already, and did not open.
fn counts(printed: &str, table: &str) -> [u64; 3] {
    let line = printed.lines().find(|line| line.split(' ').next() == Some(table)).unwrap();
    let counts: Vec<_> = line.split_whitespace().skip(1).map(|count| count.parse().unwrap()).collect();
    counts.try_into().unwrap()
}

#[rstest]
#[tokio::test]
async fn after_a_reseal_the_earlier_secret_is_needed_no_more(#[values(Sqlite, Postgres)] on: Database) {
    let mut doorward = Doorward::on(on).await;
    doorward.sign_up("jane@example.com").await;
    doorward.set_secrets(NEW, &[MASTER]);
    doorward.sign_up("john@example.com").await;

    let printed = doorward.run("secrets reseal").ok();
    assert_eq!(counts(&printed, "keys"), [2, 0, 0], "{printed}");
    assert_eq!(counts(&printed, "signing_keys"), [1, 0, 0], "{printed}");
    assert_eq!(counts(&printed, "outbox"), [1, 1, 0], "{printed}");
    assert_eq!(counts(&printed, "kept_answers"), [0, 0, 0], "{printed}");
    assert!(printed.contains("secrets.previous may be removed, if every node"), "{printed}");
    let again = doorward.run("secrets reseal").ok();
    assert_eq!((counts(&again, "keys"), counts(&again, "outbox")), ([0, 2, 0], [0, 2, 0]));

    doorward.set_secrets(NEW, &[]);
    let last = doorward.run("secrets reseal").ok();
    assert!(last.ends_with("\neverything is sealed under secrets.master\n"), "{last}");
    doorward.run("mail list").ok();
    doorward.set_secrets(MASTER, &[]);
    for command in ["mail list", "secrets reseal"] {
        let refused = doorward.run(command);
        assert_eq!(refused.code, Some(1), "{command}");
        assert!(refused.err.contains("does not open: it is sealed under another secrets.master"), "{}", refused.err);
        assert!(refused.err.contains("secrets.previous"), "{}", refused.err);
    }
}

#[rstest]
#[tokio::test]
async fn what_does_not_open_is_named_and_left(#[values(Sqlite, Postgres)] on: Database) {
    let mut doorward = Doorward::on(on).await;
    doorward.sign_up("jane@example.com").await;
    doorward.set_secrets(THIRD, &[MASTER]);
    doorward.sign_up("john@example.com").await;
    let listed = doorward.run("mail list --json").ok();
    let last: Value = serde_json::from_str(listed.lines().last().unwrap()).unwrap();
    let id = last["id"].as_str().unwrap();
    doorward.set_secrets(NEW, &[MASTER]);
    for expected in [[1, 0, 1], [0, 1, 1]] {
        let ran = doorward.run("secrets reseal");
        assert_eq!(ran.code, Some(1), "{}{}", ran.out, ran.err);
        assert_eq!(counts(&ran.out, "outbox"), expected, "{}", ran.out);
        assert!(!ran.out.contains("may be removed"), "{}", ran.out);
        assert!(ran.err.starts_with(&format!("doorward: outbox, row {id}: ")), "{}", ran.err);
        assert!(ran.err.contains("1 rows do not open") && ran.err.contains("secrets.previous"), "{}", ran.err);
    }
    doorward.set_secrets(NEW, &[MASTER, THIRD]);
    let printed = doorward.run("secrets reseal").ok();
    assert_eq!(counts(&printed, "outbox"), [1, 1, 0], "{printed}");
}
