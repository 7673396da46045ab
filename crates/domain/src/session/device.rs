//! What a session was opened with, as far as it says.

use std::net::IpAddr;

use woothee::parser::Parser;

/// What a session was opened with and from where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Device {
    /// What the client calls itself.
    pub user_agent: Option<UserAgent>,
    /// The client's address, as far as the trusted proxies tell.
    pub ip_address: Option<IpAddr>,
}

/// What a client calls itself: at most [`UserAgent::MAX`] code points, without control characters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UserAgent(String);

impl UserAgent {
    /// The most code points that are kept.
    pub const MAX: usize = 400;

    /// Keeps what can be shown of a `User-Agent` header; `None` if nothing can. It is no one's proof of anything,
    /// so a long one is cut, not refused.
    #[must_use]
    pub fn keep(raw: &str) -> Option<Self> {
        let text: String = raw.chars().filter(|c| !c.is_control()).take(Self::MAX).collect();
        let text = text.trim();
        (!text.is_empty()).then(|| Self(text.to_owned()))
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a person would call a device.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DeviceName {
    /// A browser on a system.
    Browser {
        /// The browser.
        name: String,
        /// The system.
        system: String,
    },
    /// By what the client calls itself first.
    Client(String),
    /// It does not say.
    Unknown,
}

impl Device {
    /// What a person would call it.
    #[must_use]
    pub fn name(&self) -> DeviceName {
        let Some(UserAgent(agent)) = &self.user_agent else { return DeviceName::Unknown };
        let known = |name: &str| name != "UNKNOWN" && !name.is_empty();
        match Parser::new().parse(agent) {
            Some(found) if known(found.name) && known(found.os) => {
                DeviceName::Browser { name: found.name.to_owned(), system: found.os.to_owned() }
            }
            Some(found) if known(found.name) => DeviceName::Client(found.name.to_owned()),
            _ => {
                let first = agent.split(['/', ' ']).find(|word| !word.is_empty());
                first.map_or(DeviceName::Unknown, |word| DeviceName::Client(word.to_owned()))
            }
        }
    }

    /// The same in English: `Firefox on Linux`, `my-app` or `Unknown device`. Devices of one label are one device to
    /// their user.
    #[must_use]
    pub fn label(&self) -> String {
        match self.name() {
            DeviceName::Browser { name, system } => format!("{name} on {system}"),
            DeviceName::Client(name) => name,
            DeviceName::Unknown => "Unknown device".to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Device, UserAgent};

    fn label(agent: &str) -> String {
        Device { user_agent: UserAgent::keep(agent), ip_address: None }.label()
    }

    #[test]
    fn a_browser_is_called_by_name_and_system() {
        let firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
        assert_eq!(label(firefox), "Firefox on Linux");
    }

    #[test]
    fn anything_else_is_called_by_its_first_word() {
        assert_eq!(label("my-app/1.2 build 7"), "my-app");
        assert_eq!(label(""), "Unknown device");
    }

    #[test]
    fn a_long_or_dirty_header_is_cut_and_cleaned() {
        assert_eq!(UserAgent::keep(&"a".repeat(500)).unwrap().as_str().len(), UserAgent::MAX);
        assert_eq!(UserAgent::keep("a\u{1b}[31mb").unwrap().as_str(), "a[31mb");
        assert_eq!(UserAgent::keep(" \t"), None);
    }
}
