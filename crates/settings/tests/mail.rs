//! The rules of `[mail]` that are about more than one key.

use std::path::Path;

use doorward_settings::{
    Settings, Sources, load,
    mail::{SmtpEncryption, SmtpUrl},
};

fn read(env_name: &str, keys: &[(&str, &str)]) -> Result<Settings, Vec<String>> {
    let master = [("secrets.master", "0123456789abcdef0123456789abcdef")];
    let environment = keys
        .iter()
        .chain(&master)
        .map(|(key, value)| (format!("DOORWARD__{}", key.to_uppercase().replace('.', "__")), (*value).to_owned()))
        .collect();
    load(Sources { dir: Path::new("/nowhere/at/all").to_owned(), env_name: env_name.to_owned(), environment })
        .map_err(|problems| problems.iter().map(|problem| problem.key.clone()).collect())
}

fn read_smtp(env_name: &str, url: &str, tls: &str) -> Result<Settings, Vec<String>> {
    read(env_name, &[("mail.transport", "smtp"), ("mail.smtp_url", url), ("mail.smtp_tls", tls)])
}

fn encryption(url: &str, tls: &str) -> SmtpEncryption {
    let mail = read_smtp("development", url, tls).expect("good settings").mail;
    mail.smtp_encryption(mail.smtp_url.as_ref().expect("a server"))
}

#[test]
fn mail_by_smtp_needs_a_server() {
    assert_eq!(read("development", &[("mail.transport", "smtp")]).err().unwrap(), ["mail.smtp_url"]);
    assert!(read_smtp("development", "smtp://mail.example", "required").is_ok());
}

#[test]
fn a_server_elsewhere_must_encrypt_unless_it_need_not() {
    for tls in ["required", "none"] {
        assert_eq!(encryption("smtps://mail.example", tls), SmtpEncryption::FromStart);
        assert_eq!(encryption("smtps://localhost", tls), SmtpEncryption::FromStart);
        assert_eq!(encryption("smtp://localhost:1025", tls), SmtpEncryption::None);
        assert_eq!(encryption("smtp://[::1]:1025", tls), SmtpEncryption::None);
    }
    assert_eq!(encryption("smtp://mail.example", "required"), SmtpEncryption::StartTls);
    assert_eq!(encryption("smtp://mail.example", "none"), SmtpEncryption::None);
}

#[test]
fn a_password_is_sent_to_no_other_machine_in_clear_text() {
    for env_name in ["development", "production"] {
        let refused = read_smtp(env_name, "smtp://jane:hunter2@mail.example", "none").err().unwrap();
        assert_eq!(refused, ["mail.smtp_tls"]);
        assert!(read_smtp(env_name, "smtp://jane:hunter2@mail.example", "required").is_ok());
        assert!(read_smtp(env_name, "smtps://jane:hunter2@mail.example", "none").is_ok());
        assert!(read_smtp(env_name, "smtp://jane:hunter2@localhost", "none").is_ok());
    }
}

#[test]
fn a_name_and_a_password_may_have_any_character() {
    let mail = read_smtp("production", "smtps://jane%40x:p%3Aa%2Fs@mail.example", "required").unwrap().mail;
    let Some(SmtpUrl { login: Some(login), port: 465, .. }) = &mail.smtp_url else { panic!("a login") };
    assert_eq!((login.user.as_str(), login.password.expose().as_str()), ("jane@x", "p:a/s"));
}

#[test]
fn outside_development_links_are_private() {
    let links_to = |env_name, url| read(env_name, &[("mail.links_to", url)]).err().unwrap_or_default();
    assert_eq!(links_to("production", "http://app.example.com"), ["mail.links_to"]);
    for url in ["https://app.example.com/account/", "http://localhost:3000", ""] {
        assert_eq!(links_to("production", url), [""; 0], "{url}");
    }
    assert_eq!(links_to("development", "http://app.example.com"), [""; 0]);
}
