//! Where audit records go.

use std::fmt;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// How records travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyslogTransport {
    /// RFC 5425.
    Tls,
    /// RFC 5426.
    Udp,
}

/// An audit record repository (ITI TF-1: 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRepository {
    /// How records travel there.
    pub transport: SyslogTransport,
    /// DNS name or IP address, an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
}

/// The whole address in its one form.
impl fmt::Display for AuditRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            SyslogTransport::Tls => "tls",
            SyslogTransport::Udp => "udp",
        };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

impl Kind for AuditRepository {
    const EXPECTED: &'static str = "tls://HOST:PORT or udp://HOST:PORT, such as \"tls://arr.example:6514\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let unfit = |what: &str| Unacceptable(format!("{} {what}", quoted(text)));
        let (transport, rest, usual) = match text.split_once("://") {
            Some(("tls", rest)) => (SyslogTransport::Tls, rest, 6514),
            Some(("udp", rest)) => (SyslogTransport::Udp, rest, 514),
            _ => return Err(unfit("begins with neither tls:// nor udp://")),
        };
        let (host, port) = match rest.strip_prefix('[').and_then(|rest| rest.split_once(']')) {
            Some((host, after)) => (host, after.strip_prefix(':')),
            None => rest.rsplit_once(':').map_or((rest, None), |(host, port)| (host, Some(port))),
        };
        let port = port.map_or(Ok(usual), str::parse).ok().filter(|port| *port != 0).ok_or_else(|| unfit("has no port from 1 to 65535"))?;
        let is_host = |host: &str| !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.:".contains(&byte));
        if !is_host(host) {
            return Err(unfit("has no DNS name in ASCII and no IP address before the port"));
        }
        Ok(Self { transport, host: host.to_ascii_lowercase(), port })
    }

    fn show(&self) -> Shown {
        Shown::Text(self.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_one_form_and_usual_ports() {
        let shown = |text: &str| AuditRepository::parse(text, &Base::default()).map(|address| address.to_string());
        assert_eq!(shown("tls://ARR.example").unwrap(), "tls://arr.example:6514");
        assert_eq!(shown("udp://127.0.0.1").unwrap(), "udp://127.0.0.1:514");
        assert_eq!(shown("tls://[::1]:7000").unwrap(), "tls://[::1]:7000");
        for bad in ["", "arr.example:6514", "tcp://a:1", "tls://:6514", "tls://a:0", "tls://a:b", "tls://u@a:1", "tls://a/b:1"] {
            assert!(shown(bad).is_err(), "{bad}");
        }
    }
}
