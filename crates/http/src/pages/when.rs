//! How pages show a time.

use std::fmt;

use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};

/// A time: read by programs to the second, and by people to the minute, in UTC. With scripts, pages show it in the
/// zone and the language of the browser.
pub(super) struct When(pub(super) DateTime<Utc>);

impl HtmlSafe for When {}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (exact, shown) = (self.0.format("%Y-%m-%dT%H:%M:%SZ"), self.0.format("%Y-%m-%d %H:%M UTC"));
        write!(f, "<time datetime=\"{exact}\">{shown}</time>")
    }
}

#[cfg(test)]
mod tests {
    use askama::Template;
    use chrono::{DateTime, Utc};

    use super::When;

    #[derive(Template)]
    #[template(source = "{{ When(*at) }}", ext = "html")]
    struct Page {
        at: DateTime<Utc>,
    }

    fn shown(at: &str) -> String {
        Page { at: at.parse().unwrap() }.render().unwrap()
    }

    #[test]
    fn a_time_is_shown_to_programs_and_to_people() {
        let noon = "<time datetime=\"2026-11-21T13:24:00Z\">2026-11-21 13:24 UTC</time>";
        assert_eq!(shown("2026-11-21T13:24:00Z"), noon);
        let second = "<time datetime=\"2026-01-01T00:00:59Z\">2026-01-01 00:00 UTC</time>";
        assert_eq!(shown("2026-01-01T00:00:59.999999Z"), second);
    }

    #[test]
    fn it_is_shown_in_utc_wherever_it_was_told() {
        assert_eq!(shown("2026-11-21T23:30:00-02:00"), shown("2026-11-22T01:30:00Z"));
    }
}
