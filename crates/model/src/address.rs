//! Which addresses an outbound request may reach: the pure half of the address policy.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Why an address is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the address is {0}")]
pub struct Refusal(pub &'static str);

/// Refuses what is not plainly on the public internet: private, loopback, link-local (cloud metadata), shared,
/// documentation, multicast, and IPv6 forms that carry such an IPv4 address.
pub fn check_public(address: IpAddr) -> Result<(), Refusal> {
    match address {
        IpAddr::V4(v4) => check_v4(v4),
        IpAddr::V6(v6) => check_v6(v6),
    }
}

/// Answers virtual machines of Azure, metadata too, though it lies in a public range:
/// <https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16>.
const AZURE_WIRE_SERVER: Ipv4Addr = Ipv4Addr::new(168, 63, 129, 16);

fn check_v4(address: Ipv4Addr) -> Result<(), Refusal> {
    let [a, b, c, _] = address.octets();
    if address == AZURE_WIRE_SERVER {
        return Err(Refusal("a cloud's own"));
    }
    let refused = match (a, b, c) {
        (0, ..) => "unspecified",
        (127, ..) => "loopback",
        (10, ..) | (172, 16..=31, _) | (192, 168, _) => "private",
        (169, 254, _) => "link-local",
        (100, 64..=127, _) => "shared (RFC 6598)",
        (192, 0, 0 | 2) | (198, 51, 100) | (203, 0, 113) => "reserved for documentation",
        (192, 88, 99) => "a 6to4 relay",
        (198, 18..=19, _) => "reserved for benchmarks",
        (224..=239, ..) => "multicast",
        (240.., ..) => "reserved",
        _ => return Ok(()),
    };
    Err(Refusal(refused))
}

fn check_v6(address: Ipv6Addr) -> Result<(), Refusal> {
    if let Some(inner) = embedded_v4(address) {
        return check_v4(inner);
    }
    let refused = match address.segments() {
        [0, 0, 0, 0, 0, 0, 0, 0] => "unspecified",
        [0, 0, 0, 0, 0, 0, 0, 1] => "loopback",
        [0xfc00..=0xfdff, ..] => "private",
        [0xfe80..=0xfeff, ..] => "link-local",
        [0xff00..=0xffff, ..] => "multicast",
        [0x2001, 0xdb8, ..] => "reserved for documentation",
        [0x2000..=0x3fff, ..] => return Ok(()),
        _ => "not a global unicast address",
    };
    Err(Refusal(refused))
}

/// The IPv4 address inside a mapped (`::ffff:0:0/96`), NAT64 (`64:ff9b::/96`) or 6to4 (`2002::/16`) address.
fn embedded_v4(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| Some(Ipv4Addr::from(u32::from(high) << 16 | u32::from(low)));
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low] | [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => {
            v4(high, low)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn refuses_everything_that_is_not_public() {
        let check = |text: &str, public: bool| {
            assert_eq!(check_public(text.parse().unwrap()).is_ok(), public, "{text}");
        };
        for public in ["8.8.8.8", "168.63.129.15", "172.32.0.1", "100.128.0.1", "2606:4700::1111", "64:ff9b::808:808"] {
            check(public, true);
        }
        for refused in [
            "127.0.0.1",
            "10.1.2.3",
            "172.16.0.1",
            "192.168.1.1",
            "169.254.169.254",
            "168.63.129.16",
            "::ffff:168.63.129.16",
            "0.0.0.0",
            "100.64.0.1",
            "255.255.255.255",
            "224.0.0.1",
            "::1",
            "::",
            "fd00::1",
            "fe80::1",
            "::ffff:127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "ff02::1",
            "2001:db8::1",
            "::127.0.0.1",
        ] {
            check(refused, false);
        }
    }
}
