//! `doorward users wrap-hashes`

use rstest::rstest;
use serde_json::json;

use crate::{
    import::line,
    typed::{BCRYPT, Database, Database::*, Doorward, PASSWORD},
};

#[rstest]
#[tokio::test]
async fn every_old_password_still_signs_in_and_no_old_hash_is_left(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    let old: String = (0..250).map(|n| line(&format!("old{n}@example.com"), &json!({}))).collect();
    doorward.write("users.jsonl", old);
    doorward.run("users import users.jsonl").ok();
    doorward.sign_up("new@example.com").await;
    let new = doorward.users().swap_remove(0);

    assert_eq!(doorward.run("users wrap-hashes --dry-run").ok(), "dry run: would be wrapped 250\n");
    assert_eq!(doorward.run("users wrap-hashes").ok(), "200 …\nwrapped 250\n");
    assert_eq!(doorward.run("users wrap-hashes").ok(), "wrapped 0\n");

    let users = doorward.users();
    assert_eq!(users[0], new, "what was hashed here stays");
    let digest = BCRYPT.get(29..).unwrap();
    assert!(users.iter().all(|user| !user["passwordHash"].as_str().unwrap().contains(digest)));
    assert!(doorward.log_in("old7@example.com", "wrong horse").await.is_err());
    for _ in 0..2 {
        assert!(doorward.log_in("old7@example.com", PASSWORD).await.is_ok());
    }
}

#[rstest]
#[tokio::test]
async fn wrapped_hashes_are_exported_and_imported_as_they_are(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    doorward.write("users.jsonl", line("jane@example.com", &json!({})));
    doorward.run("users import users.jsonl").ok();
    doorward.run("users wrap-hashes").ok();
    let other = Doorward::on(on).await;
    other.run_with("users import --format jsonl -", &doorward.run("users export --with-hashes").ok()).ok();
    assert_eq!(other.run("users wrap-hashes --dry-run").ok(), "dry run: would be wrapped 0\n");
    assert!(other.log_in("jane@example.com", PASSWORD).await.is_ok());
}
