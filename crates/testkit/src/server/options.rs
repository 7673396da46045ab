//! With what a test server starts.

use std::{net::SocketAddr, path::PathBuf};

use doorward_settings::{Settings, Sources};

use super::TestServerError;

/// What a test server decides itself, so that no setting makes it reach out of the process: its database and its
/// secrets, where mails go, and that nobody is slowed down.
const ITS_OWN: [&str; 9] = [
    "http.address",
    "database.",
    "secrets.",
    "mail.transport",
    "mail.directory",
    "mail.smtp",
    "throttle.",
    "metrics.",
    "log.",
];

/// A test server that has not started. Everything has a default.
#[derive(Clone, Debug, Default)]
pub struct TestServerBuilder {
    address: Option<SocketAddr>,
    reachable: bool,
    settings: Vec<(String, String)>,
}

impl TestServerBuilder {
    /// Where to listen: an address of this machine alone, unless [`reachable`](Self::reachable). By default 127.0.0.1,
    /// on any port that is free.
    #[must_use]
    pub fn address(self, address: SocketAddr) -> Self {
        Self { address: Some(address), ..self }
    }

    /// Lets it listen where other machines reach it. Whoever does becomes anyone they like in there.
    #[must_use]
    pub fn reachable(self) -> Self {
        Self { reachable: true, ..self }
    }

    /// Sets a setting of doorward, as in `("tokens.access_ttl", "1m")`; a list is separated by commas.
    #[must_use]
    pub fn setting(mut self, key: &str, value: &str) -> Self {
        self.settings.push((key.to_owned(), value.to_owned()));
        self
    }

    /// The settings, over this database and under this master secret.
    pub(super) fn settings(&self, database_url: &str, master: &str, issuer: &str) -> Result<Settings, TestServerError> {
        let address = self.address.unwrap_or_else(|| SocketAddr::from(([127, 0, 0, 1], 0)));
        is_private(address, self.reachable)?;
        let address = address.to_string();
        let ours = [
            ("http.address", address.as_str()),
            ("database.url", database_url),
            ("secrets.master", master),
            ("tokens.issuer", issuer),
            ("passwords.min_length", "8"),
            ("passwords.argon2_memory_kib", "8"),
            ("passwords.argon2_iterations", "1"),
            ("passwords.max_concurrent_hashes", "2"),
            ("throttle.enabled", "false"),
        ];
        let ours = ours.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        let mut all: Vec<(String, String)> = ours.collect();
        for (key, value) in &self.settings {
            let key = key.to_lowercase();
            if ITS_OWN.iter().any(|own| key.starts_with(own)) {
                return Err(TestServerError::Refused(format!("{key} is for the test server to decide")));
            }
            all.retain(|(known, _)| *known != key);
            all.push((key, value.clone()));
        }
        let variable =
            |(key, value): (String, String)| (format!("DOORWARD__{}", key.to_uppercase().replace('.', "__")), value);
        doorward_settings::load(Sources {
            // A folder that is not there: nothing but what is said here counts.
            dir: PathBuf::from("/nonexistent/doorward-test"),
            env_name: Sources::DEVELOPMENT.to_owned(),
            environment: all.into_iter().map(variable).collect(),
        })
        .map_err(|problems| TestServerError::Refused(problems.to_string()))
    }
}

/// Fails if other machines reach this address, unless they may.
pub fn is_private(address: SocketAddr, reachable: bool) -> Result<(), TestServerError> {
    if reachable || address.ip().is_loopback() {
        return Ok(());
    }
    Err(TestServerError::Refused(format!(
        "{address} can be reached from other machines, and whoever reaches a test server becomes anyone they like in it"
    )))
}

#[cfg(test)]
mod tests {
    use super::{TestServerBuilder, TestServerError};

    const MASTER: &str = "a master secret for tests, which is long enough";

    fn refusal(builder: &TestServerBuilder) -> String {
        match builder.settings("sqlite:///tmp/a.db", MASTER, "issuer") {
            Err(TestServerError::Refused(why)) => why,
            Err(other) => panic!("{other}"),
            Ok(_) => panic!("it was taken"),
        }
    }

    #[test]
    fn what_reaches_out_of_the_process_is_not_to_be_set() {
        for key in ["database.url", "DATABASE.URL", "secrets.master", "mail.smtp_url", "mail.transport", "http.address"]
        {
            let why = refusal(&TestServerBuilder::default().setting(key, "postgres://prod.example.com/doorward"));
            assert!(why.contains("is for the test server to decide"), "{why}");
        }
    }

    #[test]
    fn other_machines_reach_it_only_if_it_was_said() {
        let everywhere = "0.0.0.0:0".parse().expect("an address");
        let builder = TestServerBuilder::default().address(everywhere);
        assert!(refusal(&builder).contains("other machines"));
        let settings = builder.reachable().settings("sqlite:///tmp/a.db", MASTER, "issuer").unwrap();
        assert_eq!(settings.http.address, everywhere);
    }

    #[test]
    fn a_setting_stands_over_the_test_servers_own_and_a_wrong_one_is_told() {
        let builder = TestServerBuilder::default().setting("tokens.issuer", "https://login.example.com");
        let settings = builder.settings("sqlite:///tmp/a.db", MASTER, "issuer").unwrap();
        assert_eq!(settings.tokens.issuer.as_deref(), Some("https://login.example.com"));
        assert!(refusal(&TestServerBuilder::default().setting("tokens.acces_ttl", "1m")).contains("acces_ttl"));
    }
}
