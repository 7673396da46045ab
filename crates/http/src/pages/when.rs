//! How pages show a time.

use std::{fmt, time::Duration};

use askama::filters::HtmlSafe;
use chrono::{DateTime, Utc};

use crate::theme::Texts;

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

/// How long something takes, in the largest unit of which it has two, and never more than it is.
pub(super) fn in_words(time: Duration, t: &Texts) -> String {
    let t = &t.times;
    let seconds = time.as_secs();
    let (minutes, hours, days) = (seconds / 60, seconds / 60 / 60, seconds / 60 / 60 / 24);
    match (days, hours, minutes) {
        (2.., ..) => t.days.with("n", days),
        (_, 2.., _) => t.hours.with("n", hours),
        (.., 2..) => t.minutes.with("n", minutes),
        _ => t.seconds.with("n", seconds),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use askama::Template;
    use chrono::{DateTime, Utc};

    use super::{When, in_words};
    use crate::theme::Theme;

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

    #[test]
    fn how_long_something_takes_is_said_in_the_largest_unit_of_which_it_has_two() {
        let texts = Theme::default().texts(["en"]);
        for (seconds, words) in [
            (0, "0 seconds"),
            (119, "119 seconds"),
            (330, "5 minutes"),
            (2 * 60 * 60 - 1, "119 minutes"),
            (2 * 60 * 60, "2 hours"),
            (48 * 60 * 60 - 1, "47 hours"),
            (90 * 24 * 60 * 60, "90 days"),
        ] {
            assert_eq!(in_words(Duration::from_secs(seconds), &texts), words);
        }
    }
}
