//! One client's connection, which may not be slow for ever.
//!
//! actix-http times the head of a connection's first request and how long a connection is idle. Whoever sends one good
//! request, and then the next one a byte a minute, or reads no answer, would keep a place for good.

use std::{
    cell::Cell,
    io,
    pin::Pin,
    rc::Rc,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Instant, Sleep, sleep, sleep_until},
};

use super::connections::Entry;

/// How long a client may take.
#[derive(Clone, Copy, Debug)]
pub(super) struct Patience {
    /// From the first byte of a request to the end of its head.
    pub(super) head: Duration,
    /// To read some of an answer.
    pub(super) reading: Duration,
}

/// What a connection is at. The service of its requests says when one begins and ends.
#[derive(Clone, Default)]
pub(super) struct Pace(Rc<Cell<At>>);

#[derive(Clone, Copy, Default, PartialEq, Eq)]
enum At {
    /// Nothing has come since the last answer.
    #[default]
    Idle,
    /// A head has begun to come.
    Head { begun: Instant },
    /// A request is being answered. Who reads its body times that.
    Request,
}

impl Pace {
    /// The head is complete.
    pub(super) fn request_begins(&self) {
        self.0.set(At::Request);
    }

    /// The answer is there.
    pub(super) fn request_ends(&self) {
        self.0.set(At::Idle);
    }

    fn bytes_came(&self) {
        if self.0.get() == At::Idle {
            self.0.set(At::Head { begun: Instant::now() });
        }
    }
}

/// A connection that looks closed to the server when its client takes too long.
pub(super) struct Connection<T> {
    io: T,
    pace: Pace,
    patience: Patience,
    head: Option<Pin<Box<Sleep>>>,
    stalled: Option<Pin<Box<Sleep>>>,
    _entry: Entry,
}

impl<T> Connection<T> {
    pub(super) fn new(io: T, patience: Patience, entry: Entry) -> Self {
        Self { io, pace: Pace::default(), patience, head: None, stalled: None, _entry: entry }
    }

    pub(super) fn pace(&self) -> Pace {
        self.pace.clone()
    }

    /// Ready when the head that is coming takes too long.
    fn poll_head(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let At::Head { begun } = self.pace.0.get() else { return Poll::Pending };
        let until = begun + self.patience.head;
        let timer = self.head.get_or_insert_with(|| Box::pin(sleep_until(until)));
        if timer.deadline() != until {
            timer.as_mut().reset(until);
        }
        timer.as_mut().poll(context)
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Connection<T> {
    fn poll_read(self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<io::Result<()>> {
        let this = self.get_mut();
        let before = buffer.filled().len();
        if let Poll::Ready(read) = Pin::new(&mut this.io).poll_read(context, buffer) {
            if buffer.filled().len() > before {
                this.pace.bytes_came();
            }
            // Bytes that keep coming are no reason to wait longer.
            if this.poll_head(context).is_pending() {
                return Poll::Ready(read);
            }
            buffer.set_filled(before);
            return Poll::Ready(Ok(()));
        }
        // As if the client had closed: no bytes.
        this.poll_head(context).map(Ok)
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Connection<T> {
    fn poll_write(self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let this = self.get_mut();
        if let Poll::Ready(written) = Pin::new(&mut this.io).poll_write(context, bytes) {
            this.stalled = None;
            return Poll::Ready(written);
        }
        let patience = this.patience.reading;
        let stalled = this.stalled.get_or_insert_with(|| Box::pin(sleep(patience)));
        ready!(stalled.as_mut().poll(context));
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    fn poll_flush(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_flush(context)
    }

    fn poll_shutdown(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.get_mut().io).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use std::{future::pending, io::ErrorKind, time::Duration};

    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _, DuplexStream, duplex},
        time::{Instant, advance, timeout},
    };

    use super::{super::connections::Connections, Connection, Patience};

    const PATIENCE: Patience = Patience { head: Duration::from_secs(5), reading: Duration::from_secs(30) };
    const SECOND: Duration = Duration::from_secs(1);

    fn connected() -> (DuplexStream, Connection<DuplexStream>) {
        let (client, server) = duplex(16);
        (client, Connection::new(server, PATIENCE, Connections::default().enter()))
    }

    /// Reads until the end, while the client sends a byte a second.
    async fn trickled(client: &mut DuplexStream, server: &mut Connection<DuplexStream>) -> usize {
        let mut bytes = 0;
        loop {
            client.write_all(b"x").await.unwrap();
            match server.read(&mut [0; 16]).await.unwrap() {
                0 => return bytes,
                more => bytes += more,
            }
            advance(SECOND).await;
            assert!(bytes < 100, "it goes on");
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_head_that_trickles_is_cut_off_whichever_request_it_is_of() {
        let (mut client, mut server) = connected();
        for _ in 0..2 {
            assert_eq!(trickled(&mut client, &mut server).await, 5);
            server.pace().request_begins();
            server.pace().request_ends();
        }
    }

    #[tokio::test(start_paused = true)]
    async fn who_is_idle_or_has_sent_a_head_is_not_cut_off_here() {
        let (mut client, mut server) = connected();
        assert!(timeout(SECOND * 60, server.read_u8()).await.is_err(), "nothing has come");
        client.write_all(b"head").await.unwrap();
        server.read_exact(&mut [0; 4]).await.unwrap();
        server.pace().request_begins();
        assert!(timeout(SECOND * 60, server.read_u8()).await.is_err(), "its body is not timed here");
        client.write_all(b"x").await.unwrap();
        assert_eq!(server.read_u8().await.unwrap(), b'x');
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_no_answer_is_cut_off() {
        let (_client, mut server) = connected();
        let begun = Instant::now();
        assert_eq!(server.write_all(&[0; 17]).await.unwrap_err().kind(), ErrorKind::TimedOut);
        assert_eq!(begun.elapsed(), PATIENCE.reading);
    }

    #[tokio::test(start_paused = true)]
    async fn who_reads_some_of_an_answer_is_given_the_same_time_again() {
        let (mut client, mut server) = connected();
        let (answer, ()) = tokio::join!(server.write_all(&[0; 48]), async {
            for _ in 0..3 {
                let _ = timeout(PATIENCE.reading.saturating_sub(SECOND), pending::<()>()).await;
                client.read_exact(&mut [0; 16]).await.unwrap();
            }
        });
        answer.unwrap();
    }
}
