//! `X-Forwarded-For`: nobody but a trusted proxy says where a request comes from.
#![no_main]

#[path = "../../crates/http/src/extract/client_ip.rs"]
mod client_ip;

use std::net::{IpAddr, Ipv4Addr};

use client_ip::client_ip;
use ipnet::IpNet;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (&str, [u8; 4])| {
    let (header, peer) = input;
    let trusted: [IpNet; 2] = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().expect("a network"));
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let stranger = IpAddr::from(Ipv4Addr::new(203, 0, 113, 9));

    let peer = IpAddr::from(peer);
    let found = client_ip(Some(peer), [header], &trusted).expect("there is a peer");
    assert_eq!(found, found.to_canonical());
    if !is_trusted(&peer) {
        assert_eq!(found, peer);
    }
    assert_eq!(client_ip(None, [header], &trusted), None);
    // The header in one piece or in several says the same.
    let proxy = IpAddr::from([10, 0, 0, 1]);
    let whole = client_ip(Some(proxy), [header], &trusted);
    assert_eq!(client_ip(Some(proxy), header.split(','), &trusted), whole);
    // What stands left of a stranger, the stranger could have written.
    let lie = format!("{header},{stranger}");
    assert_eq!(client_ip(Some(proxy), [lie.as_str()], &trusted), Some(stranger));
    // Where no hop is an address, the proxy is all that is known.
    if !header.contains([':', '.']) {
        assert_eq!(whole, Some(proxy));
    }
});
