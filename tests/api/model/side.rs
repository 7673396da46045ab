//! The server on one of the databases, and all that clients have got from it.

use serde_json::{Value, json};

use super::{
    step::{Act, Role, Step, With},
    world::{Expected, Gives, World},
};
use crate::{
    answer::Answer,
    app::{Database, SignedIn, TestApp},
    jwt::tokens,
    request::Request,
};

/// Sessions have a bound that a trace can reach; an account that is deleted is gone; the issuer stays when the port
/// does not; and wrong passwords are to be told from right ones, however many there were.
const SETTINGS: [(&str, &str); 4] = [
    ("SESSIONS__MAX_PER_USER", "3"),
    ("ACCOUNT__DELETION_GRACE", "0s"),
    ("TOKENS__ISSUER", "doorward"),
    ("THROTTLE__ENABLED", "false"),
];

const ROOT: &str = "root@example.com";

pub(super) struct Side {
    on: Database,
    app: TestApp,
    held: Vec<Held>,
    /// The id of each user, and the token of each link.
    users: Vec<String>,
    links: Vec<String>,
}

/// The tokens of a session.
#[derive(Default)]
struct Held {
    access: Vec<String>,
    /// By generation.
    refresh: Vec<String>,
}

/// How the server and the model differ.
pub(super) type Difference = String;

impl Side {
    pub(super) async fn start(on: Database) -> Self {
        let app = TestApp::start_with(on, &SETTINGS).await;
        app.admin(ROOT).await;
        Self { on, app, held: Vec::new(), users: Vec::new(), links: Vec::new() }
    }

    /// Takes a step. `world` is the model after it.
    pub(super) async fn take(mut self, step: &Step, world: &World) -> (Self, Result<(), Difference>) {
        match *step {
            Step::Wait { secs } => self.app.advance_secs(secs),
            Step::Restart => {
                self.app.advance_secs(1);
                self.app = self.app.restart_with(&SETTINGS).await;
            }
            _ => {
                let answer = self.ask(step).await.send().await;
                let result = self.compare(step, answer, world).await;
                return (self, result);
            }
        }
        // As it does all the time: what it remembers of people is good only if it knows what has ended.
        self.app.follow().await;
        (self, Ok(()))
    }

    async fn ask(&self, step: &Step) -> Request {
        let post = |path: &str, body: &Value| self.app.request("POST", path).json(body);
        match *step {
            Step::SignUp { address, password } => {
                let names = json!({ "firstName": "Jane", "lastName": "Doe" });
                post("/auth/register", &with(names, &credentials(address, password)))
            }
            Step::SignIn { address, password } => post("/auth/login", &credentials(address, password)),
            Step::Refresh { session, back } => post("/auth/refresh", &self.refresh_token(session, back)),
            Step::Ask { session, back } => self.by("GET", "/auth/me", session, back),
            Step::ListUsers { session } => self.by("GET", "/auth/admin/users?limit=1", session, 0),
            Step::LogOut { session, with: With::Access } => self.by("POST", "/auth/logout", session, 0),
            Step::LogOut { session, with: With::Refresh } => post("/auth/logout", &self.refresh_token(session, 0)),
            Step::LogOutAll { session } => self.by("POST", "/auth/logout-all", session, 0),
            Step::ChangePassword { session, current, new } => {
                let body = json!({ "currentPassword": password_of(current), "newPassword": password_of(new) });
                self.by("POST", "/auth/change-password", session, 0).json(&body)
            }
            Step::ChangeEmail { session, password, to } => {
                let body = json!({ "newEmail": address_of(to), "password": password_of(password) });
                self.by("POST", "/auth/change-email", session, 0).json(&body)
            }
            Step::ConfirmEmail { link } => post("/auth/confirm-email", &json!({ "token": self.links[link] })),
            Step::DeleteOwn { session, password } => {
                self.by("DELETE", "/auth/me", session, 0).json(&json!({ "password": password_of(password) }))
            }
            Step::Administer { user, act } => self.administer(user, act).await,
            Step::Wait { .. } | Step::Restart => unreachable!("nobody is asked"),
        }
    }

    async fn administer(&self, user: usize, act: Act) -> Request {
        let SignedIn { access, .. } = self.app.signed_in(ROOT).await;
        let path = format!("/auth/admin/users/{}", self.users[user]);
        let request = |method, more| self.app.request(method, &format!("{path}{more}")).bearer(&access);
        match act {
            Act::SetRole(Role::Employer) => {
                request("PATCH", "").json(&json!({ "role": "EMPLOYER", "company": "Tech Corp" }))
            }
            Act::SetRole(role) => request("PATCH", "").json(&json!({ "role": role.as_str() })),
            Act::Deactivate => request("POST", "/deactivate"),
            Act::Activate => request("POST", "/activate"),
            Act::EndSessions => request("DELETE", "/sessions"),
            Act::Delete => request("DELETE", ""),
        }
    }

    /// With the access token of a session, counted back from the latest.
    fn by(&self, method: &str, path: &str, session: usize, back: usize) -> Request {
        let access = &self.held[session].access;
        self.app.request(method, path).bearer(&access[access.len() - 1 - back])
    }

    fn refresh_token(&self, session: usize, back: usize) -> Value {
        let refresh = &self.held[session].refresh;
        json!({ "refreshToken": refresh[refresh.len() - 1 - back] })
    }

    async fn compare(&mut self, step: &Step, answer: Answer, world: &World) -> Result<(), Difference> {
        let Expected { status, code, gives } = &world.expected;
        let got = (answer.status.as_u16(), answer.body["code"].as_str().unwrap_or_default());
        if got != (*status, *code) {
            return Err(self.difference(step, &world.expected, &answer));
        }
        let is_so = match gives {
            Gives::Nothing => true,
            Gives::Tokens { session, generation } => self.keep(*session, *generation, &answer.body, world),
            Gives::Person { address, role } => {
                let user = &answer.body["user"];
                user["email"] == address_of(*address) && user["role"] == role.as_str()
            }
            Gives::Ended(sessions) => answer.body["sessionsRevoked"] == *sessions,
            Gives::Link { to } => {
                self.links.push(self.app.mail_to(&address_of(*to)).await.token().to_owned());
                true
            }
        };
        if is_so { Ok(()) } else { Err(self.difference(step, &world.expected, &answer)) }
    }

    /// Keeps the tokens of an answer. Whether the refresh token is another one for each generation, and the same one for
    /// the same.
    fn keep(&mut self, session: usize, generation: usize, body: &Value, world: &World) -> bool {
        if session == self.held.len() {
            self.held.push(Held::default());
            if world.sessions[session].user == self.users.len() {
                self.users.push(body["user"]["id"].as_str().unwrap_or_default().to_owned());
            }
        }
        let (access, refresh) = tokens(body);
        let held = &mut self.held[session];
        held.access.push(access);
        let known = held.refresh.iter().position(|known| *known == refresh);
        if known.is_none() {
            held.refresh.push(refresh);
        }
        known.unwrap_or(held.refresh.len() - 1) == generation
    }

    fn difference(&self, step: &Step, expected: &Expected, answer: &Answer) -> Difference {
        format!("on {:?}, {step:?}: expected {expected:?}, got {} {}", self.on, answer.status.as_u16(), answer.text)
    }

    pub(super) async fn stop(self) {
        self.app.stop().await;
    }
}

fn address_of(address: usize) -> String {
    format!("person{address}@example.com")
}

fn password_of(password: usize) -> &'static str {
    ["a quiet harbour at dawn", "a louder harbour at noon", "no harbour left at night"][password]
}

fn credentials(address: usize, password: usize) -> Value {
    json!({ "email": address_of(address), "password": password_of(password) })
}

fn with(mut one: Value, other: &Value) -> Value {
    let other = other.as_object().into_iter().flatten().map(|(key, value)| (key.clone(), value.clone()));
    one.as_object_mut().into_iter().for_each(|one| one.extend(other.clone()));
    one
}
