//! Everything that can happen to a session's refresh tokens, searched exhaustively.
//!
//! The world is one session; two clients that share it, each with its own copy of the token, like two windows; a
//! thief who copies a token once; and two server processes over one store. A server reads the session, decides by
//! the real [`decide`], and writes, in three steps with anything in between: that is weaker than the user's lock
//! under which the use case does it. The write is conditional as `SessionRepository::rotate` is, and one that fails
//! makes the server read again, as `Refresh` does. Any answer may be lost, and a client may present its token again
//! before, while or after it is answered.
//!
//! Time passes in steps of one second against a grace of one. Only how long ago something happened is kept, and
//! all that is longer ago than the grace is the same, so time has no bound; the generations have ([`LAST`]).

mod a_session;

use std::{collections::HashMap, sync::LazyLock, time::Duration};

use a_session::{at, opened, token};
use doorward_domain::session::{
    EndReason, Generation, Session, SessionEnd,
    refresh_token::{Decision, decide},
};
use stateright::{Checker, Model, Property};

/// How many seconds ago something happened, up to [`LONG_AGO`].
type Age = u8;

const GRACE: Age = 1;
const LONG_AGO: Age = GRACE + 1;
/// No session is followed beyond this generation: with it there is a live one, its parent, and one that is older, which
/// is all that the decision tells apart.
const LAST: Generation = 2;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Who {
    First,
    Second,
    Thief,
}

impl Who {
    const ALL: [Self; 3] = [Self::First, Self::Second, Self::Thief];
    const CLIENTS: [Self; 2] = [Self::First, Self::Second];
}

/// The session as the store has it, or as a server has read it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Stored {
    live: Generation,
    rotated: Age,
    ended: bool,
}

/// How far a server has come with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
enum Stage {
    Received,
    HasRead(Stored),
    WillRotate { to: Generation, decided: Age },
    WillEnd,
    Refused,
    Gives { generation: Generation, again: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Request {
    from: Who,
    presented: Generation,
    /// When it came in, its token was past its grace, or the session past its end.
    too_late: bool,
    stage: Stage,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct World {
    stored: Stored,
    /// The generation that each holds: `None` when the thief has stolen nothing yet, or when refused.
    held: [Option<Generation>; 3],
    servers: [Option<Request>; 2],
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Step {
    ASecondPasses,
    TheThiefCopiesTheFirstClientsToken,
    Presents(Who, usize),
    ServerGoesOn(usize),
    AnswerArrives(usize),
    AnswerIsLost(usize),
}

/// What is assumed of the world around the servers.
#[derive(Clone, Copy)]
struct Surroundings {
    /// Someone steals a token.
    thief: bool,
    /// Whoever has not got the newest token asks for it within the grace, nobody is left waiting for longer than
    /// that, and nobody refreshes a token that is younger (access tokens live for minutes, the grace for seconds).
    prompt: bool,
}

impl Stored {
    /// The real session that this stands for, at `at(0)`.
    fn session(self) -> Session {
        let mut session = opened(at(1_000), at(1_000));
        session.refresh.generation = self.live;
        session.refresh.rotated_at = at(-i64::from(self.rotated));
        session.ended = self.ended.then_some(SessionEnd { at: at(0), reason: EndReason::RefreshTokenReused });
        session
    }

    /// What the real [`decide`] says, which is asked once for all that can be asked in this world.
    fn decide(self, presented: Generation) -> Decision {
        static ANSWERS: LazyLock<HashMap<(Stored, Generation), Decision>> = LazyLock::new(|| {
            let stored = |live| {
                (0..=LONG_AGO).flat_map(move |rotated| [false, true].map(|ended| Stored { live, rotated, ended }))
            };
            let every = (0..=LAST).flat_map(stored).flat_map(|stored| (0..=LAST + 1).map(move |token| (stored, token)));
            every
                .map(|(stored, presented)| {
                    let session = stored.session();
                    let token = token(&session, presented);
                    ((stored, presented), decide(&session, &token, at(0), Duration::from_secs(GRACE.into())))
                })
                .collect()
        });
        ANSWERS[&(self, presented)]
    }

    /// What the issue promises, said without `decide`: the live token and, within the grace, its parent are good.
    fn is_good(self, presented: Generation) -> bool {
        let parent = presented + 1 == self.live && self.rotated <= GRACE;
        !self.ended && (presented == self.live || parent)
    }
}

impl World {
    /// The generations that honest clients hold or that are on their way from or to them.
    fn honest(&self) -> impl Iterator<Item = Generation> {
        let held = Who::CLIENTS.into_iter().filter_map(|client| self.held[client as usize]);
        let requests = self.servers.iter().flatten().filter(|request| request.from != Who::Thief);
        held.chain(requests.map(|request| match request.stage {
            Stage::Gives { generation, .. } => generation,
            _ => request.presented,
        }))
    }

    /// Whether one second more leaves an honest client without the newest token for longer than the grace.
    fn time_is_up(&self) -> bool {
        let overdue = |request: &Request| matches!(request.stage, Stage::WillRotate { decided: GRACE, .. });
        let someone_is_behind = self.honest().any(|generation| generation < self.stored.live);
        someone_is_behind && self.stored.rotated == GRACE || self.servers.iter().flatten().any(overdue)
    }

    /// Whether this one has a token to present, and in a prompt world a reason to.
    fn may_present(&self, who: Who, prompt: bool) -> bool {
        let fresh = |held| held == self.stored.live && self.stored.rotated <= GRACE;
        self.held[who as usize].is_some_and(|held| !(prompt && fresh(held)))
    }

    fn answers(&self) -> impl Iterator<Item = &Request> {
        let answered = |request: &&Request| matches!(request.stage, Stage::Refused | Stage::Gives { .. });
        self.servers.iter().flatten().filter(answered)
    }

    fn let_a_second_pass(&mut self) {
        let grow = |age: &mut Age| *age = LONG_AGO.min(*age + 1);
        grow(&mut self.stored.rotated);
        for request in self.servers.iter_mut().flatten() {
            match &mut request.stage {
                Stage::HasRead(found) => grow(&mut found.rotated),
                Stage::WillRotate { decided, .. } => grow(decided),
                Stage::Received | Stage::WillEnd | Stage::Refused | Stage::Gives { .. } => {}
            }
        }
    }

    /// Takes a server's request one step further; `None` when it is answered.
    fn go_on(&mut self, server: usize) -> Option<()> {
        let request = self.servers[server].as_mut()?;
        request.stage = match request.stage {
            Stage::Received => Stage::HasRead(self.stored),
            Stage::HasRead(found) => match found.decide(request.presented) {
                Decision::Rotate { to } => Stage::WillRotate { to, decided: 0 },
                Decision::Repeat { live } => Stage::Gives { generation: live, again: true },
                Decision::Reused | Decision::Ahead => Stage::WillEnd,
                Decision::Ended | Decision::Expired | Decision::Foreign => Stage::Refused,
            },
            Stage::WillRotate { to, decided } if self.stored.live == request.presented && !self.stored.ended => {
                self.stored = Stored { live: to, rotated: decided, ended: false };
                Stage::Gives { generation: to, again: false }
            }
            Stage::WillRotate { .. } => Stage::Received,
            Stage::WillEnd => {
                self.stored.ended = true;
                Stage::Refused
            }
            Stage::Refused | Stage::Gives { .. } => return None,
        };
        Some(())
    }
}

impl Model for Surroundings {
    type State = World;
    type Action = Step;

    fn init_states(&self) -> Vec<World> {
        let stored = Stored { live: 0, rotated: LONG_AGO, ended: false };
        vec![World { stored, held: [Some(0), Some(0), None], servers: [None, None] }]
    }

    fn actions(&self, world: &World, steps: &mut Vec<Step>) {
        if !(self.prompt && world.time_is_up()) {
            steps.push(Step::ASecondPasses);
        }
        if self.thief && world.held[Who::Thief as usize].is_none() && !world.stored.ended {
            steps.push(Step::TheThiefCopiesTheFirstClientsToken);
        }
        for (server, request) in world.servers.iter().enumerate() {
            match request.map(|request| request.stage) {
                None => {
                    let may = |who: &Who| world.may_present(*who, self.prompt);
                    steps.extend(Who::ALL.into_iter().filter(may).map(|who| Step::Presents(who, server)));
                }
                Some(Stage::Refused | Stage::Gives { .. }) => {
                    steps.extend([Step::AnswerArrives(server), Step::AnswerIsLost(server)]);
                }
                Some(_) => steps.push(Step::ServerGoesOn(server)),
            }
        }
    }

    fn next_state(&self, world: &World, step: Step) -> Option<World> {
        let mut next = world.clone();
        match step {
            Step::ASecondPasses => next.let_a_second_pass(),
            Step::TheThiefCopiesTheFirstClientsToken => {
                next.held[Who::Thief as usize] = world.held[Who::First as usize];
            }
            Step::Presents(from, server) => {
                let presented = world.held[from as usize]?;
                let too_late = !world.stored.is_good(presented);
                next.servers[server] = Some(Request { from, presented, too_late, stage: Stage::Received });
            }
            Step::ServerGoesOn(server) => next.go_on(server)?,
            Step::AnswerArrives(server) => {
                let request = next.servers[server].take()?;
                next.held[request.from as usize] = match request.stage {
                    Stage::Gives { generation, .. } => Some(generation),
                    _ => None,
                };
            }
            Step::AnswerIsLost(server) => next.servers[server] = None,
        }
        (next != *world).then_some(next)
    }

    fn within_boundary(&self, world: &World) -> bool {
        world.stored.live <= LAST
    }

    fn properties(&self) -> Vec<Property<Self>> {
        let mut properties = vec![
            Property::always("at most one generation is live", |_, world: &World| {
                let rotates =
                    |generation: &Generation| matches!(world.stored.decide(*generation), Decision::Rotate { .. });
                (0..=LAST + 1).filter(rotates).count() == usize::from(!world.stored.ended)
            }),
            Property::always("nobody holds what the store has not reached", |_, world: &World| {
                world.held.iter().flatten().all(|held| *held <= world.stored.live)
            }),
            Property::always("a generation has one successor, whoever asks and however often", |_, world: &World| {
                world.answers().all(|answer| match answer.stage {
                    Stage::Gives { generation, .. } => generation == answer.presented + 1,
                    _ => true,
                })
            }),
            Property::always("what is presented too late is refused and ends the session", |_, world: &World| {
                let mut too_late = world.answers().filter(|answer| answer.too_late);
                too_late.all(|answer| answer.stage == Stage::Refused && world.stored.ended)
            }),
            Property::sometimes("a token is rotated again and again", |_, world: &World| world.stored.live == LAST),
            Property::sometimes("a lost answer is given again", |_, world: &World| {
                let nobody_has_it = world.held == [Some(0), Some(0), None] && world.servers[1].is_none();
                let again = Stage::Gives { generation: 1, again: true };
                nobody_has_it && world.servers[0].is_some_and(|request| request.stage == again)
            }),
            Property::sometimes("two servers rotate at once", |_, world: &World| {
                world
                    .servers
                    .iter()
                    .all(|server| server.is_some_and(|request| matches!(request.stage, Stage::WillRotate { .. })))
            }),
        ];
        if self.prompt && !self.thief {
            properties.push(Property::always("nobody is signed out", |_, world: &World| {
                !world.stored.ended && Who::CLIENTS.iter().all(|client| world.held[*client as usize].is_some())
            }));
        }
        if !self.prompt && !self.thief {
            properties
                .push(Property::sometimes("a client that sleeps past the grace is signed out", |_, world: &World| {
                    world.stored.ended
                }));
        }
        if self.thief {
            properties.extend([
                Property::sometimes("the theft ends the session for thief and victim", |_, world: &World| {
                    world.stored.ended && world.held[Who::First as usize].is_some() && world.held[2].is_none()
                }),
                Property::sometimes("a thief who replays inside every grace goes on", |_, world: &World| {
                    world.stored == Stored { live: LAST, rotated: GRACE, ended: false }
                        && world.held == [Some(LAST), Some(LAST), Some(LAST)]
                }),
            ]);
        }
        properties
    }
}

fn search(surroundings: Surroundings) {
    let checker = surroundings.checker().threads(2).spawn_bfs().join();
    println!("{} states, {} deep", checker.unique_state_count(), checker.max_depth());
    checker.assert_properties();
}

#[test]
fn answers_that_are_lost_and_asked_for_again_within_the_grace_sign_nobody_out() {
    search(Surroundings { thief: false, prompt: true });
}

#[test]
fn what_is_presented_after_its_grace_ends_the_session_for_thief_and_victim() {
    search(Surroundings { thief: true, prompt: false });
}

#[test]
fn a_client_that_sleeps_past_the_grace_is_signed_out() {
    search(Surroundings { thief: false, prompt: false });
}
