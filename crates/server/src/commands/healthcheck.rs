//! `doorward healthcheck`

use std::{
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    time::Duration,
};

use anyhow::{Context as _, ensure};
use doorward_settings::{Settings, origin::reachable};

use crate::output::print;

/// How long each step may take.
const PATIENCE: Duration = Duration::from_secs(3);
/// The most of an answer that is read; its first line is what counts.
const MOST: u64 = 64 * 1024;

/// Asks the server at `http.address` whether it is ready.
pub(crate) fn run(settings: &Settings) -> anyhow::Result<()> {
    let address = reachable(settings.http.address);
    ensure!(address.port() != 0, "http.address has port 0, which tells nobody where the server listens");
    let answer = ask(address).with_context(|| format!("{address} does not answer"))?;
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.split(' ').nth(1) == Some("200"), "{address} is not ready: {status}");
    print("ready")
}

fn ask(address: SocketAddr) -> anyhow::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, PATIENCE)?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    write!(stream, "GET /health/ready HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MOST).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
