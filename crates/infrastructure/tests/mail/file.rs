//! Mails as files.

use std::{fs, os::unix::fs::PermissionsExt as _, path::Path};

use doorward_application::ports::{Mailer as _, MessageKind, SendError};
use doorward_infrastructure::mail::{FileCarrier, TemplateMailer};
use tempfile::TempDir;

use crate::{Mail, mail, message, options};

const NAME: &str = "20261121T143000.123456Z-01920000-0000-7000-8000-000000000001.eml";

fn mailer(folder: &Path) -> TemplateMailer {
    TemplateMailer::new(options(FileCarrier::new(folder.to_owned())))
}

fn names(folder: &Path) -> Vec<String> {
    let name =
        |entry: std::io::Result<fs::DirEntry>| entry.expect("an entry").file_name().into_string().expect("UTF-8");
    fs::read_dir(folder).expect("a folder").map(name).collect()
}

#[tokio::test]
async fn a_mail_becomes_a_file_of_the_owner_alone_in_a_folder_that_is_made() {
    let home = TempDir::new().unwrap();
    let folder = home.path().join("data/mail");
    mailer(&folder).send(&message(MessageKind::VerifyEmail, "de")).await.unwrap();
    assert_eq!(names(&folder), [NAME]);
    assert_eq!(fs::metadata(folder.join(NAME)).unwrap().permissions().mode() & 0o777, 0o600);
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
}

#[tokio::test]
async fn the_file_holds_what_a_mail_server_would_get() {
    let home = TempDir::new().unwrap();
    let message = message(MessageKind::VerifyEmail, "de");
    mailer(home.path()).send(&message).await.unwrap();
    let file = Mail::read(fs::read(home.path().join(NAME)).unwrap());
    assert_eq!(file.0, mail(&message).await.0);
}

#[tokio::test]
async fn a_message_that_is_sent_again_is_one_file() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join(format!(".{NAME}.part")), "half a mail of a process that died, and longer".repeat(500))
        .unwrap();
    for _ in 0..2 {
        mailer(home.path()).send(&message(MessageKind::VerifyEmail, "en")).await.unwrap();
        assert_eq!(names(home.path()), [NAME]);
        assert!(!fs::read_to_string(home.path().join(NAME)).unwrap().contains("died"));
    }
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_a_failure_that_may_pass() {
    let home = TempDir::new().unwrap();
    fs::write(home.path().join("file"), "").unwrap();
    let refused = mailer(&home.path().join("file/mail")).send(&message(MessageKind::VerifyEmail, "en")).await;
    assert!(matches!(refused, Err(SendError::Temporary(_))), "{refused:?}");
}
