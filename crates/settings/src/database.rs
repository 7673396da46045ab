//! `[database]`: where everything is kept.

use std::path::Path;

use config::ValueKind;
use doorward_domain::Secret;
use url::Url;
use validator::Validate;

use crate::{
    section::Section,
    setting::{Setting, text},
};

/// Where everything is kept.
#[derive(Validate)]
pub struct Database {
    /// Which database.
    pub url: DatabaseUrl,
    /// The most connections that are open at once.
    #[validate(range(min = 1, max = 1000, message = "must be from 1 to 1000"))]
    pub max_connections: u32,
}

impl Database {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let database = Self { url: from.get("url"), max_connections: from.get("max_connections") };
        from.validate(&database);
        database
    }
}

/// Names a database: a file of SQLite's or a PostgreSQL server. It may hold a password.
pub struct DatabaseUrl(Secret<String>);

impl DatabaseUrl {
    /// The text, for the store.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    /// The file, if it is SQLite's.
    fn sqlite_file(&self) -> Option<&Path> {
        let rest = self.expose().strip_prefix("sqlite://")?;
        Some(Path::new(rest.split_once('?').map_or(rest, |(path, _)| path)))
    }
}

impl Setting for DatabaseUrl {
    fn expected() -> String {
        "sqlite://FILE or postgres://USER:PASSWORD@HOST/NAME".to_owned()
    }

    /// A database in memory is refused: each connection would have its own.
    fn read(value: &ValueKind) -> Option<Self> {
        let url = Self(Secret::from(text(value)?.trim()));
        let good = match url.sqlite_file() {
            Some(file) => {
                let in_memory = file.as_os_str() == ":memory:" || url.expose().contains("mode=memory");
                !file.as_os_str().is_empty() && !in_memory
            }
            None => matches!(Url::parse(url.expose()).ok()?.scheme(), "postgres" | "postgresql"),
        };
        good.then_some(url)
    }

    fn show(&self) -> String {
        if self.sqlite_file().is_some() { self.expose().to_owned() } else { "postgres://(secret)".to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use config::ValueKind;

    use super::DatabaseUrl;
    use crate::setting::Setting;

    fn read(url: &str) -> Option<DatabaseUrl> {
        DatabaseUrl::read(&ValueKind::from(url))
    }

    #[test]
    fn a_file_of_sqlite_is_found_without_its_options() {
        let url = read("sqlite://data/doorward.db?mode=rwc").unwrap();
        assert_eq!(url.sqlite_file(), Some(Path::new("data/doorward.db")));
    }

    #[test]
    fn a_password_is_not_shown() {
        let url = read("postgres://doorward:hunter2@db.example/doorward").unwrap();
        assert_eq!(url.sqlite_file(), None);
        assert_eq!(url.show(), "postgres://(secret)");
    }

    #[test]
    fn what_is_neither_or_is_kept_in_memory_is_refused() {
        for url in ["", "mysql://db/x", "sqlite://", "sqlite://:memory:", "sqlite::memory:", "sqlite://a?mode=memory"] {
            assert!(read(url).is_none(), "{url:?}");
        }
    }
}
