//! Whoever reads only the beginning of what is printed.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::Stdio,
};

use serde_json::json;

use crate::{
    import::line,
    typed::{Database::Sqlite, Doorward},
};

/// Runs a command, reads its first line and closes the pipe: as `| head -1` does.
fn head(doorward: &Doorward, typed: &str) -> (Option<i32>, String) {
    let mut command = doorward.command(typed);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut first = String::new();
    BufReader::with_capacity(1, child.stdout.take().unwrap()).read_line(&mut first).unwrap();
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    assert!(!first.is_empty(), "{typed}: {told}");
    (child.wait().unwrap().code(), told)
}

/// Runs a command whose output nobody reads at all.
fn unread(doorward: &Doorward, typed: &str) -> (Option<i32>, String) {
    let mut child = doorward.command(typed).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let mut told = String::new();
    child.stderr.take().unwrap().read_to_string(&mut told).unwrap();
    (child.wait().unwrap().code(), told)
}

#[tokio::test]
async fn a_command_whose_output_is_cut_off_ends_quietly() {
    let doorward = Doorward::on(Sqlite).await;
    // More than fits into a pipe.
    let users: String = (0..2_000).map(|n| line(&format!("user{n}@example.com"), &json!({}))).collect();
    doorward.write("users.jsonl", users);
    doorward.run("users import users.jsonl").ok();
    for typed in ["users export --with-hashes", "audit export"] {
        assert_eq!(head(&doorward, typed), (Some(0), String::new()), "{typed}");
    }
    for typed in [
        "audit export",
        "check-config",
        "mail list",
        "mail list --json",
        "mail retry --all",
        "migrate status",
        "migrate up",
        "openapi",
        "users export",
        "users import users.jsonl --report report.txt",
        "users wrap-hashes --dry-run",
    ] {
        assert_eq!(unread(&doorward, typed), (Some(0), String::new()), "{typed}");
    }
}

#[tokio::test]
async fn bad_lines_are_bad_also_where_nobody_reads_how_many_they_are() {
    let doorward = Doorward::on(Sqlite).await;
    doorward.write("users.jsonl", "{}\n");
    assert_eq!(unread(&doorward, "users import users.jsonl").0, Some(1));
}
