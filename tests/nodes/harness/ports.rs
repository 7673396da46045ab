//! Ports to listen on.

use std::{
    net::{SocketAddr, TcpListener},
    process,
    sync::atomic::{AtomicU16, Ordering},
};

/// An address on which nobody listens, and which stays free for whoever listens on it, stops, and listens on it again:
/// below the ports that the system hands out, of which any connection could take one meanwhile.
pub(crate) fn free_addr() -> SocketAddr {
    const FIRST: u16 = 26_000;
    const COUNT: u16 = 6_000;
    static TAKEN: AtomicU16 = AtomicU16::new(0);
    // Another run of these tests beside this one begins elsewhere.
    let begin = u16::try_from(process::id() * 97 % u32::from(COUNT)).expect("less than that");
    for _ in 0..COUNT {
        let next = (begin + TAKEN.fetch_add(1, Ordering::Relaxed)) % COUNT;
        let addr = SocketAddr::from(([127, 0, 0, 1], FIRST + next));
        if TcpListener::bind(addr).is_ok() {
            return addr;
        }
    }
    panic!("no port is free");
}
