//! Mails that a mail server takes.

use std::fs;

use doorward_application::ports::{Mailer as _, MessageKind, SendError};
use doorward_infrastructure::mail::{Encryption, SmtpCarrier, SmtpOptions, TemplateMailer, UnusableSmtp};
use tempfile::TempDir;

use crate::{
    catcher::{Catcher, PASSWORD, USER, certificates, credentials},
    mail, message, options,
};

fn mailer(smtp: SmtpOptions) -> TemplateMailer {
    TemplateMailer::new(options(SmtpCarrier::new(smtp).expect("options that can be used")))
}

/// Why a mail was not sent, though it may be later.
async fn failure(smtp: SmtpOptions) -> String {
    match mailer(smtp).send(&message(MessageKind::VerifyEmail, "en")).await {
        Err(SendError::Temporary(cause)) => cause,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_mail_arrives_as_it_was_written_with_each_way_to_encrypt() {
    for encryption in [Encryption::None, Encryption::StartTls, Encryption::FromStart] {
        let mut catcher = Catcher::start(encryption);
        let message = message(MessageKind::VerifyEmail, "de");
        mailer(catcher.options()).send(&message).await.unwrap();
        let caught = catcher.caught();
        assert_eq!(caught.told["encrypted"], encryption != Encryption::None);
        assert_eq!(caught.told["sender"], "no-reply@example.com");
        assert_eq!(caught.told["recipients"], serde_json::json!(["Jane@example.com"]));
        assert_eq!(caught.told["client"], "example.com");
        assert_eq!(caught.told["options"], serde_json::json!(["BODY=8BITMIME"]));
        assert_eq!(caught.mail.0.trim_end(), mail(&message).await.0.trim_end(), "{encryption:?}");
    }
}

#[tokio::test]
async fn a_server_that_asks_for_it_gets_a_name_and_a_password() {
    for encryption in [Encryption::None, Encryption::StartTls, Encryption::FromStart] {
        let mut catcher = Catcher::start_with_sign_in(encryption);
        let smtp = SmtpOptions { credentials: Some(credentials(PASSWORD)), ..catcher.options() };
        mailer(smtp).send(&message(MessageKind::VerifyEmail, "en")).await.unwrap();
        assert_eq!(catcher.caught().told["user"], USER, "{encryption:?}");
    }
}

#[tokio::test]
async fn a_sign_in_that_is_refused_is_no_fault_of_the_mail() {
    let catcher = Catcher::start_with_sign_in(Encryption::StartTls);
    let smtp = SmtpOptions { credentials: Some(credentials("wrong")), ..catcher.options() };
    assert_eq!(failure(smtp).await, "mail server, at AUTH: 535 5.7.8");
    assert_eq!(failure(catcher.options()).await, "mail server, at MAIL FROM: 530 5.7.0");
}

#[tokio::test]
async fn mails_that_follow_each_other_share_a_connection() {
    let mut catcher = Catcher::start(Encryption::StartTls);
    let mailer = mailer(catcher.options());
    let mut connections = Vec::new();
    for kind in [MessageKind::VerifyEmail, MessageKind::NewDevice, MessageKind::Invitation] {
        mailer.send(&message(kind, "en")).await.unwrap();
        let caught = catcher.caught();
        assert!(caught.mail.text().contains(kind.page().unwrap()), "{}", caught.mail.text());
        connections.push(caught.told["connection"].clone());
    }
    connections.dedup();
    assert_eq!(connections.len(), 1);
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_offers_no_starttls() {
    let catcher = Catcher::start(Encryption::None);
    let smtp = SmtpOptions { encryption: Encryption::StartTls, ..catcher.options() };
    assert_eq!(failure(smtp).await, "mail server, at STARTTLS: the server does not offer it");
}

#[tokio::test]
async fn nothing_is_sent_to_a_server_that_is_not_trusted() {
    for encryption in [Encryption::StartTls, Encryption::FromStart] {
        let catcher = Catcher::start(encryption);
        let other = certificates("localhost");
        let ca_files = [None, Some(other.path().join("certificate.pem"))];
        for ca_file in ca_files {
            let cause = failure(SmtpOptions { ca_file, ..catcher.options() }).await;
            assert!(cause.contains("invalid peer certificate"), "{cause}");
        }
        let cause = failure(SmtpOptions { host: "127.0.0.1".to_owned(), ..catcher.options() }).await;
        assert!(cause.contains("not valid for name"), "{cause}");
    }
}

#[test]
fn the_authorities_are_read_at_the_start() {
    let folder = TempDir::new().unwrap();
    let smtp = |ca_file| SmtpOptions {
        host: "mail.example".to_owned(),
        port: 465,
        encryption: Encryption::FromStart,
        credentials: None,
        ca_file: Some(ca_file),
        client_name: "example.com".to_owned(),
    };
    let missing = SmtpCarrier::new(smtp(folder.path().join("missing.pem")));
    assert!(matches!(missing, Err(UnusableSmtp::CaFile { .. })));
    let file = folder.path().join("ca.pem");
    for text in ["", "-----BEGIN CERTIFICATE-----\n!\n-----END CERTIFICATE-----\n", "no certificate"] {
        fs::write(&file, text).unwrap();
        assert!(matches!(SmtpCarrier::new(smtp(file.clone())), Err(UnusableSmtp::Certificates { .. })), "{text:?}");
    }
}

#[test]
fn a_password_leaves_the_machine_only_encrypted() {
    let smtp = |host: &str| SmtpOptions {
        host: host.to_owned(),
        port: 25,
        encryption: Encryption::None,
        credentials: Some(credentials(PASSWORD)),
        ca_file: None,
        client_name: "example.com".to_owned(),
    };
    for host in ["mail.example", "10.0.0.1", "localhost.example", "::2"] {
        assert!(matches!(SmtpCarrier::new(smtp(host)), Err(UnusableSmtp::PasswordInClear)), "{host}");
    }
    for host in ["localhost", "127.0.0.1", "::1"] {
        assert!(SmtpCarrier::new(smtp(host)).is_ok(), "{host}");
    }
}
