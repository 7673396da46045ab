//! What the mails say. `INSTA_UPDATE=always cargo test -p doorward-infrastructure --test mail` writes the new texts
//! where they were changed on purpose.

use std::fmt::Write as _;

use doorward_application::ports::{Facts, Mailer as _, MessageKind, SendError};
use doorward_infrastructure::mail::{MailOptions, TemplateMailer};

use crate::{Kept, LINKS_TO, TOKEN, address, kinds, mail, mail_with, message, options};

async fn all_texts(locale: &str) -> String {
    let mut all = String::new();
    for kind in kinds() {
        let mail = mail(&message(kind, locale)).await;
        let subject = mail_subject(&mail.html().replace('\n', " "));
        writeln!(all, "===== {}\nSubject: {subject}\n\n{}", kind.as_str(), mail.text()).expect("a string");
    }
    all
}

/// The subject as people read it, which the page's title repeats.
fn mail_subject(html: &str) -> String {
    let (_, rest) = html.split_once("<title>").expect("a title");
    rest.split_once("</title>").expect("a title's end").0.to_owned()
}

#[tokio::test]
async fn the_english_texts_are_these() {
    insta::assert_snapshot!(all_texts("en").await);
}

#[tokio::test]
async fn the_german_texts_are_these() {
    insta::assert_snapshot!(all_texts("de").await);
}

#[tokio::test]
async fn the_html_of_a_notice_is_this() {
    insta::assert_snapshot!(mail(&message(MessageKind::NewDevice, "en")).await.html());
}

#[tokio::test]
async fn a_text_is_in_the_nearest_language_that_there_is() {
    for (locale, hello) in [("de", "Guten Tag"), ("de-AT", "Guten Tag"), ("DE", "Guten Tag"), ("pt-BR", "Hello")] {
        let mail = mail(&message(MessageKind::VerifyEmail, locale)).await;
        assert!(mail.text().starts_with(hello), "{locale}: {}", mail.text());
    }
}

#[tokio::test]
async fn what_a_message_does_not_tell_is_left_out() {
    for (kind, locale) in kinds().flat_map(|kind| [(kind, "en"), (kind, "de")]) {
        let mut message = message(kind, locale);
        message.name = None;
        message.facts = Facts::default();
        let mail = mail(&message).await;
        for text in [mail.text(), mail.html()] {
            let said = text.replace("text-decoration:none", "");
            assert!(!said.contains("none") && !said.contains("Jane") && !said.contains(" ,"), "{said}");
        }
    }
}

#[tokio::test]
async fn the_first_link_of_the_text_is_the_one_to_follow_and_stands_whole_on_a_line() {
    for (kind, locale) in kinds().flat_map(|kind| [(kind, "en"), (kind, "de")]) {
        let mail = mail(&message(kind, locale)).await;
        let first = mail.text().lines().find(|line| line.contains("://")).expect("a link");
        let page = kind.page().expect("a page");
        let expected = match kind {
            MessageKind::AccountExists | MessageKind::DeletionScheduled => format!("{LINKS_TO}{page}"),
            _ => format!("{LINKS_TO}{page}?token={TOKEN}"),
        };
        assert_eq!(first, expected);
        assert_eq!(mail.html().matches(&expected).count(), 3, "the button, the bare link and its target");
    }
}

#[tokio::test]
async fn links_lead_to_where_the_settings_say() {
    let elsewhere = |options: &mut MailOptions| {
        options.links_to = "https://app.example.com/account".to_owned();
    };
    let mail = mail_with(elsewhere, &message(MessageKind::ResetPassword, "en")).await;
    let link = format!("https://app.example.com/account/reset-password?token={TOKEN}");
    assert!(mail.text().lines().any(|line| line == link), "{}", mail.text());
}

#[tokio::test]
async fn html_escapes_what_people_chose() {
    for (kind, locale) in kinds().flat_map(|kind| [(kind, "en"), (kind, "de")]) {
        let mut message = message(kind, locale);
        let script = || Some("<script>\"'&".to_owned());
        message.name = script();
        message.facts.device = script();
        message.facts.company = script();
        message.facts.new_email = Some(address("a'b&c@example.com"));
        let product = |options: &mut MailOptions| {
            options.product_name = "<script>\"'&".to_owned();
        };
        let mail = mail_with(product, &message).await;
        assert!(!mail.html().contains("<script") && !mail.html().contains("a'b"), "{}", mail.html());
        assert!(mail.html().contains("&lt;script&gt;&quot;&#x27;&amp;"), "{}", mail.html());
        assert!(mail.text().contains("<script>\"'&"), "a text is not escaped: {}", mail.text());
    }
}

#[tokio::test]
async fn nothing_is_loaded_from_elsewhere() {
    for (kind, locale) in kinds().flat_map(|kind| [(kind, "en"), (kind, "de")]) {
        let mail = mail(&message(kind, locale)).await;
        for loading in ["<img", "<link", "<script", "<iframe", "src=", "url(", "@import"] {
            assert!(!mail.html().contains(loading), "{loading}");
        }
        assert_eq!(mail.html().matches("://").count(), mail.html().matches(LINKS_TO).count());
    }
}

#[tokio::test]
async fn a_name_that_is_a_link_is_shown_nowhere() {
    let mut message = message(MessageKind::VerifyEmail, "en");
    message.name = Some("Win now: https://evil.example".to_owned());
    let mail = mail(&message).await;
    assert!(!mail.0.contains("evil"), "{}", mail.0);
    assert!(mail.text().starts_with("Hello,\n"), "{}", mail.text());
}

#[tokio::test]
async fn the_wish_for_a_message_is_refused() {
    let kept = Kept::default();
    let mailer = TemplateMailer::new(options(kept.clone()));
    for kind in MessageKind::ALL.into_iter().filter(|kind| kind.is_request()) {
        let refused = mailer.send(&message(kind, "en")).await;
        assert!(matches!(refused, Err(SendError::Permanent(_))), "{refused:?}");
    }
    assert!(kept.0.lock().unwrap().is_empty());
}
