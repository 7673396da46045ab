//! What the server promises, as a model that is small enough to be believed: no database, no token, whole seconds.

use super::step::{Act, Role, Step, With};

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
pub(super) const DAY: u64 = 24 * HOUR;

/// `tokens.access_ttl`, `tokens.refresh_reuse_grace`, `tokens.refresh_idle_ttl` and `tokens.refresh_absolute_ttl`.
pub(super) const ACCESS: u64 = 10 * MINUTE;
pub(super) const GRACE: u64 = 10;
pub(super) const IDLE: u64 = 7 * DAY;
pub(super) const ABSOLUTE: u64 = 30 * DAY;
/// How long the link to confirm an address is good for.
const LINK: u64 = DAY;
/// `sessions.max_per_user`.
pub(super) const MAX_SESSIONS: usize = 3;

/// Everyone who ever signed up, every session that was ever opened, and what the last step must be answered with.
#[derive(Clone, Debug, Default)]
pub(super) struct World {
    now: u64,
    pub(super) users: Vec<User>,
    pub(super) sessions: Vec<Session>,
    pub(super) links: Vec<Link>,
    /// The step that was taken last.
    pub(super) taken: Option<Step>,
    pub(super) expected: Expected,
}

#[derive(Clone, Debug)]
pub(super) struct User {
    pub(super) address: usize,
    pub(super) password: usize,
    pub(super) role: Role,
    active: bool,
    epoch: u32,
    deleted: bool,
}

#[derive(Clone, Debug)]
pub(super) struct Session {
    pub(super) user: usize,
    /// The live refresh token.
    pub(super) generation: usize,
    rotated_at: u64,
    idle_end: u64,
    absolute_end: u64,
    ended: bool,
    /// Every access token, in the order in which they were handed out.
    pub(super) access: Vec<Access>,
}

#[derive(Clone, Copy, Debug)]
pub(super) struct Access {
    epoch: u32,
    expires: u64,
}

/// The link of a mail that confirms an address.
#[derive(Clone, Debug)]
pub(super) struct Link {
    user: usize,
    to: usize,
    expires: u64,
    over: bool,
}

/// What a step must be answered with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Expected {
    pub(super) status: u16,
    /// The problem's code; empty for a success.
    pub(super) code: &'static str,
    pub(super) gives: Gives,
}

/// What a success brings with it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Gives {
    #[default]
    Nothing,
    /// The tokens of a session that is new, or of this one at this generation.
    Tokens { session: usize, generation: usize },
    /// Who it is.
    Person { address: usize, role: Role },
    /// How many sessions ended.
    Ended(u64),
    /// A mail with this link to this address.
    Link { to: usize },
}

type Answer = Result<(u16, Gives), (u16, &'static str)>;

const DONE: Answer = Ok((200, Gives::Nothing));
const WRONG: (u16, &str) = (401, "invalid_credentials");
const OVER: (u16, &str) = (401, "invalid_refresh_token");

impl World {
    /// Takes a step, and knows what it must be answered with.
    pub(super) fn take(&mut self, step: &Step) {
        let step = step.clone().in_world(self);
        let answer = match step {
            Step::SignUp { address, password } => self.sign_up(address, password),
            Step::SignIn { address, password } => self.sign_in(address, password),
            Step::Refresh { session, back } => self.refresh(session, back),
            Step::Ask { session, back } => self.let_in(session, back).map(|user| (200, self.person(user))),
            Step::ListUsers { session } => self.let_in(session, 0).and_then(|user| match self.users[user].role {
                Role::Admin => DONE,
                Role::Candidate | Role::Employer => Err((403, "forbidden")),
            }),
            Step::LogOut { session, with } => self.log_out(session, with),
            Step::LogOutAll { session } => self.let_in(session, 0).map(|user| {
                self.forget_links(user);
                (200, Gives::Ended(self.end_all(user, None)))
            }),
            Step::ChangePassword { session, current, new } => self.change_password(session, current, new),
            Step::ChangeEmail { session, password, to } => self.change_email(session, password, to),
            Step::ConfirmEmail { link } => self.confirm_email(link),
            Step::DeleteOwn { session, password } => self.believe(session, password).map(|user| {
                self.delete(user);
                (200, Gives::Nothing)
            }),
            Step::Administer { user, act } => self.administer(user, act),
            Step::Wait { secs } => {
                self.now += secs;
                DONE
            }
            Step::Restart => {
                self.now += 1;
                DONE
            }
        };
        self.taken = Some(step);
        self.expected = match answer {
            Ok((status, gives)) => Expected { status, code: "", gives },
            Err((status, code)) => Expected { status, code, gives: Gives::Nothing },
        };
    }

    fn owner(&self, address: usize) -> Option<usize> {
        self.users.iter().position(|user| user.address == address && !user.deleted)
    }

    fn person(&self, user: usize) -> Gives {
        Gives::Person { address: self.users[user].address, role: self.users[user].role }
    }

    fn is_live(&self, session: &Session) -> bool {
        !session.ended && self.now < session.idle_end && self.now < session.absolute_end
    }

    /// The sessions that live.
    pub(super) fn live(&self) -> Vec<usize> {
        (0..self.sessions.len()).filter(|&n| self.is_live(&self.sessions[n])).collect()
    }

    /// The sessions of a user that live, oldest first.
    fn live_sessions(&self, user: usize) -> Vec<usize> {
        self.live().into_iter().filter(|&n| self.sessions[n].user == user).collect()
    }

    fn end_all(&mut self, user: usize, but: Option<usize>) -> u64 {
        let mut ended = 0;
        for session in self.live_sessions(user).into_iter().filter(|session| Some(*session) != but) {
            self.sessions[session].ended = true;
            ended += 1;
        }
        ended
    }

    fn forget_links(&mut self, user: usize) {
        self.links.iter_mut().filter(|link| link.user == user).for_each(|link| link.over = true);
    }

    fn access(&self, user: usize, from: u64, absolute_end: u64) -> Access {
        Access { epoch: self.users[user].epoch, expires: (from + ACCESS).min(absolute_end) }
    }

    fn open(&mut self, user: usize) -> Gives {
        let live = self.live_sessions(user);
        for &oldest in live.iter().take((live.len() + 1).saturating_sub(MAX_SESSIONS)) {
            self.sessions[oldest].ended = true;
        }
        let (now, absolute_end) = (self.now, self.now + ABSOLUTE);
        let access = vec![self.access(user, now, absolute_end)];
        let idle_end = now + IDLE;
        let session = Session { user, generation: 0, rotated_at: now, idle_end, absolute_end, ended: false, access };
        self.sessions.push(session);
        Gives::Tokens { session: self.sessions.len() - 1, generation: 0 }
    }

    fn sign_up(&mut self, address: usize, password: usize) -> Answer {
        if self.owner(address).is_some() {
            return Err((400, "user_already_exists"));
        }
        let role = Role::Candidate;
        self.users.push(User { address, password, role, active: true, epoch: 0, deleted: false });
        Ok((201, self.open(self.users.len() - 1)))
    }

    fn sign_in(&mut self, address: usize, password: usize) -> Answer {
        match self.owner(address).filter(|user| self.users[*user].password == password) {
            None => Err(WRONG),
            Some(user) if !self.users[user].active => Err((403, "account_deactivated")),
            Some(user) => Ok((200, self.open(user))),
        }
    }

    /// `back`: which refresh token is brought, counted back from the live one.
    fn refresh(&mut self, number: usize, back: usize) -> Answer {
        let now = self.now;
        let session = &self.sessions[number];
        let user = session.user;
        if self.users[user].deleted || !self.is_live(session) {
            return Err(OVER);
        }
        let since = now - session.rotated_at;
        let from = match back {
            0 => now,
            1 if since <= GRACE => session.rotated_at,
            _ => {
                self.sessions[number].ended = true;
                return Err((401, "refresh_token_reused"));
            }
        };
        let access = self.access(user, from, session.absolute_end);
        let session = &mut self.sessions[number];
        if back == 0 {
            session.generation += 1;
            session.rotated_at = now;
            session.idle_end = (now + IDLE).min(session.absolute_end);
        }
        session.access.push(access);
        Ok((200, Gives::Tokens { session: number, generation: session.generation }))
    }

    /// Whom an access token lets in; `back`: which, counted back from the latest.
    fn let_in(&self, session: usize, back: usize) -> Result<usize, (u16, &'static str)> {
        let session = &self.sessions[session];
        let access = session.access[session.access.len() - 1 - back];
        let user = &self.users[session.user];
        if self.now >= access.expires {
            Err((401, "access_token_expired"))
        } else if user.deleted || !self.is_live(session) {
            Err((401, "session_ended"))
        } else if access.epoch != user.epoch {
            Err((401, "stale_claims"))
        } else {
            Ok(session.user)
        }
    }

    /// Whoever is let in, and types this password once more.
    fn believe(&self, session: usize, password: usize) -> Result<usize, (u16, &'static str)> {
        let user = self.let_in(session, 0)?;
        if self.users[user].password == password { Ok(user) } else { Err(WRONG) }
    }

    fn log_out(&mut self, session: usize, with: With) -> Answer {
        let latest = self.sessions[session].access.last();
        if with == With::Access && latest.is_none_or(|access| self.now >= access.expires) {
            return Err((401, "invalid_access_token"));
        }
        self.sessions[session].ended = true;
        DONE
    }

    fn change_password(&mut self, session: usize, current: usize, new: usize) -> Answer {
        let user = self.believe(session, current)?;
        self.users[user].password = new;
        self.end_all(user, Some(session));
        self.forget_links(user);
        DONE
    }

    fn change_email(&mut self, session: usize, password: usize, to: usize) -> Answer {
        let user = self.believe(session, password)?;
        self.forget_links(user);
        if self.owner(to).is_some_and(|owner| owner != user) {
            return Ok((202, Gives::Nothing));
        }
        self.links.push(Link { user, to, expires: self.now + LINK, over: false });
        Ok((202, Gives::Link { to }))
    }

    fn confirm_email(&mut self, link: usize) -> Answer {
        let Link { user, to, expires, over } = self.links[link];
        if over || self.now >= expires || self.users[user].deleted {
            return Err((400, "invalid_token"));
        }
        if self.owner(to).is_some_and(|owner| owner != user) {
            return Err((400, "user_already_exists"));
        }
        self.users[user].address = to;
        self.forget_links(user);
        DONE
    }

    fn delete(&mut self, user: usize) {
        self.users[user].deleted = true;
        self.end_all(user, None);
    }

    fn administer(&mut self, number: usize, act: Act) -> Answer {
        let user = &mut self.users[number];
        if user.deleted {
            return Err((404, "not_found"));
        }
        match act {
            Act::SetRole(role) => {
                user.epoch += u32::from(user.role != role);
                user.role = role;
            }
            Act::Activate => {
                user.epoch += u32::from(!user.active);
                user.active = true;
            }
            Act::Deactivate if user.active => {
                user.epoch += 1;
                user.active = false;
                self.end_all(number, None);
                self.forget_links(number);
            }
            Act::Deactivate => {}
            Act::EndSessions => {
                let ended = self.end_all(number, None);
                self.forget_links(number);
                return Ok((200, Gives::Ended(ended)));
            }
            Act::Delete => self.delete(number),
        }
        DONE
    }
}
