//! A folder that replaces some of the texts.

use std::{fs, path::Path};

use doorward_application::ports::MessageKind;
use doorward_infrastructure::mail::Templates;
use tempfile::TempDir;

use crate::{mail_with, message, with_templates};

fn folder(files: &[(&str, &str)]) -> TempDir {
    let folder = TempDir::new().expect("a folder");
    for (name, text) in files {
        let path = folder.path().join(name);
        fs::create_dir_all(path.parent().expect("a parent")).expect("a folder");
        fs::write(path, text).expect("a file");
    }
    folder
}

/// What is wrong with a folder, without the folder's own name.
fn refusal(files: &[(&str, &str)]) -> String {
    let folder = folder(files);
    let error = Templates::load(Some(folder.path())).err().expect("refused").to_string();
    error.replace(&format!("{}/", folder.path().display()), "")
}

async fn text(folder: &Path, kind: MessageKind, locale: &str) -> String {
    mail_with(with_templates(folder), &message(kind, locale)).await.text().to_owned()
}

#[tokio::test]
async fn a_file_replaces_the_built_in_one_and_no_other() {
    let folder =
        folder(&[("en/reset_password.txt", "Subject: New {{ product }} password\r\n\r\nG\ro:\r\n{{ link }}\r\n")]);
    let mail = mail_with(with_templates(folder.path()), &message(MessageKind::ResetPassword, "en")).await;
    assert_eq!(mail.header("Subject").as_deref(), Some("New Example password"));
    assert!(mail.text().starts_with("Go:\nhttps://"), "{}", mail.text());
    assert!(mail.html().contains("<title>New Example password</title>"), "{}", mail.html());
    assert!(text(folder.path(), MessageKind::ResetPassword, "de").await.starts_with("Guten Tag Jane"));
    assert!(text(folder.path(), MessageKind::VerifyEmail, "en").await.starts_with("Hello Jane"));
}

#[tokio::test]
async fn a_layout_is_replaced_for_every_kind_of_its_language() {
    let layout = "Subject: {% block subject %}{% endblock %}\n\n\nACME\n{% block text %}{% endblock %}\n{{ link }}\n";
    let folder = folder(&[("de/layout.txt", layout)]);
    for kind in crate::kinds() {
        assert!(text(folder.path(), kind, "de").await.starts_with("ACME\n"));
        assert!(text(folder.path(), kind, "en").await.starts_with("Hello"));
    }
}

#[tokio::test]
async fn another_folder_is_another_language_and_lacks_may_be_english() {
    let folder = folder(&[
        (
            "pt/verify_email.txt",
            "Subject: Olá\n\nOlá {% if name %}{{ name }}{% endif %}, até {{ expires_at }}: {{ link }}",
        ),
        ("pt-BR/reset_password.txt", "Subject: Oi\n\nOi: {{ link }}"),
        ("README.md", "not read"),
        ("pt/.verify_email.txt.swp", "not read"),
        ("pt/notes.md", "not read"),
    ]);
    let text = |kind, locale| text(folder.path(), kind, locale);
    assert!(text(MessageKind::VerifyEmail, "pt").await.starts_with("Olá Jane Doe, até 2026-11-22, 14:30 UTC: https"));
    assert!(text(MessageKind::VerifyEmail, "pt-BR").await.starts_with("Olá"), "of the primary language");
    for locale in ["pt-BR", "pt-br"] {
        assert!(text(MessageKind::ResetPassword, locale).await.starts_with("Oi"), "tags have no case");
    }
    assert!(text(MessageKind::ResetPassword, "pt-PT").await.starts_with("Hello"));
    assert!(text(MessageKind::NewDevice, "pt-BR").await.starts_with("Hello"));
}

#[test]
fn a_mistake_is_told_with_its_file_and_line() {
    let told = |text: &str| refusal(&[("de/invitation.txt", text)]);
    let good = "Subject: x\n\n";
    for (text, expected) in [
        (format!("{good}{{{{ link }}\n"), "de/invitation.txt, line 3: syntax error"),
        (format!("{good}a\n{{{{ linc }}}}\n"), "de/invitation.txt, line 4: undefined value"),
        (format!("{good}a\n{{% if linc %}}b{{% endif %}}\n"), "de/invitation.txt, line 4: undefined value"),
        (format!("{good}{{{{ company }}}}\n"), "de/invitation.txt, line 3: invalid operation: this variable can be"),
        (format!("{good}{{{{ new_email }}}}\n"), "de/invitation.txt, line 3: invalid operation: this variable can be"),
        (format!("{good}{{% extends 'base.txt' %}}\n"), "de/invitation.txt, line 3: template not found"),
        ("Hello\n".to_owned(), "de/invitation.txt: must begin with the line `Subject: …`"),
        ("Subject: \n\nHello\n".to_owned(), "de/invitation.txt: must begin with the line `Subject: …`"),
        ("Subject: Hello\n".to_owned(), "de/invitation.txt: must begin with the line `Subject: …`"),
    ] {
        let told = told(&text);
        assert!(told.starts_with(expected), "{told}");
    }
    let in_the_layout = refusal(&[("en/layout.html", "<p>\n{{ nmae }}</p>")]);
    assert!(in_the_layout.starts_with("en/layout.html, line 2: undefined value"), "{in_the_layout}");
}

#[test]
fn a_file_that_replaces_nothing_is_told() {
    let told = refusal(&[("en/reset-password.txt", "Subject: x\n\nx")]);
    assert!(
        told.starts_with("en/reset-password.txt replaces no template; these can be replaced: layout.txt"),
        "{told}"
    );
    assert_eq!(
        refusal(&[("english_/layout.txt", "")]),
        "english_ must be named after a language, as in `de` or `pt-BR`"
    );
}

#[test]
fn a_folder_that_is_not_there_is_told() {
    let told = Templates::load(Some(Path::new("/nowhere/at/all"))).err().unwrap().to_string();
    assert!(told.starts_with("/nowhere/at/all cannot be read: "), "{told}");
}
