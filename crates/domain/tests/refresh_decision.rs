//! The rotation decision under arbitrary histories: any generation presented, answers lost, sessions revoked, and a
//! clock that jumps forwards and backwards.

mod a_session;

use std::time::Duration;

use a_session::{at, opened, token};
use doorward_domain::{
    RefreshKeyId, Secret, SessionId, Timestamp, TokenId,
    session::{
        EndReason, Generation, Nonce, RefreshToken, Rotation, Session, SessionEnd, SessionLifetime,
        refresh_token::{Decision, decide},
    },
};
use proptest::prelude::*;
use uuid::Uuid;

const GRACE: Duration = Duration::from_secs(10);
const LIFETIME: SessionLifetime = SessionLifetime { idle: Duration::from_mins(1), absolute: Duration::from_mins(2) };

#[derive(Clone, Debug)]
enum Event {
    /// The client presents what it holds, and gets the answer or does not.
    ClientRefreshes { answer_lost: bool },
    /// Anyone presents the token that is this far from the live one.
    Presented { distance: i64 },
    /// The clock moves by this many seconds.
    ClockMoves(i64),
    /// The session is ended from elsewhere.
    Revoked,
}

fn event() -> impl Strategy<Value = Event> {
    prop_oneof![
        6 => any::<bool>().prop_map(|answer_lost| Event::ClientRefreshes { answer_lost }),
        2 => (-4_i64..=2).prop_map(|distance| Event::Presented { distance }),
        4 => (0_i64..=12).prop_map(Event::ClockMoves),
        1 => (-90_i64..=90).prop_map(Event::ClockMoves),
        1 => Just(Event::Revoked),
    ]
}

/// A session with its history, told by what went in and out alone.
struct History {
    session: Session,
    now: Timestamp,
    /// What the client holds.
    held: Generation,
    /// When the live generation was first handed out.
    rotated_at: Timestamp,
    ended: Option<SessionEnd>,
}

impl History {
    fn begin() -> Self {
        let absolute_end = at(0) + LIFETIME.absolute;
        let session = opened(LIFETIME.idle_end(at(0), absolute_end), absolute_end);
        Self { session, now: at(0), held: 0, rotated_at: at(0), ended: None }
    }

    fn decide(&self, presented: Generation, now: Timestamp) -> Decision {
        decide(&self.session, &token(&self.session, presented), now, GRACE)
    }

    fn within_grace(&self) -> bool {
        self.now <= self.rotated_at + GRACE
    }

    /// Does what the use case does with the decision, and gives the generation that is handed out.
    fn refresh(&mut self, presented: Generation) -> Option<Generation> {
        match self.decide(presented, self.now) {
            Decision::Rotate { to } => {
                let rotation = Rotation {
                    to,
                    at: self.now,
                    idle_expires_at: LIFETIME.idle_end(self.now, self.session.absolute_expires_at),
                    access_token_id: TokenId::new(Uuid::from_u128(u128::from(to))),
                };
                self.session = self.session.clone().rotated(&rotation);
                self.rotated_at = self.now;
                Some(to)
            }
            Decision::Repeat { live } => Some(live),
            Decision::Reused | Decision::Ahead => {
                self.end(EndReason::RefreshTokenReused);
                None
            }
            Decision::Ended | Decision::Expired | Decision::Foreign => None,
        }
    }

    fn end(&mut self, reason: EndReason) {
        if self.ended.is_none() {
            self.ended = Some(SessionEnd { at: self.now, reason });
            self.session.ended = self.ended;
        }
    }

    fn happens(&mut self, event: &Event) -> Result<(), TestCaseError> {
        match *event {
            Event::ClockMoves(seconds) => self.now += chrono::TimeDelta::seconds(seconds),
            Event::Revoked => self.end(EndReason::Revoked),
            Event::ClientRefreshes { answer_lost } => {
                let answer_was_lost = self.held + 1 == self.session.refresh.generation;
                let in_time = self.within_grace() && self.session.is_live(self.now);
                let given = self.refresh(self.held);
                if answer_was_lost && in_time {
                    prop_assert_eq!(given, Some(self.held + 1), "a lost answer is given again");
                }
                if let Some(generation) = given.filter(|_| !answer_lost) {
                    self.held = generation;
                }
            }
            Event::Presented { distance } => {
                let live = self.session.refresh.generation;
                let Ok(presented) = Generation::try_from(i64::from(live) + distance) else { return Ok(()) };
                let before = self.session.clone();
                let good = distance == 0 || distance == -1 && self.within_grace();
                let given = self.refresh(presented);
                if before.is_live(self.now) {
                    prop_assert_eq!(given.is_some(), good, "the live one and its parent within grace, nothing else");
                    prop_assert_eq!(self.session.ended.is_some(), !good, "whatever else is presented ends the session");
                }
                if given.is_none() || distance == -1 {
                    let unchanged = Session { ended: before.ended, ..self.session.clone() };
                    prop_assert_eq!(
                        unchanged,
                        before,
                        "only a rotation changes more than the end, no grace is extended"
                    );
                }
            }
        }
        Ok(())
    }

    /// What holds at every moment.
    fn check(&self) -> Result<(), TestCaseError> {
        let session = &self.session;
        let live = session.refresh.generation;
        let every = || 0..=live + 3;
        let rotating = every().filter(|g| matches!(self.decide(*g, self.now), Decision::Rotate { .. }));
        prop_assert_eq!(rotating.count(), usize::from(session.is_live(self.now)), "one live generation, or none");
        prop_assert!(self.held <= live);
        prop_assert_eq!(session.ended, self.ended, "an end is final");
        prop_assert_eq!(session.absolute_expires_at, at(0) + LIFETIME.absolute, "the absolute end is never moved");
        prop_assert!(session.idle_expires_at <= session.absolute_expires_at);
        for now in [at(-1_000_000), at(0), self.now, at(1_000_000)] {
            for generation in every() {
                let decision = self.decide(generation, now);
                let given = matches!(decision, Decision::Rotate { .. } | Decision::Repeat { .. });
                prop_assert_eq!(decision == Decision::Ended, self.ended.is_some(), "no clock revives an ended session");
                prop_assert!(!given || generation == live || generation + 1 == live, "nor what was used up before");
                prop_assert!(!given || now < session.absolute_expires_at);
            }
        }
        Ok(())
    }
}

proptest! {
    #[test]
    fn the_promises_hold_after_any_history(events in prop::collection::vec(event(), 1..60)) {
        let mut history = History::begin();
        history.check()?;
        for event in &events {
            history.happens(event)?;
            history.check()?;
        }
    }

    #[test]
    fn a_session_is_last_seen_when_it_was_last_seen_whatever_the_clock_does(moves in prop::collection::vec(-50_i64..50, 1..20)) {
        let mut history = History::begin();
        let mut latest = history.now;
        for seconds in moves {
            history.now += chrono::TimeDelta::seconds(seconds);
            history.refresh(history.session.refresh.generation);
            latest = latest.max(history.rotated_at);
            prop_assert_eq!(history.session.last_seen_at, latest);
        }
    }
}

#[test]
fn a_token_of_another_session_key_or_nonce_decides_nothing_about_this_one() {
    let session = opened(at(300), at(900));
    let ours = || token(&session, 0);
    let others = [
        RefreshToken { session_id: SessionId::new(Uuid::from_u128(99)), ..ours() },
        RefreshToken { key_id: RefreshKeyId::new(Uuid::from_u128(99)), ..ours() },
        RefreshToken { nonce: Secret::new(Nonce::new([99; 16])), ..ours() },
    ];
    assert_eq!(decide(&session, &ours(), at(1), GRACE), Decision::Rotate { to: 1 });
    for other in others {
        assert_eq!(decide(&session, &other, at(1), GRACE), Decision::Foreign);
    }
}

#[test]
fn the_grace_ends_with_its_last_second() {
    let mut history = History::begin();
    history.refresh(0);
    assert_eq!(history.decide(0, at(0) + GRACE), Decision::Repeat { live: 1 });
    assert_eq!(history.decide(0, at(0) + GRACE + Duration::from_micros(1)), Decision::Reused);
}

#[test]
fn generations_that_are_exhausted_neither_wrap_nor_end_the_session() {
    let mut session = opened(at(300), at(900));
    session.refresh.generation = Generation::MAX;
    assert_eq!(decide(&session, &token(&session, Generation::MAX), at(1), GRACE), Decision::Foreign);
}
