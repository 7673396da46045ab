//! A server of which a test decides what it answers.

mod connection;
mod key;

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard},
    time::Duration,
};

use doorward_verifier::{Clock as _, digest_of};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::watch, task::JoinSet, time::timeout};
use uuid::Uuid;

pub(crate) use self::key::Key;
use crate::{Person, time::ManualClock};

/// After how long something never happens: sooner than an answer that does not come is given up.
const PATIENCE: Duration = Duration::from_secs(20);

/// What is answered.
#[derive(Clone, Default)]
pub(crate) enum Answer {
    /// What a doorward would.
    #[default]
    Good,
    /// A status, headers and a body.
    Other(u16, String, String),
    /// The beginning of a body that never ends.
    Endless,
    /// Nothing, until another answer is set.
    Nothing,
}

/// What the server knows, and what it has been asked.
#[derive(Default)]
pub(crate) struct State {
    pub(crate) keys: Vec<Arc<Key>>,
    pub(crate) max_age: u64,
    pub(crate) log: Vec<Value>,
    /// How many entries a page has at most.
    pub(crate) page_len: usize,
    pub(crate) keys_answer: Answer,
    pub(crate) feed_answer: Answer,
    /// What stands in a page in the place of what should.
    pub(crate) page_with: Value,
    /// Signs the pages in the place of the newest key.
    pub(crate) page_key: Option<Arc<Key>>,
    /// How often those who wait for something new were sent an empty page.
    ticks: u64,
    key_requests: usize,
    feed_requests: Vec<String>,
    waiting: usize,
    connected: usize,
}

/// Serves until it is dropped.
pub(crate) struct Stub {
    state: Arc<Mutex<State>>,
    changes: Arc<watch::Sender<()>>,
    clock: ManualClock,
    addr: SocketAddr,
    _tasks: JoinSet<()>,
}

impl Stub {
    pub(crate) async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addr = listener.local_addr().unwrap();
        let keys = vec![Arc::new(Key::generate("first"))];
        let state = State { keys, max_age: 300, page_len: 100, page_with: json!({}), ..State::default() };
        let (state, changes) = (Arc::new(Mutex::new(state)), Arc::new(watch::Sender::new(())));
        let clock = ManualClock::new();
        let mut tasks = JoinSet::new();
        let server =
            Server { state: Arc::clone(&state), changes: Arc::clone(&changes), clock: clock.clone(), url: url(addr) };
        tasks.spawn(connection::serve(listener, server));
        Self { state, changes, clock, addr, _tasks: tasks }
    }

    pub(crate) fn url(&self) -> String {
        url(self.addr)
    }

    pub(crate) fn clock(&self) -> ManualClock {
        self.clock.clone()
    }

    /// Changes what the server does, at once also for those who wait.
    pub(crate) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changes.send_replace(());
    }

    /// Makes a key that signs from here on, and publishes it.
    pub(crate) fn rotate(&self, id: &str) -> Arc<Key> {
        let key = Arc::new(Key::generate(id));
        self.set(|state| state.keys.push(Arc::clone(&key)));
        key
    }

    pub(crate) fn revoke_session(&self, session: Uuid) {
        self.revoke(json!({ "sid": digest(session) }));
    }

    pub(crate) fn revoke_subject(&self, subject: Uuid, epoch: u32) {
        self.revoke(json!({ "sub": digest(subject), "epoch": epoch }));
    }

    pub(crate) fn revoke(&self, entry: Value) {
        self.set(|state| state.log.push(entry));
    }

    /// Sends whoever waits an empty page.
    pub(crate) fn tick(&self) {
        self.set(|state| state.ticks += 1);
    }

    /// A token of the newest key.
    pub(crate) fn token(&self, person: Person) -> String {
        let newest = Arc::clone(self.state().keys.last().unwrap());
        self.token_by(&newest, person)
    }

    pub(crate) fn token_by(&self, key: &Key, person: Person) -> String {
        key.sign("at+jwt", &self.payload(person))
    }

    pub(crate) fn payload(&self, person: Person) -> Value {
        let now = self.clock.now();
        json!({
            "iss": self.url(), "aud": "shop", "client_id": "doorward", "sub": person.subject, "sid": person.session,
            "jti": Uuid::from_u128(9), "epoch": person.epoch, "iat": now, "nbf": now, "exp": now + 600,
            "role": "CANDIDATE",
        })
    }

    /// How often the keys were asked for.
    pub(crate) fn key_requests(&self) -> usize {
        self.state().key_requests
    }

    /// With which queries the feed was asked for.
    pub(crate) fn feed_requests(&self) -> Vec<String> {
        self.state().feed_requests.clone()
    }

    /// Waits until something is so.
    pub(crate) async fn until(&self, is_so: impl Fn(&State) -> bool) {
        let mut changes = self.changes.subscribe();
        let wait = changes.wait_for(|()| is_so(&self.state()));
        timeout(PATIENCE, wait).await.expect("it never is so").unwrap();
    }

    /// Waits until the feed is asked for from this cursor on: then all before it was taken in.
    pub(crate) async fn until_read_to(&self, cursor: usize) {
        self.until(|state| state.is_read_to(cursor)).await;
    }

    /// Waits until somebody asks for the feed who has not asked yet.
    pub(crate) async fn until_read_again(&self) {
        let before = self.feed_requests().len();
        self.until(|state| state.feed_requests.len() > before).await;
    }

    /// Waits until somebody who has just read the feed to its end asks for what is new.
    pub(crate) async fn until_followed(&self) {
        self.until_read_again().await;
        self.until(|state| state.feed_requests.last().is_some_and(|query| !query.ends_with("&wait=0"))).await;
    }

    /// Waits until this many wait for something new.
    pub(crate) async fn until_waiting(&self, waiting: usize) {
        self.until(|state| state.waiting == waiting).await;
    }

    /// Waits until nobody is connected.
    pub(crate) async fn until_alone(&self) {
        self.until(|state| state.connected == 0).await;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }
}

impl State {
    pub(crate) fn has_asked_for_keys(&self, times: usize) -> bool {
        self.key_requests >= times
    }

    fn is_read_to(&self, cursor: usize) -> bool {
        self.feed_requests.last().is_some_and(|query| query.starts_with(&format!("after={cursor}&")))
    }
}

fn url(addr: SocketAddr) -> String {
    format!("http://{addr}")
}

pub(crate) fn digest(id: Uuid) -> String {
    use base64::{Engine, engine::general_purpose::URL_SAFE_NO_PAD};
    URL_SAFE_NO_PAD.encode(digest_of(id))
}

/// The server's side.
#[derive(Clone)]
struct Server {
    state: Arc<Mutex<State>>,
    changes: Arc<watch::Sender<()>>,
    clock: ManualClock,
    url: String,
}

impl Server {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn note(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changes.send_replace(());
    }

    /// Counts one more, until what is returned is dropped.
    fn count(&self, count: fn(&mut State) -> &mut usize) -> Counted {
        self.note(|state| *count(state) += 1);
        Counted { server: self.clone(), count }
    }

    /// The answer to a request, as soon as there is one.
    async fn answer(&self, target: &str) -> Answer {
        let feed = target.strip_prefix("/auth/revocations?");
        match feed {
            Some(query) => self.note(|state| state.feed_requests.push(query.to_owned())),
            None => self.note(|state| state.key_requests += 1),
        }
        let mut changes = self.changes.subscribe();
        let waiting = feed.is_some().then(|| self.count(|state| &mut state.waiting));
        let ticks = self.state().ticks;
        let answer = loop {
            let found = match feed {
                Some(query) => self.feed(query, ticks),
                None => Some(self.keys()),
            };
            match found {
                Some(Answer::Nothing) | None => changes.changed().await.unwrap(),
                Some(answer) => break answer,
            }
        };
        drop(waiting);
        answer
    }

    fn keys(&self) -> Answer {
        let state = self.state();
        let Answer::Good = state.keys_answer else { return state.keys_answer.clone() };
        let keys: Vec<Value> = state.keys.iter().map(|key| key.jwk()).collect();
        let headers = format!("Cache-Control: public, max-age={}\r\n", state.max_age);
        Answer::Other(200, headers, json!({ "keys": keys }).to_string())
    }

    fn feed(&self, query: &str, ticks: u64) -> Option<Answer> {
        let state = self.state();
        let Answer::Good = state.feed_answer else { return Some(state.feed_answer.clone()) };
        let (after, wait) = query.strip_prefix("after=").unwrap().split_once("&wait=").unwrap();
        let cursor: usize = after.parse().unwrap();
        let behind = state.log.get(cursor..).unwrap_or_default();
        let is_new = !behind.is_empty() || cursor > state.log.len();
        if !is_new && wait != "0" && state.ticks == ticks {
            return None;
        }
        let entries = &behind[..behind.len().min(state.page_len)];
        let next = cursor.min(state.log.len()) + entries.len();
        let mut page = json!({
            "iss": self.url, "iat": self.clock.now(), "after": after, "next": next.to_string(),
            "complete": next == state.log.len(), "retention": 632, "entries": entries,
        });
        for (name, value) in state.page_with.as_object().unwrap() {
            page[name] = value.clone();
        }
        let key = state.page_key.as_ref().unwrap_or_else(|| state.keys.last().unwrap());
        let page = key.sign("revocations+jwt", &page);
        Some(Answer::Other(200, String::new(), json!({ "success": true, "revocations": page }).to_string()))
    }
}

/// One of those who are counted.
struct Counted {
    server: Server,
    count: fn(&mut State) -> &mut usize,
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.server.note(|state| *(self.count)(state) -= 1);
    }
}
