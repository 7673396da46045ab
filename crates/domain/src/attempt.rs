//! How often something may be tried.
//!
//! A budget is a bucket that refills (the generic cell rate algorithm, ITU-T I.371): it allows so many attempts at once,
//! and so many in each span of time. Whoever goes on when it is empty waits longer for each next one, up to
//! sixteen times as long. Beside that, a budget may end for good after so many failures in a row (NIST SP 800-63B-4 §3.2.2),
//! however slowly they came.

use std::time::Duration;

use crate::Timestamp;

/// How often something may be tried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Budget {
    /// How many times at once: at least one.
    pub attempts: u32,
    /// In which time as many are there again: at least a microsecond for each.
    pub per: Duration,
    /// After how many failures in a row nothing more is allowed, if there is such an end.
    pub stop_after: Option<u32>,
}

/// What has been taken out of a budget.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tally {
    /// When all of it is there again, if nothing more is taken.
    pub full_at: Timestamp,
    /// How many were taken since it was full.
    pub streak: u32,
    /// How many were taken since it was last begun anew.
    pub failures: u32,
}

impl Tally {
    /// Nothing was taken.
    pub const NONE: Self = Self { full_at: Timestamp::UNIX_EPOCH, streak: 0, failures: 0 };
}

/// Why nothing is allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exhausted {
    /// The next attempt is allowed at this moment.
    Until(Timestamp),
    /// No attempt is allowed any more.
    Stopped,
}

impl Budget {
    /// How often the wait for the next attempt doubles, at the most.
    const DOUBLINGS: u32 = 4;

    /// For how long failures in a row are remembered after the budget is full again.
    const FAILURES_REMEMBERED: Duration = Duration::from_hours(30 * 24);

    /// Takes an attempt: what is left of the budget, or why there is none.
    pub fn take(&self, tally: Option<Tally>, now: Timestamp) -> Result<Tally, Exhausted> {
        let Tally { full_at, streak, failures } = self.at(tally, now);
        if self.stop_after.is_some_and(|most| failures >= most) {
            return Err(Exhausted::Stopped);
        }
        let allowed_at = full_at + self.interval(0) - self.per;
        if allowed_at > now {
            return Err(Exhausted::Until(allowed_at));
        }
        Ok(Tally { full_at: full_at + self.interval(streak), streak: streak + 1, failures: failures + 1 })
    }

    /// Puts an attempt back that was not one.
    #[must_use]
    pub fn give_back(&self, tally: Tally) -> Tally {
        let Tally { full_at, streak, failures } = tally;
        let streak = streak.saturating_sub(1);
        Tally { full_at: full_at - self.interval(streak), streak, failures: failures.saturating_sub(1) }
    }

    /// Until when a tally makes a difference.
    #[must_use]
    pub fn matters_until(&self, tally: Tally) -> Timestamp {
        if self.stop_after.is_some() { tally.full_at + Self::FAILURES_REMEMBERED } else { tally.full_at }
    }

    /// What counts now of what was taken. A moment further off than so many attempts could have put it was written by a
    /// clock that was ahead of this one, or before this one was put back: nobody waits longer for it than if all of them
    /// had just been made.
    fn at(&self, tally: Option<Tally>, now: Timestamp) -> Tally {
        let tally = tally.unwrap_or(Tally::NONE);
        if tally.full_at <= now {
            return Tally { full_at: now, streak: 0, failures: tally.failures };
        }
        Tally { full_at: tally.full_at.min(now + self.cost(tally.streak)), ..tally }
    }

    /// By how much so many attempts, out of a budget that was full, put off the moment at which it is full again.
    fn cost(&self, mut streak: u32) -> Duration {
        let mut cost = Duration::ZERO;
        for doublings in 0..=Self::DOUBLINGS {
            let these = if doublings == Self::DOUBLINGS { streak } else { streak.min(self.attempts.max(1)) };
            cost = cost.saturating_add(self.interval(doublings * self.attempts.max(1)).saturating_mul(these));
            streak -= these;
        }
        cost
    }

    /// By how much an attempt puts off the moment at which the budget is full.
    fn interval(&self, streak: u32) -> Duration {
        let doublings = (streak / self.attempts.max(1)).min(Self::DOUBLINGS);
        let micros = (self.per.as_micros() / u128::from(self.attempts.max(1))) << doublings;
        Duration::from_micros(u64::try_from(micros).unwrap_or(u64::MAX))
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::{Budget, Exhausted, Tally};
    use crate::Timestamp;

    const SIGN_IN: Budget = Budget { attempts: 10, per: Duration::from_mins(15), stop_after: Some(100) };

    fn noon() -> Timestamp {
        "2026-01-01T12:00:00Z".parse().unwrap()
    }

    /// Takes as soon as it may, so many times. Says when each was allowed, after noon.
    fn eagerly(budget: Budget, count: usize) -> Vec<Duration> {
        let (mut now, mut tally) = (noon(), None);
        let mut attempt = || loop {
            match budget.take(tally, now) {
                Ok(taken) => {
                    tally = Some(taken);
                    return (now - noon()).to_std().unwrap();
                }
                Err(Exhausted::Until(at)) => now = at,
                Err(Exhausted::Stopped) => panic!("stopped"),
            }
        };
        (0..count).map(|_| attempt()).collect()
    }

    #[test]
    fn as_many_as_it_has_are_allowed_at_once_and_then_each_waits_longer() {
        let allowed = eagerly(SIGN_IN, 60);
        assert!(allowed[..10].iter().all(Duration::is_zero));
        let waits: Vec<u64> = allowed.windows(2).map(|two| two[1].as_secs() - two[0].as_secs()).collect();
        let every_tenth: Vec<_> = waits.iter().skip(9).step_by(10).collect();
        assert_eq!(every_tenth, [&90, &180, &360, &720, &1_440]);
        assert!(waits.is_sorted());
    }

    #[test]
    fn it_is_full_again_after_its_time_and_the_waits_begin_anew() {
        let mut tally = None;
        for now in [noon(), noon() + SIGN_IN.per] {
            for streak in 1..=10 {
                tally = SIGN_IN.take(tally, now).ok();
                assert_eq!(tally.map(|tally| tally.streak), Some(streak));
            }
            assert_eq!(tally.map(|tally| tally.full_at), Some(now + SIGN_IN.per));
        }
    }

    #[test]
    fn after_so_many_failures_in_a_row_nothing_is_allowed_however_slowly_they_came() {
        let mut tally = None;
        let mut now = noon();
        for _ in 0..100 {
            tally = Some(SIGN_IN.take(tally, now).unwrap());
            now += Duration::from_hours(24);
        }
        assert_eq!(SIGN_IN.take(tally, now), Err(Exhausted::Stopped));
        let endless = Budget { stop_after: None, ..SIGN_IN };
        assert!(endless.take(tally, now).is_ok());
    }

    #[test]
    fn failures_in_a_row_are_remembered_for_a_month_and_all_else_until_it_is_full() {
        let taken = SIGN_IN.take(None, noon()).unwrap();
        assert_eq!(SIGN_IN.matters_until(taken), taken.full_at + Duration::from_hours(30 * 24));
        let endless = Budget { stop_after: None, ..SIGN_IN };
        assert_eq!(endless.matters_until(taken), taken.full_at);
    }

    #[test]
    fn nobody_waits_longer_for_what_a_wrong_clock_wrote_than_for_as_many_attempts_made_now() {
        let mut tally = None;
        for streak in 0..60 {
            let wrong = tally.map(|tally| Tally { full_at: noon() + Duration::from_hours(10_000), ..tally });
            assert_eq!(SIGN_IN.take(wrong, noon()).is_ok(), streak < 10, "{streak}");
            // As if each were allowed at once.
            let Tally { full_at, streak, failures } = tally.unwrap_or(Tally { full_at: noon(), ..Tally::NONE });
            let all_now =
                Tally { full_at: full_at + SIGN_IN.interval(streak), streak: streak + 1, failures: failures + 1 };
            assert_eq!(SIGN_IN.at(Some(all_now), noon()), all_now);
            tally = Some(all_now);
        }
    }

    proptest! {
        #[test]
        fn what_is_put_back_was_never_taken(before in 0..40_u32, seconds in 0..2_000_u64) {
            let budget = Budget { stop_after: None, ..SIGN_IN };
            let mut now = noon();
            let mut tally = None;
            for _ in 0..before {
                if let Ok(taken) = budget.take(tally, now) {
                    tally = Some(taken);
                }
                now += Duration::from_secs(seconds);
            }
            if let Ok(taken) = budget.take(tally, now) {
                let back = budget.give_back(taken);
                prop_assert_eq!(budget.take(Some(back), now), Ok(taken));
            }
        }

        #[test]
        fn in_any_span_no_more_are_allowed_than_it_has_and_than_come_back_in_it(
            waits in prop::collection::vec(0..600_u64, 1..80),
        ) {
            let budget = Budget { stop_after: None, ..SIGN_IN };
            let (mut now, mut tally) = (noon(), None);
            let mut allowed = Vec::new();
            for wait in waits {
                now += Duration::from_secs(wait);
                if let Ok(taken) = budget.take(tally, now) {
                    tally = Some(taken);
                    allowed.push(now);
                }
            }
            for (at, first) in allowed.iter().enumerate() {
                for (count, last) in (1..).zip(&allowed[at..]) {
                    let back = (*last - *first).num_seconds() / 90;
                    prop_assert!(count <= 10 + back, "{count} within {:?}", *last - *first);
                }
            }
        }
    }
}
