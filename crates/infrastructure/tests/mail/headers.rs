//! What stands above a mail.

use doorward_application::ports::MessageKind;
use doorward_infrastructure::mail::{MailOptions, Sender};

use crate::{address, mail, mail_with, message};

#[tokio::test]
async fn a_mail_says_from_whom_to_whom_when_and_that_no_person_wrote_it() {
    let mail = mail(&message(MessageKind::VerifyEmail, "en")).await;
    let header = |name| mail.header(name).unwrap_or_default();
    assert_eq!(header("From"), "\"The Door\" <no-reply@example.com>");
    assert_eq!(header("To"), "\"Jane Doe\" <Jane@example.com>");
    assert_eq!(header("Subject"), "Confirm your email address");
    assert_eq!(header("Date"), "Sat, 21 Nov 2026 14:30:00 +0000");
    assert_eq!(header("Message-ID"), "<01920000-0000-7000-8000-000000000001@example.com>");
    assert_eq!(header("Auto-Submitted"), "auto-generated");
    assert_eq!(header("MIME-Version"), "1.0");
    assert!(header("Content-Type").starts_with("multipart/alternative;"), "{}", header("Content-Type"));
    assert_eq!(mail.headers().len(), 8, "{:?}", mail.headers());
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_the_same_mail() {
    let again = || async { mail(&message(MessageKind::NewDevice, "de")).await.0 };
    assert_eq!(again().await, again().await);
}

#[tokio::test]
async fn no_name_ends_a_header() {
    let strange =
        ["Jane\r\nBcc, evil", "Jane\nBcc", "Jane\0", "\"Jane\" <x>, <y>", "Jürgen \"Jo\" Groß", "=?utf-8?q?x?="];
    let long = "漢字 ".repeat(60);
    for name in strange.into_iter().chain([long.trim()]) {
        let mut message = message(MessageKind::Invitation, "de");
        message.name = Some(name.to_owned());
        let product = |options: &mut MailOptions| {
            options.product_name = name.to_owned();
            let from = Sender::new(Some(name), &address("no-reply@example.com"));
            assert_eq!(from.is_err(), name.contains(char::is_control), "{name:?}");
            options.from = from.unwrap_or_else(|_| options.from.clone());
        };
        let mail = mail_with(product, &message).await;
        let names: Vec<_> = mail.headers().iter().map(|line| line.split_once(": ").unwrap().0.to_owned()).collect();
        let expected =
            ["From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "MIME-Version", "Content-Type"];
        assert_eq!(names, expected, "{name:?}");
        let to = mail.header("To").unwrap();
        assert!(to.is_ascii() && to.matches('@').count() == 1 && to.contains("Jane@example.com"), "{to}");
    }
}

#[tokio::test]
async fn a_domain_is_written_in_ascii_and_a_local_part_as_it_was_typed() {
    for (typed, written) in [
        ("Jane.Doe+x@BÜCHER.example", "Jane.Doe+x@xn--bcher-kva.example"),
        ("a..b@docomo.example", "a..b@docomo.example"),
        (".a.@example.com", ".a.@example.com"),
    ] {
        let mut message = message(MessageKind::VerifyEmail, "en");
        message.to = address(typed);
        message.name = None;
        assert_eq!(mail(&message).await.header("To").as_deref(), Some(written));
    }
}

#[test]
fn a_sender_is_one_that_can_be_written() {
    for good in ["no-reply@localhost", "a.b+c@example.com", "a@bücher.example"] {
        assert!(Sender::new(Some("The \"Door\", Ltd"), &address(good)).is_ok(), "{good}");
    }
    assert!(Sender::new(None, &address("a..b@example.com")).is_err());
    assert!(Sender::new(Some("a\nb"), &address("a@example.com")).is_err());
}

#[tokio::test]
async fn a_text_with_too_long_a_line_is_still_a_mail() {
    let mut message = message(MessageKind::VerifyEmail, "en");
    message.name = Some("漢".repeat(400));
    let mail = mail(&message).await;
    assert!(mail.0.lines().all(|line| line.len() <= 998));
    assert!(mail.0.contains("Content-Transfer-Encoding: quoted-printable"));
}

#[tokio::test]
async fn german_is_sent_as_people_read_it() {
    let mail = mail(&message(MessageKind::VerifyEmail, "de")).await;
    assert!(mail.text().contains("bestätigen"), "{}", mail.text());
    assert!(mail.0.contains("Content-Transfer-Encoding: 8bit"));
}
