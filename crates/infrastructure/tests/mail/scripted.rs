//! A mail server that misbehaves as it is told.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader},
    net::{TcpListener, TcpStream, tcp::OwnedWriteHalf},
    sync::mpsc,
};

/// What the server does when it is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Say(&'static str),
    Hang,
    Close,
}

/// When the server is to answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum When {
    Greeting,
    Ehlo,
    Mail,
    Rcpt,
    Data,
    /// In the middle of the mail.
    FirstLine,
    /// After it.
    Content,
}

/// A server that behaves, but for one answer to its first client.
pub(crate) struct Scripted {
    pub(crate) port: u16,
    pub(crate) mails: mpsc::UnboundedReceiver<String>,
    clients: Arc<AtomicUsize>,
}

impl Scripted {
    pub(crate) async fn start(offers: &'static str, when: When, act: Act) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let (sender, mails) = mpsc::unbounded_channel();
        let clients = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&clients);
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                let first = counted.fetch_add(1, Ordering::SeqCst) == 0;
                let misbehaviour = first.then_some((when, act));
                tokio::spawn(serve(stream, offers, misbehaviour, sender.clone()));
            }
        });
        Self { port, mails, clients }
    }

    pub(crate) fn clients(&self) -> usize {
        self.clients.load(Ordering::SeqCst)
    }
}

/// Answers; whether the session goes on.
async fn answer(to: &mut OwnedWriteHalf, now: When, usual: &str, misbehaviour: Option<(When, Act)>) -> bool {
    let act = misbehaviour.filter(|(when, _)| *when == now).map(|(_, act)| act);
    let text = match act {
        None => usual,
        Some(Act::Say(text)) => text,
        Some(Act::Close) => return false,
        Some(Act::Hang) => std::future::pending().await,
    };
    to.write_all(text.as_bytes()).await.is_ok() && (text.is_empty() || to.write_all(b"\r\n").await.is_ok())
}

async fn serve(
    stream: TcpStream,
    offers: &'static str,
    misbehaviour: Option<(When, Act)>,
    mails: mpsc::UnboundedSender<String>,
) {
    let (from, mut to) = stream.into_split();
    let mut lines = BufReader::new(from).lines();
    if !answer(&mut to, When::Greeting, "220 mail.example", misbehaviour).await {
        return;
    }
    while let Ok(Some(line)) = lines.next_line().await {
        let verb = line.get(..4).unwrap_or_default().to_ascii_uppercase();
        let (now, usual) = match verb.as_str() {
            "EHLO" => (When::Ehlo, offers),
            "MAIL" => (When::Mail, "250 2.1.0 ok"),
            "RCPT" => (When::Rcpt, "250 2.1.5 ok"),
            "DATA" => (When::Data, "354 go on"),
            _ => {
                let _ = to.write_all(b"250 ok\r\n").await;
                continue;
            }
        };
        if !answer(&mut to, now, usual, misbehaviour).await {
            return;
        }
        let refused = matches!(misbehaviour, Some((When::Data, _)));
        if now != When::Data || refused {
            continue;
        }
        let mut mail = String::new();
        while let Ok(Some(line)) = lines.next_line().await {
            if mail.is_empty() && !answer(&mut to, When::FirstLine, "", misbehaviour).await {
                return;
            }
            if line == "." {
                break;
            }
            mail = mail + line.strip_prefix('.').unwrap_or(&line) + "\n";
        }
        if !answer(&mut to, When::Content, "250 2.0.0 taken", misbehaviour).await {
            return;
        }
        let _ = mails.send(mail);
    }
}
