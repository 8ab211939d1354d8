//! Addresses to listen on.

use std::net::SocketAddr;

use super::{Base, Kind, Shown, Unacceptable, quoted};

impl Kind for SocketAddr {
    const EXPECTED: &'static str = "an IP address and a port, such as \"127.0.0.1:8080\" or \"[::1]:8080\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        text.parse().map_err(|_| Unacceptable(format!("{} is not an IP address and a port", quoted(text))))
    }

    fn show(&self) -> Shown {
        Shown::Text(self.to_string())
    }
}

/// A listener that can be switched off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListenAddress {
    /// Nothing listens.
    Off,
    /// Listens here; port 0 lets the system choose.
    On(SocketAddr),
}

impl ListenAddress {
    /// The address, unless switched off.
    pub fn address(self) -> Option<SocketAddr> {
        match self {
            Self::Off => None,
            Self::On(address) => Some(address),
        }
    }
}

impl Kind for ListenAddress {
    const EXPECTED: &'static str = "an IP address and a port, such as \"127.0.0.1:2575\", or \"off\"";

    fn parse(text: &str, base: &Base) -> Result<Self, Unacceptable> {
        if text == "off" { Ok(Self::Off) } else { SocketAddr::parse(text, base).map(Self::On) }
    }

    fn show(&self) -> Shown {
        match self {
            Self::Off => Shown::Text("off".to_owned()),
            Self::On(address) => address.show(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_need_an_ip_address_and_a_port() {
        let base = Base::default();
        assert!(SocketAddr::parse("[::1]:8080", &base).is_ok());
        for text in ["localhost:8080", "127.0.0.1", ":8080", "127.0.0.1:65536", "off"] {
            assert!(SocketAddr::parse(text, &base).is_err(), "{text}");
        }
    }

    #[test]
    fn a_listener_can_be_switched_off() {
        let off = ListenAddress::parse("off", &Base::default()).unwrap();
        assert_eq!((off.address(), off.show()), (None, Shown::Text("off".to_owned())));
        assert!(ListenAddress::parse("none", &Base::default()).is_err());
    }
}
