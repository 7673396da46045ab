//! HTTP as it is sent, by a client that knows what has left it.

use std::{io, net::SocketAddr};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

/// A connection.
pub(crate) struct Wire(TcpStream);

/// What was answered.
#[derive(Debug)]
pub(crate) struct Answered {
    pub(crate) status: u16,
    /// Whether it said that it is the connection's last.
    pub(crate) is_last: bool,
}

impl Wire {
    pub(crate) async fn connect(addr: SocketAddr) -> io::Result<Self> {
        let stream = TcpStream::connect(addr).await?;
        stream.set_nodelay(true)?;
        Ok(Self(stream))
    }

    pub(crate) async fn send(&mut self, bytes: &str) -> io::Result<()> {
        self.0.write_all(bytes.as_bytes()).await
    }

    /// Reads an answer. It is a failure if there is none, or not all of it.
    pub(crate) async fn answer(&mut self) -> io::Result<Answered> {
        let mut bytes = Vec::new();
        let head = loop {
            if let Some(at) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            self.more(&mut bytes).await?;
        };
        let text = String::from_utf8_lossy(&bytes[..head]).to_ascii_lowercase();
        let header = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": "));
        let length: usize = header("content-length").and_then(|length| length.parse().ok()).unwrap_or_default();
        while bytes.len() < head + length {
            self.more(&mut bytes).await?;
        }
        let status = text.split(' ').nth(1).and_then(|status| status.parse().ok());
        let status = status.ok_or_else(|| io::Error::other(text.clone()))?;
        Ok(Answered { status, is_last: header("connection") == Some("close") })
    }

    async fn more(&mut self, bytes: &mut Vec<u8>) -> io::Result<()> {
        if self.0.read_buf(bytes).await? == 0 { Err(io::ErrorKind::UnexpectedEof.into()) } else { Ok(()) }
    }

    /// Returns when the other side has closed.
    pub(crate) async fn closed(&mut self) {
        let mut bytes = Vec::new();
        while self.more(&mut bytes).await.is_ok() {}
    }
}

/// A request.
pub(crate) fn get(path: &str, token: &str) -> String {
    format!("GET {path} HTTP/1.1\r\nHost: doorward\r\nAuthorization: Bearer {token}\r\n\r\n")
}
