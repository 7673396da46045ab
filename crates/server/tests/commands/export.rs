//! `doorward users export`

use std::{fs, os::unix::fs::PermissionsExt as _};

use rstest::rstest;
use serde_json::json;

use crate::{
    import::line,
    typed::{BCRYPT, Database, Database::*, Doorward, PASSWORD},
};

#[rstest]
#[tokio::test]
async fn what_is_exported_is_the_same_where_it_is_imported(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    let file = [
        line(
            "Jane@Bücher.example",
            &json!({
                "id": "01900000-0000-7000-8000-000000000001", "username": "Jane_D", "role": "EMPLOYER",
                "company": "Tech \"Corp\"", "phoneNumber": "+49 30 1234", "locale": "de-AT", "emailVerified": true,
                "active": false, "createdAt": "2020-02-29T12:00:00.123456Z", "lastLoginAt": "2025-01-01T00:00:00Z",
            }),
        ),
        line("john@example.com", &json!({ "passwordHash": null, "phoneNumber": "030 1234" })),
        line("root@example.com", &json!({ "role": "ADMIN" })),
    ];
    doorward.write("users.jsonl", file.concat());
    doorward.run("users import --allow-admins users.jsonl").ok();
    doorward.run("users export --with-hashes out.jsonl").ok();

    let other = Doorward::on(on).await;
    other.write("out.jsonl", doorward.read("out.jsonl"));
    other.run("users import --allow-admins out.jsonl").ok();
    assert_eq!(other.run("users export --with-hashes").ok(), doorward.read("out.jsonl"));
    let users = other.users();
    assert_eq!(
        users[0],
        json!({
            "id": "01900000-0000-7000-8000-000000000001", "email": "Jane@Bücher.example", "passwordHash": BCRYPT,
            "firstName": "Jane", "lastName": "Doe", "username": "Jane_D", "role": "EMPLOYER",
            "company": "Tech \"Corp\"", "phoneNumber": "+49 30 1234", "locale": "de-AT", "emailVerified": true,
            "active": false, "createdAt": "2020-02-29T12:00:00.123456Z", "lastLoginAt": "2025-01-01T00:00:00Z",
        })
    );
    assert!(users[1].get("passwordHash").is_none());
    assert!(other.log_in("root@example.com", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn hashes_are_handed_over_on_request_and_the_file_is_its_owners_alone() {
    let doorward = Doorward::on(Sqlite).await;
    doorward.sign_up("jane@example.com").await;
    assert!(!doorward.run("users export").ok().contains("argon2"));
    assert_eq!(doorward.run("users export -").ok(), doorward.run("users export").ok());
    assert_eq!(doorward.run("users export --with-hashes out.jsonl").ok(), "");
    assert!(doorward.read("out.jsonl").contains("$argon2id$"));
    assert_eq!(fs::metadata(doorward.path("out.jsonl")).unwrap().permissions().mode() & 0o777, 0o600);

    doorward.write("mine.txt", "mine");
    let ran = doorward.run("users export --with-hashes mine.txt");
    assert_eq!(ran.code, Some(1));
    assert!(ran.err.contains("mine.txt cannot be made"), "{}", ran.err);
    assert_eq!(doorward.read("mine.txt"), "mine");
}
