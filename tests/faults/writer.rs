//! A client that writes all the time, and remembers what it was told is done.

use reqwest::{Method, RequestBuilder};
use serde_json::{Value, json};

use crate::harness::{Node, PASSWORD, Person, Reply};

/// How many things are done with an account before there is another.
const ACTS: usize = 12;

/// An account, as its owner knows it.
pub(crate) struct Account {
    pub(crate) email: String,
    sessions: Vec<Session>,
    /// The title in the profile, that was acknowledged or asked for last.
    title: Fact<String>,
    history: Vec<String>,
}

/// Something that is so, unless something is that was asked for since and never acknowledged.
struct Fact<T> {
    acknowledged: T,
    asked: Vec<T>,
}

struct Session {
    tokens: Person,
    over: Fact<bool>,
}

/// What became of a request among writers.
enum Outcome {
    Done(Value),
    /// It was put off, as a busy machine may.
    PutOff,
    /// The process was gone.
    Unanswered,
}

/// What was done did not come to be told.
struct Untold {
    is_gone: bool,
}

impl Account {
    /// Signs up. Without a success there is an account or there is none.
    async fn sign_up(node: &Node, email: &str) -> Result<Self, Untold> {
        let body = json!({ "email": email, "password": PASSWORD, "firstName": "Jane", "lastName": "Doe" });
        let body = ask(node.request(Method::POST, "/auth/register").json(&body)).await.done()?;
        Ok(Self {
            email: email.to_owned(),
            sessions: vec![Session::of(&body)],
            title: Fact { acknowledged: String::new(), asked: Vec::new() },
            history: vec!["signed up".to_owned()],
        })
    }

    /// Does one thing more.
    async fn act(&mut self, node: &Node, number: usize) -> Result<(), Untold> {
        let last = self.sessions.len() - 1;
        match number % 4 {
            0 => self.refresh(node, last).await,
            1 => self.change_title(node, number).await,
            // The session before the last, if there is one: a sign-in may have been put off.
            3 if last > 0 => self.sign_out(node, last - 1).await,
            _ => self.sign_in(node).await,
        }
    }

    async fn refresh(&mut self, node: &Node, session: usize) -> Result<(), Untold> {
        let it = &mut self.sessions[session];
        let body = json!({ "refreshToken": it.tokens.refresh });
        let outcome = ask(node.request(Method::POST, "/auth/refresh").json(&body)).await;
        note(&mut self.history, format!("refresh of session {session}"), &outcome);
        it.tokens = Person::of(&outcome.done()?);
        Ok(())
    }

    async fn change_title(&mut self, node: &Node, number: usize) -> Result<(), Untold> {
        let title = format!("Writer {number}");
        let body = json!({ "profile": { "title": title } });
        let access = &self.sessions[self.sessions.len() - 1].tokens.access;
        let outcome = ask(node.request(Method::PATCH, "/auth/me").bearer_auth(access).json(&body)).await;
        note(&mut self.history, format!("title {title:?}"), &outcome);
        self.title.asked.push(title);
        outcome.done()?;
        self.title.settle();
        Ok(())
    }

    async fn sign_in(&mut self, node: &Node) -> Result<(), Untold> {
        let body = json!({ "email": self.email, "password": PASSWORD });
        let outcome = ask(node.request(Method::POST, "/auth/login").json(&body)).await;
        note(&mut self.history, format!("sign-in, session {}", self.sessions.len()), &outcome);
        self.sessions.push(Session::of(&outcome.done()?));
        Ok(())
    }

    async fn sign_out(&mut self, node: &Node, session: usize) -> Result<(), Untold> {
        let it = &mut self.sessions[session];
        it.over.asked.push(true);
        let outcome = ask(node.request(Method::POST, "/auth/logout").bearer_auth(&it.tokens.access)).await;
        note(&mut self.history, format!("sign-out of session {session}"), &outcome);
        outcome.done()?;
        it.over.settle();
        Ok(())
    }

    /// Asks the server about all of it; says what is not so.
    pub(crate) async fn check(&self, node: &Node) -> Result<(), String> {
        let not_so = |what: &str, reply: &Reply| Err(format!("{}: {what}: {reply:?}; {:?}", self.email, self.history));
        let body = json!({ "email": self.email, "password": PASSWORD });
        let reply = insist(|| node.request(Method::POST, "/auth/login").json(&body)).await;
        if reply.status != 200 {
            return not_so("the password", &reply);
        }
        let access = Person::of(&reply.body).access;
        let reply = insist(|| node.request(Method::GET, "/auth/me").bearer_auth(&access)).await;
        let title = reply.body["profile"]["title"].as_str().unwrap_or_default();
        if reply.status != 200 || !self.title.may_be(&title.to_owned()) {
            return not_so("the title", &reply);
        }
        for (number, session) in self.sessions.iter().enumerate() {
            let tokens = &session.tokens;
            let me = insist(|| node.request(Method::GET, "/auth/me").bearer_auth(&tokens.access)).await;
            // The latest token that was told of, or its successor, of which nobody was told: it comes again.
            let body = json!({ "refreshToken": tokens.refresh });
            let refreshed = insist(|| node.request(Method::POST, "/auth/refresh").json(&body)).await;
            let is_over = match (me.outcome().as_str(), refreshed.outcome().as_str()) {
                ("200", "200") => false,
                ("401 session_ended", "401 invalid_refresh_token") => true,
                _ => return not_so(&format!("session {number}, {}", me.outcome()), &refreshed),
            };
            if !session.over.may_be(&is_over) {
                return not_so(&format!("session {number}"), &refreshed);
            }
        }
        Ok(())
    }
}

/// Writes until the process is gone: accounts, and things done with each. All that it was told of is in `accounts`;
/// addresses whose sign-up was never acknowledged are in `maybe`.
pub(crate) async fn write(
    node: &Node,
    name: &str,
    acknowledged: impl Fn(),
    accounts: &mut Vec<Account>,
    maybe: &mut Vec<String>,
) {
    for number in 0.. {
        let email = format!("{name}-{number}@example.com");
        let mut account = match Account::sign_up(node, &email).await {
            Ok(account) => account,
            Err(Untold { is_gone }) => {
                maybe.push(email);
                if is_gone {
                    return;
                }
                continue;
            }
        };
        acknowledged();
        for act in 0..ACTS {
            match account.act(node, act).await {
                Ok(()) => acknowledged(),
                Err(Untold { is_gone: false }) => {}
                Err(Untold { is_gone: true }) => {
                    accounts.push(account);
                    return;
                }
            }
        }
        accounts.push(account);
    }
}

impl Session {
    fn of(body: &Value) -> Self {
        Self { tokens: Person::of(body), over: Fact { acknowledged: false, asked: Vec::new() } }
    }
}

impl<T: PartialEq> Fact<T> {
    /// What was asked for last is so.
    fn settle(&mut self) {
        if let Some(asked) = self.asked.pop() {
            self.acknowledged = asked;
        }
        self.asked.clear();
    }

    fn may_be(&self, value: &T) -> bool {
        self.acknowledged == *value || self.asked.contains(value)
    }
}

impl Outcome {
    fn done(self) -> Result<Value, Untold> {
        match self {
            Self::Done(body) => Ok(body),
            Self::PutOff => Err(Untold { is_gone: false }),
            Self::Unanswered => Err(Untold { is_gone: true }),
        }
    }
}

fn note(history: &mut Vec<String>, what: String, outcome: &Outcome) {
    let became = match outcome {
        Outcome::Done(_) => "",
        Outcome::PutOff => ", put off",
        Outcome::Unanswered => ", unanswered",
    };
    history.push(what + became);
}

/// Whatever is answered among writers is a success, or put off.
async fn ask(request: RequestBuilder) -> Outcome {
    match Reply::try_of(request).await {
        Ok(reply) if reply.status == 503 => Outcome::PutOff,
        Ok(reply) => Outcome::Done(reply.ok()),
        Err(_) => Outcome::Unanswered,
    }
}

/// Asks again when the connection was one to the process before, and when it is put off.
pub(crate) async fn insist(request: impl Fn() -> RequestBuilder) -> Reply {
    let mut last = None;
    for _ in 0..50 {
        match Reply::try_of(request()).await {
            Ok(reply) if reply.status != 503 => return reply,
            other => last = Some(other),
        }
    }
    panic!("no answer: {last:?}");
}
