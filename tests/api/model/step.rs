//! What can happen, and how often each of it is tried.

use proptest::{
    prelude::{BoxedStrategy, Just, Strategy as _},
    prop_oneof,
    sample::select,
    strategy::Union,
};
use proptest_state_machine::ReferenceStateMachine;

use super::world::{ABSOLUTE, ACCESS, DAY, GRACE, IDLE, World};

/// How many addresses and passwords there are.
pub(super) const ADDRESSES: usize = 4;
pub(super) const PASSWORDS: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Candidate,
    Employer,
    Admin,
}

impl Role {
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Candidate => "CANDIDATE",
            Self::Employer => "EMPLOYER",
            Self::Admin => "ADMIN",
        }
    }
}

/// Which of a session's latest tokens is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum With {
    Access,
    Refresh,
}

/// What an administrator does to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Act {
    SetRole(Role),
    Deactivate,
    Activate,
    EndSessions,
    Delete,
}

/// Users, sessions and links are named by their number, in the order in which they came to be, and beyond the last one
/// the first comes again: so a trace that fails can lose steps and still mean something. `back` counts tokens back from
/// the latest, and ends at the first.
#[derive(Clone, Debug)]
pub(super) enum Step {
    SignUp { address: usize, password: usize },
    SignIn { address: usize, password: usize },
    Refresh { session: usize, back: usize },
    Ask { session: usize, back: usize },
    ListUsers { session: usize },
    LogOut { session: usize, with: With },
    LogOutAll { session: usize },
    ChangePassword { session: usize, current: usize, new: usize },
    ChangeEmail { session: usize, password: usize, to: usize },
    ConfirmEmail { link: usize },
    DeleteOwn { session: usize, password: usize },
    Administer { user: usize, act: Act },
    Wait { secs: u64 },
    Restart,
}

type Steps = BoxedStrategy<Step>;

/// Traces of the model.
pub(super) struct Traces;

impl Step {
    /// The step as it is meant where so many have come to be.
    pub(super) fn in_world(mut self, world: &World) -> Self {
        match &mut self {
            Self::Refresh { session, back } => {
                *session %= world.sessions.len();
                *back = (*back).min(world.sessions[*session].generation);
            }
            Self::Ask { session, back } => {
                *session %= world.sessions.len();
                *back = (*back).min(world.sessions[*session].access.len() - 1);
            }
            Self::ListUsers { session }
            | Self::LogOut { session, .. }
            | Self::LogOutAll { session }
            | Self::ChangePassword { session, .. }
            | Self::ChangeEmail { session, .. }
            | Self::DeleteOwn { session, .. } => *session %= world.sessions.len(),
            Self::ConfirmEmail { link } => *link %= world.links.len(),
            Self::Administer { user, .. } => *user %= world.users.len(),
            Self::SignUp { .. } | Self::SignIn { .. } | Self::Wait { .. } | Self::Restart => {}
        }
        self
    }
}

impl ReferenceStateMachine for Traces {
    type State = World;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<World> {
        Just(World::default()).boxed()
    }

    fn transitions(world: &World) -> Steps {
        let mut steps = vec![(6, sign_up(world)), (1, wait()), (1, Just(Step::Restart).boxed())];
        if !world.users.is_empty() {
            steps.extend([(9, sign_in(world)), (6, administer(world)), (4, wait())]);
        }
        if !world.sessions.is_empty() {
            steps.extend([(16, refresh(world)), (10, ask(world)), (13, by_a_session(world))]);
        }
        if !world.links.is_empty() {
            // The latest is the one that may be good.
            let link = prop_oneof![3 => Just(world.links.len() - 1), 1 => 0..world.links.len()];
            steps.push((4, link.prop_map(|link| Step::ConfirmEmail { link }).boxed()));
        }
        Union::new_weighted(steps).boxed()
    }

    fn preconditions(world: &World, step: &Step) -> bool {
        match step {
            Step::Refresh { .. }
            | Step::Ask { .. }
            | Step::ListUsers { .. }
            | Step::LogOut { .. }
            | Step::LogOutAll { .. }
            | Step::ChangePassword { .. }
            | Step::ChangeEmail { .. }
            | Step::DeleteOwn { .. } => !world.sessions.is_empty(),
            Step::ConfirmEmail { .. } => !world.links.is_empty(),
            Step::Administer { .. } => !world.users.is_empty(),
            Step::SignUp { .. } | Step::SignIn { .. } | Step::Wait { .. } | Step::Restart => true,
        }
    }

    fn apply(mut world: World, step: &Step) -> World {
        world.take(step);
        world
    }
}

fn wait() -> Steps {
    let seconds = select(vec![1, GRACE - 1, GRACE, GRACE + 1]);
    let minutes = select(vec![ACCESS / 2, ACCESS - 1, ACCESS]);
    let days = select(vec![DAY - 1, DAY, IDLE - 1, IDLE, ABSOLUTE - IDLE]);
    prop_oneof![8 => seconds, 3 => minutes, 1 => days].prop_map(|secs| Step::Wait { secs }).boxed()
}

fn sign_up(world: &World) -> Steps {
    let free: Vec<_> =
        (0..ADDRESSES).filter(|address| world.users.iter().all(|user| user.address != *address)).collect();
    let address = if free.is_empty() { (0..ADDRESSES).boxed() } else { select(free).boxed() };
    (address, 0..PASSWORDS).prop_map(|(address, password)| Step::SignUp { address, password }).boxed()
}

/// Mostly with the right password.
fn sign_in(world: &World) -> Steps {
    let right: Vec<_> = world.users.iter().map(|user| (user.address, user.password)).collect();
    prop_oneof![4 => select(right), 1 => (0..ADDRESSES, 0..PASSWORDS)]
        .prop_map(|(address, password)| Step::SignIn { address, password })
        .boxed()
}

/// One of the sessions that live, mostly.
fn session(world: &World) -> BoxedStrategy<usize> {
    let any = (0..world.sessions.len()).boxed();
    let live = world.live();
    if live.is_empty() { any } else { prop_oneof![4 => select(live), 1 => any].boxed() }
}

fn refresh(world: &World) -> Steps {
    let back = prop_oneof![6 => Just(0_usize), 4 => Just(1), 1 => Just(2)];
    (session(world), back).prop_map(|(session, back)| Step::Refresh { session, back }).boxed()
}

fn ask(world: &World) -> Steps {
    let back = prop_oneof![3 => Just(0_usize), 1 => Just(1)];
    (session(world), back).prop_map(|(session, back)| Step::Ask { session, back }).boxed()
}

/// What somebody does who is signed in, or was.
fn by_a_session(world: &World) -> Steps {
    let right: Vec<_> = world.sessions.iter().map(|session| world.users[session.user].password).collect();
    let typed = (session(world), 0..4_usize, 0..PASSWORDS)
        .prop_map(move |(session, luck, wrong)| (session, if luck == 0 { wrong } else { right[session] }))
        .boxed();
    prop_oneof![
        2 => session(world).prop_map(|session| Step::ListUsers { session }),
        2 => (session(world), select(vec![With::Access, With::Refresh]))
            .prop_map(|(session, with)| Step::LogOut { session, with }),
        1 => session(world).prop_map(|session| Step::LogOutAll { session }),
        3 => (typed.clone(), 0..PASSWORDS)
            .prop_map(|((session, current), new)| Step::ChangePassword { session, current, new }),
        4 => (typed.clone(), 0..ADDRESSES)
            .prop_map(|((session, password), to)| Step::ChangeEmail { session, password, to }),
        1 => typed.prop_map(|(session, password)| Step::DeleteOwn { session, password }),
    ]
    .boxed()
}

fn administer(world: &World) -> Steps {
    let role = select(vec![Role::Candidate, Role::Employer, Role::Admin]);
    let act = prop_oneof![
        5 => role.prop_map(Act::SetRole),
        2 => Just(Act::Deactivate),
        3 => Just(Act::Activate),
        1 => Just(Act::EndSessions),
        1 => Just(Act::Delete),
    ];
    (0..world.users.len(), act).prop_map(|(user, act)| Step::Administer { user, act }).boxed()
}
