//! Mails that a mail server does not take.

use std::time::{Duration, Instant};

use doorward_application::ports::{Mailer as _, MessageKind, SendError};
use doorward_infrastructure::mail::{Credentials, Encryption, SmtpCarrier, SmtpOptions, TemplateMailer};
use tokio::net::TcpSocket;

use crate::{
    catcher::{PASSWORD, credentials},
    mail, message, options,
    scripted::{Act, Scripted, When},
};

const EIGHT_BIT: &str = "250-mail.example\r\n250-8BITMIME\r\n250 ENHANCEDSTATUSCODES";
const SEVEN_BIT: &str = "250 mail.example";

fn mailer(port: u16, sent_within: Duration) -> TemplateMailer {
    mailer_as(None, port, sent_within)
}

fn mailer_as(credentials: Option<Credentials>, port: u16, sent_within: Duration) -> TemplateMailer {
    let smtp = SmtpOptions {
        host: "127.0.0.1".to_owned(),
        port,
        encryption: Encryption::None,
        credentials,
        ca_file: None,
        client_name: "example.com".to_owned(),
    };
    let mut options = options(SmtpCarrier::new(smtp).expect("options that can be used"));
    options.sent_within = sent_within;
    TemplateMailer::new(options)
}

async fn failure(when: When, act: Act, sent_within: Duration) -> SendError {
    let server = Scripted::start(EIGHT_BIT, when, act).await;
    let sent = mailer(server.port, sent_within).send(&message(MessageKind::VerifyEmail, "en")).await;
    let error = sent.expect_err("the server misbehaves");
    let told = error.to_string().to_lowercase();
    assert!(!told.contains("jane") && !told.contains("example.com") && !told.contains("unknown"), "{told}");
    error
}

/// Long enough for a server on this machine, whatever else it does.
const AMPLE: Duration = Duration::from_secs(20);
/// Long enough to come to the answer that is not given, with the others that are sent meanwhile.
const SHORT: Duration = Duration::from_secs(5);

/// What comes of each of these misbehaviours, all at once.
async fn failures(acts: impl IntoIterator<Item = (When, Act)>) -> Vec<(When, SendError)> {
    let tasks = acts.into_iter().map(|(when, act)| (when, tokio::spawn(failure(when, act, SHORT)))).collect::<Vec<_>>();
    let mut failures = Vec::new();
    for (when, task) in tasks {
        failures.push((when, task.await.expect("no panic")));
    }
    failures
}

#[tokio::test]
async fn a_server_that_is_away_is_asked_again_later() {
    // Taken, so that nobody else listens there, and not listened on.
    let taken = TcpSocket::new_v4().unwrap();
    taken.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let port = taken.local_addr().unwrap().port();
    let sent = mailer(port, AMPLE).send(&message(MessageKind::VerifyEmail, "en")).await;
    let Err(SendError::Temporary(cause)) = sent else { panic!("{sent:?}") };
    assert!(cause.starts_with("mail server, at connect: Connection refused"), "{cause}");
}

#[tokio::test]
async fn a_refusal_for_now_is_temporary_at_every_stage() {
    for (when, stage) in [
        (When::Greeting, "connect"),
        (When::Ehlo, "connect"),
        (When::Mail, "MAIL FROM"),
        (When::Rcpt, "RCPT TO"),
        (When::Data, "DATA"),
        (When::Content, "the content"),
    ] {
        let error = failure(when, Act::Say("451 4.3.0 <Jane@example.com> unknown today"), AMPLE).await;
        assert_eq!(error, SendError::Temporary(format!("mail server, at {stage}: 451 4.3.0")));
    }
}

#[tokio::test]
async fn a_refusal_for_good_is_permanent_only_where_it_can_be_about_the_mail() {
    for (when, stage, permanent) in [
        (When::Greeting, "connect", false),
        (When::Ehlo, "connect", false),
        (When::Mail, "MAIL FROM", false),
        (When::Rcpt, "RCPT TO", true),
        (When::Data, "DATA", true),
        (When::Content, "the content", true),
    ] {
        let error = failure(when, Act::Say("550-5.1.1 <Jane@example.com>\r\n550 5.1.1 unknown"), AMPLE).await;
        let cause = format!("mail server, at {stage}: 550 5.1.1");
        let expected = if permanent { SendError::Permanent(cause) } else { SendError::Temporary(cause) };
        assert_eq!(error, expected);
    }
}

#[tokio::test]
async fn a_refusal_that_is_about_the_sign_in_is_temporary_at_every_stage() {
    for (said, cause) in [
        ("530 Jane@example.com must sign in", "530"),
        ("530 5.7.0 Authentication required", "530 5.7.0"),
        ("503 AUTH first", "503"),
        ("538 5.7.11 Encryption required", "538 5.7.11"),
    ] {
        let error = failure(When::Rcpt, Act::Say(said), AMPLE).await;
        assert_eq!(error, SendError::Temporary(format!("mail server, at RCPT TO: {cause}")));
    }
}

#[tokio::test]
async fn a_server_that_offers_no_sign_in_is_not_sent_a_mail_without_one() {
    let server = Scripted::start(EIGHT_BIT, When::Greeting, Act::Say("220 mail.example")).await;
    let mailer = mailer_as(Some(credentials(PASSWORD)), server.port, AMPLE);
    let sent = mailer.send(&message(MessageKind::VerifyEmail, "en")).await;
    let Err(SendError::Temporary(cause)) = sent else { panic!("{sent:?}") };
    assert!(cause.starts_with("mail server, at AUTH: the server offers no way to sign in"), "{cause}");
}

#[tokio::test]
async fn a_server_that_hangs_is_given_up_in_time() {
    let begun = Instant::now();
    let stages = [
        (When::Greeting, "connect"),
        (When::Ehlo, "connect"),
        (When::Mail, "MAIL FROM"),
        (When::Rcpt, "RCPT TO"),
        (When::Data, "DATA"),
        (When::FirstLine, "the content"),
        (When::Content, "the content"),
    ];
    for ((_, error), (_, stage)) in failures(stages.map(|(when, _)| (when, Act::Hang))).await.into_iter().zip(stages) {
        let SendError::Temporary(cause) = error else { panic!("{error:?}") };
        assert!(cause.starts_with(&format!("mail server, at {stage}: no answer in time")), "{cause}");
    }
    assert!(begun.elapsed() < SHORT * 5);
}

#[tokio::test]
async fn a_connection_that_breaks_is_temporary_at_every_stage() {
    for when in [When::Greeting, When::Ehlo, When::Mail, When::Rcpt, When::Data, When::FirstLine, When::Content] {
        let error = failure(when, Act::Close, AMPLE).await;
        assert!(matches!(error, SendError::Temporary(_)), "{when:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_answer_that_is_not_smtp_is_temporary_and_not_repeated() {
    let said = ["HTTP/1.1 400 Jane@example.com unknown", "250", "999 Jane@example.com"];
    let acts = said
        .into_iter()
        .flat_map(|said| [When::Greeting, When::Rcpt, When::Content].map(|when| (when, Act::Say(said))));
    for (when, error) in failures(acts).await {
        assert!(matches!(error, SendError::Temporary(_)), "{when:?}: {error:?}");
    }
    let error = failure(When::Data, Act::Say("250 sure"), AMPLE).await;
    assert_eq!(error, SendError::Temporary("mail server, at DATA: its answer is not SMTP".to_owned()));
}

#[tokio::test]
async fn a_mail_that_was_given_up_halfway_leaves_nothing_in_the_next() {
    for (when, act) in [(When::Content, Act::Hang), (When::Rcpt, Act::Say("550 no"))] {
        let mut server = Scripted::start(EIGHT_BIT, when, act).await;
        let mailer = mailer(server.port, SHORT);
        mailer.send(&message(MessageKind::ResetPassword, "en")).await.unwrap_err();
        let next = message(MessageKind::VerifyEmail, "de");
        mailer.send(&next).await.unwrap();
        assert_eq!(server.mails.recv().await.unwrap().trim_end(), mail(&next).await.0.trim_end());
        assert_eq!(server.clients(), 2);
    }
}

#[tokio::test]
async fn a_connection_that_the_server_closed_meanwhile_is_replaced() {
    let mut server = Scripted::start(EIGHT_BIT, When::Content, Act::Say("250 taken\r\n421 bye")).await;
    let mailer = mailer(server.port, AMPLE);
    for _ in 0..2 {
        mailer.send(&message(MessageKind::VerifyEmail, "en")).await.unwrap();
        server.mails.recv().await.unwrap();
    }
    assert_eq!(server.clients(), 2);
}

#[tokio::test]
async fn a_server_that_knows_ascii_alone_gets_german_in_ascii() {
    let mut server = Scripted::start(SEVEN_BIT, When::Greeting, Act::Say("220 mail.example")).await;
    mailer(server.port, AMPLE).send(&message(MessageKind::VerifyEmail, "de")).await.unwrap();
    let mail = server.mails.recv().await.unwrap();
    assert!(mail.is_ascii() && mail.contains("Content-Transfer-Encoding: quoted-printable"), "{mail}");
    assert!(mail.contains("best=C3=A4tigen"), "{mail}");
}
