//! `doorward keys`

use doorward_application::ports::{Access, Store as _, StoredSigningKey};
use doorward_domain::{
    Timestamp,
    key::{KeyMoments, SigningKey},
};
use rstest::rstest;
use serde_json::Value;

use crate::typed::{Database, Database::*, Doorward};

impl Doorward {
    /// Each key's id and state, the one that signs last first.
    fn keys(&self) -> Vec<(String, String)> {
        let listed = self.run("keys list --json").ok();
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        let key = |line| {
            let key: Value = serde_json::from_str(line).unwrap();
            (text(&key["kid"]), text(&key["state"]))
        };
        listed.lines().map(key).collect()
    }

    /// Adds a key of which nothing is known but that it is there.
    async fn damage(&self, kid: &str) {
        let moment = Timestamp::UNIX_EPOCH;
        let moments = KeyMoments { published_at: moment, signs_from: moment, revoked_at: None, retired_at: None };
        let key = SigningKey::stored(kid.to_owned(), "ES256".to_owned(), moments).unwrap();
        let mut unit = self.store().await.begin(Access::Write).await.unwrap();
        unit.signing_keys().insert(&StoredSigningKey { key, sealed: Some(vec![1; 40]) }).await.unwrap();
        unit.commit().await.unwrap();
    }
}

#[rstest]
#[tokio::test]
async fn keys_are_listed_rotated_and_revoked(#[values(Sqlite, Postgres)] on: Database) {
    let doorward = Doorward::on(on).await;
    assert_eq!(doorward.keys(), [], "the first is made by the server");
    doorward.sign_up("jane@example.com").await;
    let [(first, _)] = doorward.keys().try_into().unwrap();

    let printed = doorward.run("keys rotate").ok();
    let state = |kid: &str, state: &str| (kid.to_owned(), state.to_owned());
    let keys = doorward.keys();
    let next = keys[0].0.clone();
    assert!(printed.starts_with(&format!("published {next}, which signs from 20")), "{printed}");
    assert_eq!(keys, [state(&next, "published"), state(&first, "signing")]);
    let again = doorward.run("keys rotate");
    assert_eq!(again.code, Some(1));
    assert!(again.err.contains("the next key is published already"), "{}", again.err);

    assert_eq!(doorward.run(&format!("keys revoke {first}")).ok(), format!("revoked {first}\n"));
    assert_eq!(doorward.keys(), [state(&next, "signing"), state(&first, "revoked")]);
    let gone = doorward.run(&format!("keys revoke {first}"));
    assert_eq!(gone.code, Some(1));
    assert!(gone.err.contains("gone already"), "{}", gone.err);

    let listed = doorward.run("keys list").ok();
    let lines: Vec<_> = listed.lines().collect();
    assert!(lines[0].starts_with("KID  ") && lines.len() == 3, "{listed}");
    assert!(lines[1].starts_with(&next) && lines[1].contains("  ES256  signing  "), "{listed}");
    let trail = doorward.run("audit export").ok();
    assert_eq!(trail.matches("\"key_rotated\"").count(), 1, "{trail}");
    assert_eq!(trail.matches("\"key_revoked\"").count(), 1, "{trail}");
}

#[rstest]
#[tokio::test]
async fn a_key_that_keeps_the_server_from_starting_can_be_revoked(
    #[values(Sqlite, Postgres)] on: Database,
    #[values("damaged", "-c-damaged", "-h_damaged", "--damaged", "-V")] kid: &str,
) {
    let doorward = Doorward::on(on).await;
    doorward.sign_up("jane@example.com").await;
    doorward.damage(kid).await;
    let refused = doorward.run("mail list");
    assert_eq!(refused.code, Some(1));
    assert!(refused.err.contains(&format!("the key {kid} does not open")), "{}", refused.err);
    doorward.run(&format!("keys revoke {kid}")).ok();
    doorward.run("mail list").ok();
}
