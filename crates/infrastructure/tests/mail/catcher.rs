//! A mail server that is not ours, in a process of its own.

use std::{
    io::{BufRead as _, BufReader, Lines},
    path::{Path, PathBuf},
    process::{Child, ChildStdout, Command, Stdio},
    sync::LazyLock,
};

use base64::{Engine as _, prelude::BASE64_STANDARD};
use doorward_domain::Secret;
use doorward_infrastructure::mail::{Credentials, Encryption, SmtpOptions};
use serde_json::Value;
use tempfile::TempDir;

use crate::Mail;

/// The Python that has the server; it is installed where it is not yet.
static PYTHON: LazyLock<PathBuf> = LazyLock::new(|| {
    let found = Command::new("bash").arg(smtp_folder().join("install.sh")).output().expect("bash");
    assert!(found.status.success(), "the mail server is not installed: {}", String::from_utf8_lossy(&found.stderr));
    String::from_utf8(found.stdout).expect("UTF-8").trim().into()
});

fn smtp_folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/smtp")
}

pub(crate) const USER: &str = "door@ward";
pub(crate) const PASSWORD: &str = "p:a/s s%w0rd";

/// A running server. It ends with this value.
pub(crate) struct Catcher {
    process: Child,
    lines: Lines<BufReader<ChildStdout>>,
    port: u16,
    encryption: Encryption,
    certificates: TempDir,
}

/// A mail that was delivered.
pub(crate) struct Caught {
    pub(crate) told: Value,
    pub(crate) mail: Mail,
}

impl Catcher {
    /// A server that takes mails from anyone.
    pub(crate) fn start(encryption: Encryption) -> Self {
        Self::start_with(encryption, &[])
    }

    /// A server that takes mails from whoever signs in with [`USER`] and [`PASSWORD`].
    pub(crate) fn start_with_sign_in(encryption: Encryption) -> Self {
        Self::start_with(encryption, &["--user", USER, "--password", PASSWORD])
    }

    fn start_with(encryption: Encryption, arguments: &[&str]) -> Self {
        let certificates = certificates("localhost");
        let tls = match encryption {
            Encryption::None => "none",
            Encryption::StartTls => "starttls",
            Encryption::FromStart => "from-start",
        };
        let mut process = Command::new(&*PYTHON)
            .args(["-W", "ignore"])
            .arg(smtp_folder().join("server.py"))
            .args(["--tls", tls])
            .arg("--certificate")
            .arg(certificates.path().join("certificate.pem"))
            .arg("--key")
            .arg(certificates.path().join("key.pem"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a mail server");
        let lines = BufReader::new(process.stdout.take().expect("an output")).lines();
        let mut catcher = Self { process, lines, port: 0, encryption, certificates };
        catcher.port = catcher.told()["port"].as_u64().expect("a port").try_into().expect("a port");
        catcher
    }

    /// How to reach it, and to trust it.
    pub(crate) fn options(&self) -> SmtpOptions {
        SmtpOptions {
            host: "localhost".to_owned(),
            port: self.port,
            encryption: self.encryption,
            credentials: None,
            ca_file: Some(self.certificates.path().join("certificate.pem")),
            client_name: "example.com".to_owned(),
        }
    }

    /// The next mail that was delivered.
    pub(crate) fn caught(&mut self) -> Caught {
        let told = self.told();
        let content = BASE64_STANDARD.decode(told["content"].as_str().expect("a content")).expect("base64");
        Caught { mail: Mail::read(content), told }
    }

    fn told(&mut self) -> Value {
        let line = self.lines.next().expect("the server still runs").expect("a line");
        serde_json::from_str(&line).expect("JSON")
    }
}

impl Drop for Catcher {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

pub(crate) fn credentials(password: &str) -> Credentials {
    Credentials { user: USER.to_owned(), password: Secret::from(password) }
}

/// A folder with a certificate that signs itself, and its key.
pub(crate) fn certificates(host: &str) -> TempDir {
    let made = rcgen::generate_simple_self_signed(vec![host.to_owned()]).expect("a certificate");
    let folder = TempDir::new().expect("a folder");
    std::fs::write(folder.path().join("certificate.pem"), made.cert.pem()).expect("a file");
    std::fs::write(folder.path().join("key.pem"), made.signing_key.serialize_pem()).expect("a file");
    folder
}
