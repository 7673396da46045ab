//! Just enough HTTP/1.1, so that a test can answer what no library would.

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    task::JoinSet,
};

use super::{Answer, Server};

pub(super) async fn serve(listener: TcpListener, server: Server) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        connections.spawn(answer_all(stream, server.clone()));
    }
}

async fn answer_all(mut stream: TcpStream, server: Server) {
    let _connected = server.count(|state| &mut state.connected);
    while let Some(target) = read_head(&mut stream).await {
        let (mut reader, mut writer) = stream.split();
        let answer = tokio::select! {
            answer = server.answer(&target) => answer,
            // Nobody sends a second request before the first is answered: whoever can be read from has gone.
            _ = reader.read_u8() => return,
        };
        let written = match answer {
            Answer::Other(status, headers, body) => {
                let len = body.len();
                let head = format!("HTTP/1.1 {status} Any\r\nContent-Length: {len}\r\n{headers}\r\n");
                writer.write_all(format!("{head}{body}").as_bytes()).await
            }
            _ => write_without_end(&mut writer).await,
        };
        if written.is_err() {
            return;
        }
    }
}

/// The target of a request, unless the connection has ended.
async fn read_head(stream: &mut TcpStream) -> Option<String> {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(stream.read_u8().await.ok()?);
    }
    let head = String::from_utf8(head).unwrap();
    Some(head.split(' ').nth(1).unwrap().to_owned())
}

async fn write_without_end(writer: &mut (impl tokio::io::AsyncWrite + Unpin)) -> std::io::Result<()> {
    writer.write_all(b"HTTP/1.1 200 Any\r\nTransfer-Encoding: chunked\r\n\r\n").await?;
    loop {
        writer.write_all(format!("1000\r\n{}\r\n", " ".repeat(0x1000)).as_bytes()).await?;
    }
}
