//! `[throttle]`: how often things may be tried.

use std::time::Duration;

use config::ValueKind;
use validator::Validate;

use crate::{
    section::Section,
    setting::{Setting, text},
};

/// How often things may be tried.
#[derive(Clone, Copy, Debug, Validate)]
pub struct Throttle {
    /// Whether attempts are limited.
    pub enabled: bool,
    /// Wrong passwords for one account.
    pub account: Rate,
    /// Wrong passwords for one account from one address.
    pub account_from_address: Rate,
    /// After how many wrong passwords in a row the password is of no use any more.
    #[validate(range(min = 1, max = 100, message = "must be from 1 to 100"))]
    pub stop_after: u32,
    /// Wrong passwords, and wishes for mails, from one address.
    pub address: Rate,
    /// Sign-ups from one address.
    pub sign_ups: Rate,
    /// Mails to one address that anybody can ask for.
    pub mails: Rate,
}

impl Throttle {
    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let throttle = Self {
            enabled: from.get("enabled"),
            account: from.get("account"),
            account_from_address: from.get("account_from_address"),
            stop_after: from.get("stop_after"),
            address: from.get("address"),
            sign_ups: from.get("sign_ups"),
            mails: from.get("mails"),
        };
        from.validate(&throttle);
        if !from.development && !throttle.enabled {
            from.warn("enabled", "lets anyone guess passwords as fast as they can");
        }
        throttle
    }
}

/// So many at once, and so many in each span of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rate {
    /// How many: 1 to 100,000.
    pub attempts: u32,
    /// In which time as many are there again: a second to a day.
    pub per: Duration,
}

impl Rate {
    const MOST: u32 = 100_000;
    const SHORTEST: Duration = Duration::from_secs(1);
    const LONGEST: Duration = Duration::from_hours(24);
}

impl Setting for Rate {
    fn expected() -> String {
        "a number and a time, such as 10/15m: 1 to 100000, in 1s to 1d".to_owned()
    }

    fn read(value: &ValueKind) -> Option<Self> {
        let (attempts, per) = text(value)?.split_once('/')?;
        let rate =
            Self { attempts: attempts.trim().parse().ok()?, per: Duration::read(&ValueKind::String(per.to_owned()))? };
        let fits = (1..=Self::MOST).contains(&rate.attempts) && (Self::SHORTEST..=Self::LONGEST).contains(&rate.per);
        fits.then_some(rate)
    }

    fn show(&self) -> String {
        format!("{}/{}", self.attempts, self.per.show())
    }
}
