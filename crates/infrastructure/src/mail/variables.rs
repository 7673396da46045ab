//! What templates can name.

use std::net::{IpAddr, Ipv4Addr};

use chrono::Datelike as _;
use doorward_application::ports::{Message, MessageKind};
use doorward_domain::{Role, Timestamp, user::EmailAddress};
use minijinja::{Value, context};

/// What a message tells, for a template. Each is there for each kind, and none where a message does not tell it.
#[derive(Clone, Copy)]
pub(super) struct Variables<'a> {
    product: &'a str,
    name: Option<&'a str>,
    link: Option<&'a str>,
    at: Timestamp,
    expires_at: Option<Timestamp>,
    device: Option<&'a str>,
    ip_address: Option<IpAddr>,
    new_email: Option<&'a str>,
    role: Option<Role>,
    company: Option<&'a str>,
}

impl<'a> Variables<'a> {
    pub(super) fn of(message: &'a Message, link: Option<&'a str>, product: &'a str) -> Self {
        let Message { name, facts, created_at, .. } = message;
        Self {
            product,
            name: name.as_deref().and_then(harmless),
            link,
            at: *created_at,
            expires_at: facts.expires_at,
            device: facts.device.as_deref().and_then(harmless),
            ip_address: facts.ip_address,
            new_email: facts.new_email.as_ref().map(EmailAddress::typed),
            role: facts.role,
            company: facts.company.as_deref().and_then(harmless),
        }
    }

    /// What the messages of a kind can be like: for each role that it may name, once with all that the kind ever tells
    /// and once with no more than it always does.
    pub(super) fn samples(kind: MessageKind) -> Vec<Self> {
        let is = |kinds: &[MessageKind]| kinds.contains(&kind);
        let full = Self {
            product: "Example",
            name: Some("Jane Doe"),
            link: kind.page().map(|_| "https://login.example.com/page?token=token"),
            at: Timestamp::UNIX_EPOCH,
            expires_at: (!is(&[MessageKind::AccountExists])).then_some(Timestamp::UNIX_EPOCH),
            device: is(&HAPPENED).then_some("Firefox on Linux"),
            ip_address: is(&HAPPENED).then_some(Ipv4Addr::LOCALHOST.into()),
            new_email: is(&[MessageKind::ConfirmEmail, MessageKind::EmailChanged]).then_some("jane@example.com"),
            role: None,
            company: is(&[MessageKind::Invitation]).then_some("Example Ltd"),
        };
        let least = Self { name: None, device: None, ip_address: None, company: None, ..full };
        if !is(&[MessageKind::Invitation]) {
            return vec![full, least];
        }
        let of_role = |role| [Self { role: Some(role), ..full }, Self { role: Some(role), ..least }];
        Role::ALL.into_iter().flat_map(of_role).collect()
    }

    /// The values, for texts in this language.
    pub(super) fn values(&self, language: &str, subject: Option<&str>) -> Value {
        context! {
            subject,
            product => self.product,
            name => self.name,
            link => self.link.map(link),
            at => moment(self.at, language),
            expires_at => self.expires_at.map(|at| moment(at, language)),
            device => self.device,
            ip_address => self.ip_address.map(|address| address.to_canonical().to_string()),
            new_email => self.new_email,
            role => self.role.map(|role| role.as_str().to_ascii_lowercase()),
            company => self.company,
        }
    }
}

/// The kinds that tell of something that was done on a device.
const HAPPENED: [MessageKind; 5] = [
    MessageKind::NewDevice,
    MessageKind::PasswordChanged,
    MessageKind::EmailChanged,
    MessageKind::RefreshTokenReused,
    MessageKind::DeletionScheduled,
];

/// A text that a stranger may have chosen, unless a mail program could make a link of it: a sign-up with another's
/// address and a link for a name would have doorward advertise it. Nor may it end a header's line.
pub(super) fn harmless(text: &str) -> Option<&str> {
    // The dots of other scripts, which a domain may be written with (UTS 46).
    const DOTS: [char; 5] = ['.', '\u{3002}', '\u{ff0e}', '\u{ff61}', '\u{2024}'];
    let is_domain = |word: &str| {
        let after_dot = word.char_indices().rfind(|(_, c)| DOTS.contains(c));
        let after_dot = after_dot
            .map(|(at, dot)| (&word[..at], &word[at + dot.len_utf8()..]))
            .filter(|(before, _)| before.ends_with(char::is_alphanumeric));
        after_dot.is_some_and(|(_, after)| after.chars().take_while(|c| c.is_alphabetic()).count() > 1)
    };
    let is_link = text.contains(['/', '\\', '@', ':']) || text.split_whitespace().any(is_domain);
    let one_line = !text.contains(char::is_control);
    (one_line && !is_link).then_some(text)
}

/// A link as it stands. The escapes of HTML would be the same link, and no person could read it.
fn link(link: &str) -> Value {
    if link.contains(['"', '\'', '<', '>', '&']) { Value::from(link) } else { Value::from_safe_string(link.to_owned()) }
}

/// A moment as people write it, in UTC. Where the language is not known, as everyone can read it.
fn moment(at: Timestamp, language: &str) -> String {
    let months = match language.split('-').next() {
        Some("en") => ENGLISH,
        Some("de") => GERMAN,
        _ => return at.format("%Y-%m-%d, %H:%M UTC").to_string(),
    };
    let month = months[at.month0() as usize];
    at.format(&format!("%-d{month}%Y, %H:%M UTC")).to_string()
}

const ENGLISH: [&str; 12] = [
    " January ",
    " February ",
    " March ",
    " April ",
    " May ",
    " June ",
    " July ",
    " August ",
    " September ",
    " October ",
    " November ",
    " December ",
];

const GERMAN: [&str; 12] = [
    ". Januar ",
    ". Februar ",
    ". März ",
    ". April ",
    ". Mai ",
    ". Juni ",
    ". Juli ",
    ". August ",
    ". September ",
    ". Oktober ",
    ". November ",
    ". Dezember ",
];

#[cfg(test)]
mod tests {
    use doorward_domain::Timestamp;

    use super::{harmless, moment};

    #[test]
    fn a_moment_is_written_as_the_language_does() {
        let at = Timestamp::from_timestamp(1_795_271_400, 0).unwrap();
        for (language, written) in [
            ("en", "21 November 2026, 14:30 UTC"),
            ("en-gb", "21 November 2026, 14:30 UTC"),
            ("de-at", "21. November 2026, 14:30 UTC"),
            ("fr", "2026-11-21, 14:30 UTC"),
        ] {
            assert_eq!(moment(at, language), written);
        }
    }

    #[test]
    fn a_name_that_could_be_a_link_is_not_shown() {
        for name in ["Jane Doe", "J.R.R. Tolkien", "Dr. Jane Doe jr.", "Jane O'Neil-Doe", "Ева Ж.", "Jane 2.0"] {
            assert_eq!(harmless(name), Some(name));
        }
        for name in [
            "evil.example",
            "evil\u{3002}example",
            "evil\u{2024}com",
            "Win! www.evil.example now",
            "http:evil",
            "x/y",
            "a@evil",
            "x.рф",
            "St.John",
            "a\nb",
        ] {
            assert_eq!(harmless(name), None, "{name:?}");
        }
    }
}
