//! Mails as they arrive, and what is in them.

use std::{fs, path::Path};

use mail_parser::MessageParser;
use rstest::rstest;
use serde_json::json;

use crate::app::{Database, Database::*, TestApp, person};

/// A mail that was sent.
#[derive(Debug)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
    pub(crate) html: String,
    raw: String,
}

impl Mail {
    /// Every mail in a folder, in the order in which they were written.
    pub(crate) fn read_all(folder: &Path) -> Vec<Self> {
        let files = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.expect("an entry").path());
        let mut files: Vec<_> = files.filter(|path| path.extension().is_some_and(|end| end == "eml")).collect();
        files.sort();
        files.iter().map(|path| Self::read(&fs::read_to_string(path).expect("text"))).collect()
    }

    fn read(raw: &str) -> Self {
        let mail = MessageParser::default().parse(raw.as_bytes()).expect("a mail");
        let to = mail.to().and_then(|to| to.first()).and_then(|to| to.address()).expect("a recipient");
        Self {
            to: to.to_owned(),
            subject: mail.subject().expect("a subject").to_owned(),
            text: mail.body_text(0).expect("a text").into_owned(),
            html: mail.body_html(0).expect("HTML").into_owned(),
            raw: raw.to_owned(),
        }
    }

    /// The first link of the text: the one to follow.
    pub(crate) fn link(&self) -> &str {
        let begin = self.text.find("http").expect("a link");
        self.text[begin..].split_whitespace().next().expect("a link")
    }

    /// What the link carries.
    pub(crate) fn token(&self) -> &str {
        self.link().split_once("?token=").expect("a token").1
    }
}

#[rstest]
#[tokio::test]
async fn the_first_link_of_the_text_leads_to_the_page_and_stands_whole_in_the_file(
    #[values(Sqlite, Postgres)] on: Database,
) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    let mail = app.mail_to("jane@example.com").await;
    assert!(mail.link().starts_with(&format!("{}/verify-email?token=", app.public_url())), "{}", mail.link());
    assert!(mail.raw.lines().any(|line| line.trim() == mail.link()), "{}", mail.raw);
    assert!(mail.html.contains(mail.link()), "{}", mail.html);
}

#[rstest]
#[tokio::test]
async fn links_are_built_from_the_settings_whatever_the_headers_say(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    app.deliver().await;
    for path in ["/auth/forgot-password", "/auth/resend-verification"] {
        let answer = app
            .request("POST", path)
            .header("host", "evil.example")
            .header("forwarded", "host=evil.example;proto=https")
            .header("x-forwarded-host", "evil.example")
            .header("x-forwarded-proto", "https")
            .header("origin", "https://evil.example")
            .header("referer", "https://evil.example/")
            .json(&json!({ "email": "jane@example.com" }))
            .send()
            .await;
        answer.ok(202);
    }
    let mails = app.mails().await;
    assert_eq!(mails.len(), 3);
    for mail in mails {
        assert!(mail.link().starts_with(&app.public_url()), "{}", mail.link());
        assert!(!mail.raw.contains("evil.example"), "{}", mail.raw);
    }
}

#[rstest]
#[tokio::test]
async fn links_lead_to_a_frontend_where_it_is_so_set(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start_with(on, &[("MAIL__LINKS_TO", "https://app.example.com/account")]).await;
    app.sign_up("jane@example.com").await;
    let mail = app.mail_to("jane@example.com").await;
    assert!(mail.link().starts_with("https://app.example.com/account/verify-email?token="), "{}", mail.link());
}

#[rstest]
#[tokio::test]
async fn a_mail_is_in_the_language_of_its_reader(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    let mut anna = person("anna@example.com");
    anna["locale"] = json!("de-AT");
    app.post("/auth/register", &anna).await.ok(201);
    let jose = app.request("POST", "/auth/register").header("accept-language", "es-ES,es;q=0.9");
    jose.json(&person("jose@example.com")).send().await.ok(201);
    assert!(app.mail_to("anna@example.com").await.text.contains("Link"), "German");
    let (german, english) =
        (app.mail_to("anna@example.com").await.subject, app.mail_to("jose@example.com").await.subject);
    assert_ne!(german, english);
}

#[rstest]
#[tokio::test]
async fn nothing_that_waits_to_be_sent_can_be_read_or_used(#[values(Sqlite, Postgres)] on: Database) {
    let app = TestApp::start(on).await;
    app.sign_up("jane@example.com").await;
    app.post("/auth/forgot-password", &json!({ "email": "secret-crush@example.com" })).await.ok(202);
    let dump = app.dump().await;
    assert!(!dump.contains("secret-crush"));
    let token = app.mail_to("jane@example.com").await.token().to_owned();
    assert!(!dump.contains(&token) && !app.dump().await.contains(&token));
}
