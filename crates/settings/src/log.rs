//! `[log]`: what is logged, and how.

use config::ValueKind;

use crate::{
    section::Section,
    setting::{Setting, named_setting, text},
};

/// What is logged, and how.
#[derive(Clone, Debug)]
pub struct Log {
    /// In which form.
    pub format: LogFormat,
    /// From which level on.
    pub level: LogLevel,
}

/// In which form a line is logged.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// For people.
    Pretty,
    /// For machines: one JSON object a line.
    Json,
}

named_setting!(LogFormat { "pretty" => Pretty, "json" => Json });

impl Log {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        Self { format: from.get("format"), level: from.get("level") }
    }
}

/// A level, and levels of single parts: `info`, or `info,doorward_http=debug`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogLevel(String);

impl LogLevel {
    const LEVELS: [&str; 6] = ["off", "error", "warn", "info", "debug", "trace"];

    /// The directives.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Setting for LogLevel {
    fn expected() -> String {
        format!("one of {}, and then perhaps part=level, separated by commas", Self::LEVELS.join(", "))
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let raw = text(value)?.trim().to_ascii_lowercase();
        let good = raw.split(',').all(|directive| {
            let (part, level) = directive.rsplit_once('=').unwrap_or(("all", directive));
            let named = part.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'_' | b':'));
            !part.is_empty() && named && Self::LEVELS.contains(&level)
        });
        good.then_some(Self(raw))
    }

    fn show(&self) -> String {
        self.0.clone()
    }
}

#[cfg(test)]
mod tests {
    use config::ValueKind;

    use super::LogLevel;
    use crate::setting::Setting;

    #[test]
    fn a_level_may_be_set_for_single_parts() {
        let read = |raw: &str| LogLevel::read(&ValueKind::from(raw)).map(|level| level.show());
        assert_eq!(read("INFO,doorward_http::api=debug").as_deref(), Some("info,doorward_http::api=debug"));
        for raw in ["", "loud", "info,", "=info", "info,a b=debug", "doorward="] {
            assert_eq!(read(raw), None, "{raw:?}");
        }
    }
}
