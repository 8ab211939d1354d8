//! Where audit records go.

use std::fmt;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// How records travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AuditTransport {
    /// RFC 5425.
    Tls,
    /// RFC 5426.
    Udp,
    /// AuditEvents over HTTPS: the FHIR feed of ITI-20.
    Fhir,
}

/// An audit record repository (ITI TF-1: 9).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditRepository {
    /// How records travel there.
    pub transport: AuditTransport,
    /// DNS name or IP address, an IPv6 address without brackets.
    pub host: String,
    /// The port.
    pub port: u16,
    /// Where its FHIR interface is, such as `/fhir`, without a slash at the end; empty over syslog.
    pub path: String,
}

/// The whole address in its one form.
impl fmt::Display for AuditRepository {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let scheme = match self.transport {
            AuditTransport::Tls => "tls",
            AuditTransport::Udp => "udp",
            AuditTransport::Fhir => "https",
        };
        let Self { host, port, path, .. } = self;
        if host.contains(':') { write!(f, "{scheme}://[{host}]:{port}{path}") } else { write!(f, "{scheme}://{host}:{port}{path}") }
    }
}

impl Kind for AuditRepository {
    const EXPECTED: &'static str = "tls://HOST:PORT, udp://HOST:PORT or https://HOST:PORT/PATH, such as \"tls://arr.example:6514\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let unfit = |what: &str| Unacceptable(format!("{} {what}", quoted(text)));
        let (transport, rest, usual) = match text.split_once("://") {
            Some(("tls", rest)) => (AuditTransport::Tls, rest, 6514),
            Some(("udp", rest)) => (AuditTransport::Udp, rest, 514),
            Some(("https", rest)) => (AuditTransport::Fhir, rest, 443),
            _ => return Err(unfit("begins with none of tls://, udp:// and https://")),
        };
        let (rest, path) = match transport {
            AuditTransport::Fhir => rest.split_at(rest.find('/').unwrap_or(rest.len())),
            AuditTransport::Tls | AuditTransport::Udp => (rest, ""),
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
        if !path.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte)) {
            return Err(unfit("has a path with other characters than letters, digits, '/', '-', '.', '_' and '~'"));
        }
        Ok(Self { transport, host: host.to_ascii_lowercase(), port, path: path.trim_end_matches('/').to_owned() })
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
        assert_eq!(shown("https://ARR.example/fhir/").unwrap(), "https://arr.example:443/fhir");
        assert_eq!(shown("https://[::1]:8443").unwrap(), "https://[::1]:8443");
        for bad in [
            "https://a/b?c",
            "https://a/b c",
            "http://a/b",
            "",
            "arr.example:6514",
            "tcp://a:1",
            "tls://:6514",
            "tls://a:0",
            "tls://a:b",
            "tls://u@a:1",
            "tls://a/b:1",
        ] {
            assert!(shown(bad).is_err(), "{bad}");
        }
    }
}
