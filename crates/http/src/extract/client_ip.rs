//! Where a request comes from.

use std::net::{IpAddr, SocketAddr};

use ipnet::IpNet;

/// The address of the client: the socket's peer, or, as far as the peers are proxies that are trusted, what each
/// says of the one before it (`X-Forwarded-For`, the latest hop last).
///
/// It goes from the right and stops at the first address that is not a trusted proxy's; what stands left of that, a
/// client could have written. A hop that cannot be read ends the walk too: then the last proxy is all that is known.
pub(crate) fn client_ip<'h>(
    peer: Option<IpAddr>,
    forwarded_for: impl IntoIterator<Item = &'h str>,
    trusted: &[IpNet],
) -> Option<IpAddr> {
    let mut client = peer?.to_canonical();
    let hops: Vec<_> = forwarded_for.into_iter().flat_map(|header| header.split(',')).collect();
    for hop in hops.into_iter().rev() {
        if !trusted.iter().any(|network| network.contains(&client)) {
            break;
        }
        let Some(address) = parse(hop.trim()) else { break };
        client = address;
    }
    Some(client)
}

/// Some proxies add the port.
fn parse(hop: &str) -> Option<IpAddr> {
    let address = hop.parse().or_else(|_| hop.parse().map(|socket: SocketAddr| socket.ip()));
    address.ok().map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::client_ip;

    fn seen(peer: &str, forwarded_for: &[&str]) -> String {
        let trusted = ["10.0.0.0/8", "fd00::/8"].map(|network| network.parse().unwrap());
        client_ip(Some(peer.parse().unwrap()), forwarded_for.iter().copied(), &trusted).unwrap().to_string()
    }

    #[test]
    fn a_peer_that_is_no_proxy_of_ours_speaks_for_nobody() {
        assert_eq!(seen("203.0.113.9", &["198.51.100.1"]), "203.0.113.9");
    }

    #[test]
    fn the_rightmost_hop_that_is_no_proxy_of_ours_is_the_client() {
        assert_eq!(seen("10.0.0.1", &["192.0.2.66, 198.51.100.1, 10.0.0.2"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["192.0.2.66", "198.51.100.1", "10.0.0.2"]), "198.51.100.1");
        assert_eq!(seen("fd00::1", &["2001:db8::5"]), "2001:db8::5");
    }

    #[test]
    fn a_hop_that_cannot_be_read_is_not_skipped() {
        assert_eq!(seen("10.0.0.1", &["198.51.100.1, unknown"]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.1, , 10.0.0.2"]), "10.0.0.2");
    }

    #[test]
    fn ports_and_mapped_addresses_are_read() {
        assert_eq!(seen("::ffff:10.0.0.1", &["198.51.100.1:4711"]), "198.51.100.1");
        assert_eq!(seen("10.0.0.1", &["[2001:db8::5]:4711"]), "2001:db8::5");
    }

    #[test]
    fn proxies_alone_are_the_client_themselves() {
        assert_eq!(seen("10.0.0.1", &[]), "10.0.0.1");
        assert_eq!(seen("10.0.0.1", &["10.0.0.3, 10.0.0.2"]), "10.0.0.3");
    }

    proptest! {
        #[test]
        fn what_a_client_writes_left_of_its_own_address_changes_nothing(lie in ".{0,40}") {
            let header = format!("{lie}, 198.51.100.1");
            prop_assert_eq!(seen("10.0.0.1", &[&header]), "198.51.100.1");
        }
    }
}
