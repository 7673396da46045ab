//! What stands between two parties, and can fail as a network does.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use reqwest::Url;
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpListener, TcpStream, lookup_host},
    sync::watch,
    task::JoinHandle,
    time::sleep,
};

/// What becomes of the bytes that come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Flow {
    /// They go on.
    Forwarded,
    /// They go on, each time so much later.
    Delayed(Duration),
    /// They stay, and nobody is told: the connections look alive.
    Held,
    /// The connections are closed, new ones too.
    Cut,
}

/// Forwards TCP connections.
pub(crate) struct Relay {
    pub(crate) addr: SocketAddr,
    state: Arc<Mutex<State>>,
    accepting: JoinHandle<()>,
}

struct State {
    /// What holds for connections from here on.
    flow: watch::Sender<Flow>,
    /// What holds for those that were given up.
    stranded: Vec<watch::Sender<Flow>>,
    /// The path of each request that came, as far as they were HTTP.
    paths: Vec<String>,
}

impl Relay {
    pub(crate) async fn to(target: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let addr = listener.local_addr().expect("an address");
        let flow = watch::Sender::new(Flow::Forwarded);
        let state = Arc::new(Mutex::new(State { flow, stranded: Vec::new(), paths: Vec::new() }));
        let shared = Arc::clone(&state);
        let accepting = tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                let flow = lock(&shared).flow.subscribe();
                tokio::spawn(forward(client, target, flow, Arc::clone(&shared)));
            }
        });
        Self { addr, state, accepting }
    }

    /// One before the PostgreSQL of this URL, and the URL by which it is reached through the relay.
    pub(crate) async fn before_postgres(url: &str) -> (Self, String) {
        let mut url: Url = url.parse().expect("a URL");
        let server = (url.host_str().expect("a host"), url.port().unwrap_or(5432));
        let server: SocketAddr = lookup_host(server).await.expect("a name").next().expect("an address");
        let relay = Self::to(server).await;
        url.set_host(Some(&relay.addr.ip().to_string())).expect("a host");
        url.set_port(Some(relay.addr.port())).expect("a port");
        (relay, url.into())
    }

    /// From here on, for the connections that there are and for new ones.
    pub(crate) fn set(&self, flow: Flow) {
        lock(&self.state).flow.send_replace(flow);
    }

    /// Holds what comes by the connections that there are, for good. New ones are forwarded.
    pub(crate) fn strand(&self) {
        let mut state = lock(&self.state);
        let stranded = std::mem::replace(&mut state.flow, watch::Sender::new(Flow::Forwarded));
        stranded.send_replace(Flow::Held);
        state.stranded.push(stranded);
    }

    /// The path of each request so far.
    pub(crate) fn paths(&self) -> Vec<String> {
        lock(&self.state).paths.clone()
    }
}

impl Drop for Relay {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn forward(client: TcpStream, target: SocketAddr, mut flow: watch::Receiver<Flow>, state: Arc<Mutex<State>>) {
    if !may_go_on(&mut flow).await {
        return;
    }
    let Ok(server) = TcpStream::connect(target).await else { return };
    // Each is a message that somebody waits for.
    let (Ok(()), Ok(())) = (client.set_nodelay(true), server.set_nodelay(true)) else { return };
    let ((from_client, to_client), (from_server, to_server)) = (client.into_split(), server.into_split());
    let there = pump(from_client, to_server, flow.clone(), |bytes| note(bytes, &state));
    let back = pump(from_server, to_client, flow, |_| {});
    tokio::join!(there, back);
}

/// Moves bytes until there are no more, or the connection is cut.
async fn pump(
    mut from: impl AsyncRead + Unpin,
    mut to: impl AsyncWrite + Unpin,
    mut flow: watch::Receiver<Flow>,
    mut look: impl FnMut(&[u8]),
) {
    let mut buffer = vec![0; 16 * 1024];
    loop {
        let mut changed = flow.clone();
        let read = tokio::select! {
            read = from.read(&mut buffer) => read.unwrap_or(0),
            _ = changed.wait_for(|flow| *flow == Flow::Cut) => return,
        };
        if !may_go_on(&mut flow).await {
            return;
        }
        look(&buffer[..read]);
        let end = read == 0;
        let sent = if end { to.shutdown().await } else { to.write_all(&buffer[..read]).await };
        if end || sent.is_err() {
            return;
        }
    }
}

/// Waits while bytes are held, or for as long as they are delayed; says whether the connection is still there.
async fn may_go_on(flow: &mut watch::Receiver<Flow>) -> bool {
    let Ok(flow) = flow.wait_for(|flow| *flow != Flow::Held).await.map(|flow| *flow) else { return false };
    if let Flow::Delayed(delay) = flow {
        sleep(delay).await;
    }
    flow != Flow::Cut
}

/// Takes down which path is asked for. Whoever asks through here sends a request's head at once and nothing after it.
fn note(bytes: &[u8], state: &Mutex<State>) {
    let line = String::from_utf8_lossy(bytes.split(|byte| *byte == b'\r').next().unwrap_or_default()).into_owned();
    if let [_method, path, "HTTP/1.1"] = *line.split(' ').collect::<Vec<_>>() {
        lock(state).paths.push(path.to_owned());
    }
}
