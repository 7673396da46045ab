//! Where clients come in.

use std::{
    io,
    net::{SocketAddr, TcpListener},
    time::Duration,
};

use socket2::{Domain, SockFilter, Socket, Type};

/// How many connections wait to be accepted.
const BACKLOG: i32 = 1024;
/// How long whoever has begun to connect may take to come in.
const SETTLING: Duration = Duration::from_millis(100);

/// A second handle on what the server listens on.
pub(crate) struct Door(Socket);

impl Door {
    /// Listens, and says on what.
    pub(crate) fn open(address: SocketAddr) -> io::Result<(Self, TcpListener)> {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
        // A server that is started again need not wait for the connections of the one before.
        socket.set_reuse_address(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        socket.set_nonblocking(true)?;
        Ok((Self(socket.try_clone()?), socket.into()))
    }

    /// From now on nobody connects: whoever tries is told that nobody listens. `pause` makes the server accept no more.
    ///
    /// The kernel connects clients on its own, and resets those that no process has accepted when the socket closes.
    /// Some would have sent their request by then. So it is told to connect nobody new, and what it has connected comes
    /// in, before the socket closes.
    pub(crate) async fn close(&self, pause: impl Future<Output = ()>) -> io::Result<()> {
        if self.connect_nobody().is_ok() {
            tokio::time::sleep(SETTLING).await;
        }
        pause.await;
        self.0.shutdown(std::net::Shutdown::Both)
    }

    /// Drops the first segment of whoever wants to connect. Other systems than Linux cannot, and do not need to work.
    #[cfg(target_os = "linux")]
    fn connect_nobody(&self) -> io::Result<()> {
        /// The byte of a TCP header with its flags, and two of them (RFC 9293 §3.1).
        const FLAGS: u32 = 13;
        const SYN: u32 = 0x02;
        const ACK: u32 = 0x10;
        /// Instructions of the classic BPF, as in `linux/bpf_common.h`.
        const LOAD_BYTE: u16 = 0x30;
        const AND: u16 = 0x54;
        const JUMP_IF_EQUAL: u16 = 0x15;
        const RETURN: u16 = 0x06;
        self.0.attach_filter(&[
            SockFilter::new(LOAD_BYTE, 0, 0, FLAGS),
            SockFilter::new(AND, 0, 0, SYN | ACK),
            SockFilter::new(JUMP_IF_EQUAL, 0, 1, SYN),
            SockFilter::new(RETURN, 0, 0, 0),
            SockFilter::new(RETURN, 0, 0, u32::MAX),
        ])
    }

    #[cfg(not(target_os = "linux"))]
    fn connect_nobody(&self) -> io::Result<()> {
        Err(io::ErrorKind::Unsupported.into())
    }
}
