//! `doorward users import`

use std::{io::Write as _, os::unix::fs::PermissionsExt as _, process::Stdio};

use rstest::rstest;
use serde_json::{Value, json};

use crate::typed::{BCRYPT, Database, Database::*, Doorward, PASSWORD};

/// A line with a user.
pub(crate) fn line(email: &str, more: &Value) -> String {
    let mut user = json!({ "email": email, "firstName": "Jane", "lastName": "Doe", "passwordHash": BCRYPT });
    for (name, value) in more.as_object().unwrap() {
        user[name] = value.clone();
    }
    format!("{user}\n")
}

fn many(from: usize, to: usize) -> String {
    (from..to).map(|n| line(&format!("user{n}@example.com"), &json!({ "username": format!("user{n}") }))).collect()
}

#[rstest]
#[tokio::test]
async fn whoever_was_imported_signs_in_with_the_old_password(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.write("users.jsonl", line("Jane@example.com", &json!({ "username": "jane" })));
    let told = doorward.run("users import users.jsonl").ok();
    assert_eq!(told, "imported 1, already there 0, bad 0\n");
    assert!(doorward.log_in("jane", "wrong horse").await.is_err());
    for _ in 0..2 {
        assert_eq!(doorward.log_in("jane@example.com", PASSWORD).await.unwrap().user.email.typed(), "Jane@example.com");
    }
    let hash = doorward.users()[0]["passwordHash"].to_string();
    assert!(hash.starts_with("\"$argon2id$"), "the first sign-in hashed it anew: {hash}");
}

#[rstest]
#[tokio::test]
async fn what_is_wrong_is_told_by_line_and_the_rest_is_imported(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.sign_up("there@example.com").await;
    doorward.write("users.jsonl", line("first@example.com", &json!({ "username": "first" })));
    doorward.run("users import users.jsonl").ok();
    let lines = [
        line("there@example.com", &json!({})),
        "not json\n".to_owned(),
        "\n".to_owned(),
        line("jane", &json!({ "passwordHash": "5f4dcc3b5aa765d61d8327deb882cf99", "firstName": 5, "shoeSize": 42 })),
        line("plain@example.com", &json!({ "password": "hunter2" })),
        line("second@example.com", &json!({ "username": "FIRST" })),
        line("root@example.com", &json!({ "role": "ADMIN" })),
        line("good@example.com", &json!({ "emailVerified": "yes" })),
        line("good@example.com", &json!({ "emailVerified": true })),
        line("Good@example.com", &json!({})),
        format!("{{\"email\":\"{}\"}}\n", "a".repeat(70_000)),
        r#"{"email":"twice@example.com","email":"b@example.com","firstName":"A","lastName":"B"}"#.to_owned() + "\n",
    ];
    let ran = doorward.run_with("users import --format jsonl -", &lines.concat());
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "imported 1, already there 1, bad 9\n");
    assert_eq!(
        ran.err.lines().collect::<Vec<_>>(),
        [
            "line 1 (there@example.com): already there",
            "line 2: This is no object of JSON, from column 2.",
            "line 4: firstName: This must be text.",
            "line 4: shoeSize: There is no such field.",
            "line 4: email: This must be an email address.",
            "line 4: passwordHash: This hash is of no kind that can be verified.",
            "line 5 (plain@example.com): password: Passwords are not imported: give passwordHash, or nothing.",
            "line 6 (second@example.com): username: Another account has this.",
            "line 7 (root@example.com): role: Administrators are not imported unless they are expected.",
            "line 8 (good@example.com): emailVerified: This must be true or false.",
            "line 10 (good@example.com): already there",
            "line 11: This line is longer than 64 KiB.",
            "line 12 (twice@example.com): email: This is given twice.",
            "line 10 (good@example.com): email: good@example.com is on line 9 too.",
            "doorward: 9 of the lines are bad",
        ]
    );
    assert!(!ran.err.contains("hunter2") && !ran.err.contains("5f4dcc"), "{}", ran.err);
    let emails: Vec<_> = doorward.users().iter().map(|user| user["email"].to_string()).collect();
    assert_eq!(emails, [r#""first@example.com""#, r#""good@example.com""#, r#""there@example.com""#]);
}

#[rstest]
#[tokio::test]
async fn a_table_is_read_by_the_names_in_its_first_line(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    let table = format!(
        "\u{feff}email,lastName,firstName,passwordHash,role,company,emailVerified,createdAt,phoneNumber\r\n\
         jane@example.com,\"Doe, PhD\",Jane,{BCRYPT},EMPLOYER,\"Tech \"\"&\"\" Corp\",true,2020-02-29T12:00:00Z,\r\n\
         john@example.com,Doe,John,,,,,,+49 30 1234\r\n\
         short@example.com,Doe\r\n\
         open@example.com,Doe,John,,,,,,\"+49\r\n"
    );
    doorward.write("users.csv", table);
    let ran = doorward.run("users import users.csv");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "imported 2, already there 0, bad 2\n"));
    assert!(ran.err.contains("line 4: This has 2 columns, the first line has 9."), "{}", ran.err);
    assert!(ran.err.contains("line 5: A quotation mark is not closed on this line."), "{}", ran.err);
    let users = doorward.users();
    let [jane, john] = &users[..] else { panic!("{users:?}") };
    assert_eq!((&jane["lastName"], &jane["company"]), (&json!("Doe, PhD"), &json!("Tech \"&\" Corp")));
    assert_eq!((&jane["emailVerified"], &jane["createdAt"]), (&json!(true), &json!("2020-02-29T12:00:00Z")));
    assert_eq!((&john["role"], &john["phoneNumber"]), (&json!("CANDIDATE"), &json!("+49 30 1234")));
    assert!(doorward.log_in("jane@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_table_whose_first_line_is_wrong_is_not_begun() {
    let doorward = Doorward::on(Sqlite).await;
    for (header, told) in [
        ("email,firstName,lastName,shoeSize", "\"shoeSize\" in the first line is no field"),
        ("email,firstName", "\"lastName\" is missing in the first line"),
        ("email,firstName,lastName,email", "\"email\" is in the first line twice"),
        ("", "the file is empty"),
    ] {
        doorward.write("users.csv", format!("{header}\njane@example.com,Jane,Doe,5\n").trim_start());
        if header.is_empty() {
            doorward.write("users.csv", "");
        }
        let ran = doorward.run("users import users.csv");
        assert_eq!(ran.code, Some(1));
        assert!(ran.err.contains(told), "{}", ran.err);
    }
    assert!(doorward.run("users import users.txt").err.contains("--format"));
    assert!(doorward.run("users import gone.csv").err.contains("gone.csv cannot be read"));
    doorward.write("users.csv", "email,firstName,lastName\n");
    assert!(doorward.run("users import --report ./users.csv users.csv").err.contains("would overwrite the file"));
    assert_eq!(doorward.read("users.csv"), "email,firstName,lastName\n");
}

#[rstest]
#[tokio::test]
async fn a_dry_run_finds_what_the_import_would_and_writes_nothing(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.sign_up("there@example.com").await;
    let file = [
        many(0, 600),
        line("there@example.com", &json!({})),
        line("bad", &json!({})),
        line("User5@example.com", &json!({ "username": "user8" })),
        line("other@example.com", &json!({ "username": "USER6" })),
        many(7, 8),
    ];
    doorward.write("users.jsonl", file.concat());
    let before = doorward.users();
    let ran = doorward.run("users import --dry-run users.jsonl");
    assert_eq!(ran.code, Some(1));
    assert_eq!(ran.out, "dry run: would be imported 600, already there 1, bad 4\n");
    assert_eq!(
        ran.err.lines().collect::<Vec<_>>(),
        [
            "line 601 (there@example.com): already there",
            "line 602: email: This must be an email address.",
            "line 603 (user5@example.com): email: user5@example.com is on line 6 too.",
            "line 605 (user7@example.com): email: user7@example.com is on line 8 too.",
            "line 604 (other@example.com): username: user6 is on line 7 too.",
            "line 603 (user5@example.com): username: user8 is on line 9 too.",
            "doorward: 4 of the lines are bad",
        ]
    );
    assert_eq!(doorward.users(), before);

    let ran = doorward.run("users import users.jsonl");
    assert_eq!((ran.code, ran.out.as_str()), (Some(1), "imported 600, already there 1, bad 4\n"), "{}", ran.err);
}

#[rstest]
#[tokio::test]
async fn an_import_that_was_killed_is_done_by_running_it_again(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.run("migrate up").ok();
    let file = many(0, 1_700);
    let mut killed = doorward.command("users import --format jsonl -").stdin(Stdio::piped()).spawn().unwrap();
    // Its first lines are imported while it waits for more.
    let mut stdin = killed.stdin.take().unwrap();
    let half = file.split_inclusive('\n').take(1_200).collect::<String>();
    stdin.write_all(half.as_bytes()).unwrap();
    let imported = loop {
        let imported = doorward.run("users export").ok().lines().count();
        if imported > 0 {
            break imported;
        }
        assert!(killed.try_wait().unwrap().is_none(), "it ended by itself");
    };
    killed.kill().unwrap();
    killed.wait().unwrap();
    assert!(imported < 1_700);

    doorward.write("users.jsonl", &file);
    let told = doorward.run("users import --report report.txt users.jsonl").ok();
    let there: usize = told.split("already there ").nth(1).unwrap().split(',').next().unwrap().parse().unwrap();
    assert!((imported..=1_200).contains(&there), "{told}");
    assert_eq!(told, format!("imported {}, already there {there}, bad 0\n", 1_700 - there));
    assert_eq!(doorward.users().len(), 1_700);
    assert_eq!(doorward.read("report.txt").lines().count(), there);
    assert!(doorward.read("report.txt").starts_with("line 1 (user0@example.com): already there\n"));
    let mode = std::fs::metadata(doorward.path("report.txt")).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);

    let told = doorward.run("users import --report report.txt users.jsonl").ok();
    assert_eq!(told, "imported 0, already there 1700, bad 0\n");
}

#[tokio::test]
async fn administrators_come_in_where_they_are_expected() {
    let doorward = Doorward::on(Sqlite).await;
    doorward.write("users.jsonl", line("root@example.com", &json!({ "role": "ADMIN" })));
    assert_eq!(doorward.run("users import users.jsonl").code, Some(1));
    assert_eq!(doorward.run("users import --allow-admins users.jsonl").code, Some(0));
    assert_eq!(doorward.users()[0]["role"], "ADMIN");
}
