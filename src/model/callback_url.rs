//! An address to which the server itself sends: what it may look like, and whether it lies within what is allowed.

use std::fmt;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The longest address taken, in bytes.
const LONGEST: usize = 2048;

/// An `http` or `https` URL (RFC 3986) in the one form in which it is compared and connected to.
///
/// Narrower than the RFC, so that no two programs can read one address differently: no user, no fragment, no empty or
/// dot segments, no encoded dots or slashes, hosts of ASCII letters, digits, hyphens and dots or an IP address as usual.
#[derive(Clone, PartialEq, Eq)]
pub struct CallbackUrl {
    secure: bool,
    host: String,
    port: u16,
    segments: Vec<String>,
    query: Option<String>,
}

/// Why a text is no [`CallbackUrl`]. Does not repeat the text, which could hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCallbackUrl {
    /// Longer than 2048 bytes.
    #[error("the URL is longer than {LONGEST} bytes")]
    TooLong,
    /// Another scheme, or none.
    #[error("the URL begins with neither http:// nor https://")]
    Scheme,
    /// A user, with or without a password.
    #[error("the URL names a user")]
    User,
    /// The host is no DNS name and no usual IP address.
    #[error("the host is neither a DNS name in ASCII nor an IP address in its usual form")]
    Host,
    /// The port is no number from 1 to 65535.
    #[error("the port is not a number from 1 to 65535")]
    Port,
    /// A path or query with characters or segments that could be read in more than one way.
    #[error("the path or query has characters, or empty, dot or encoded segments, that are not taken here")]
    Path,
}

impl CallbackUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// [`InvalidCallbackUrl`] names the rule that it breaks.
    pub fn parse(text: &str) -> Result<Self, InvalidCallbackUrl> {
        if text.len() > LONGEST {
            return Err(InvalidCallbackUrl::TooLong);
        }
        let (scheme, rest) = text.split_once("://").ok_or(InvalidCallbackUrl::Scheme)?;
        let secure = match scheme.to_ascii_lowercase().as_str() {
            "https" => true,
            "http" => false,
            _ => return Err(InvalidCallbackUrl::Scheme),
        };
        let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
        let (authority, rest) = rest.split_at(end);
        if authority.contains('@') {
            return Err(InvalidCallbackUrl::User);
        }
        let (host, port) = host_and_port(authority)?;
        let port = port.unwrap_or(if secure { 443 } else { 80 });
        let (path, query) = rest.split_once('?').map_or((rest, None), |(path, query)| (path, Some(query)));
        if query.is_some_and(|query| !query.bytes().all(is_query)) {
            return Err(InvalidCallbackUrl::Path);
        }
        Ok(Self { secure, host: canonical_host(host)?, port, segments: segments(path)?, query: query.map(str::to_owned) })
    }

    /// Whether `other` has the same scheme, host and port, and a path that begins with all segments of this one.
    pub fn covers(&self, other: &Self) -> bool {
        let same_server = (self.secure, &self.host, self.port) == (other.secure, &other.host, other.port);
        let path = self.segments.strip_suffix(&[String::new()]).unwrap_or(&self.segments);
        same_server && other.segments.starts_with(path)
    }

    /// Whether there is a query.
    pub fn has_query(&self) -> bool {
        self.query.is_some()
    }

    /// Scheme, host and port, for logs: paths and queries may hold anything.
    pub fn server(&self) -> String {
        let scheme = if self.secure { "https" } else { "http" };
        format!("{scheme}://{}:{}", self.host, self.port)
    }
}

/// The whole address in its one form.
impl fmt::Display for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.server())?;
        self.segments.iter().try_for_each(|segment| write!(f, "/{segment}"))?;
        self.query.iter().try_for_each(|query| write!(f, "?{query}"))
    }
}

impl fmt::Debug for CallbackUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CallbackUrl({}/…)", self.server())
    }
}

fn host_and_port(authority: &str) -> Result<(&str, Option<u16>), InvalidCallbackUrl> {
    // The colons of an IPv6 address stand in brackets.
    let after_address = authority.rfind(']').unwrap_or(0);
    let colon = authority.get(after_address..).and_then(|rest| rest.find(':')).map(|at| after_address + at);
    let Some((host, port)) = colon.and_then(|at| authority.split_at_checked(at)) else { return Ok((authority, None)) };
    let digits = port.get(1..).filter(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()));
    match digits.and_then(|digits| digits.parse().ok()) {
        Some(0) | None => Err(InvalidCallbackUrl::Port),
        Some(port) => Ok((host, Some(port))),
    }
}

fn canonical_host(host: &str) -> Result<String, InvalidCallbackUrl> {
    if let Some(address) = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')) {
        return address.parse::<Ipv6Addr>().map(|address| format!("[{address}]")).map_err(|_| InvalidCallbackUrl::Host);
    }
    let host = host.to_ascii_lowercase();
    let label = |label: &str| !label.is_empty() && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    let last_is_number = host.rsplit('.').next().is_some_and(|last| last.starts_with(|first: char| first.is_ascii_digit()));
    // 127.1, 0x7f.0.0.1 and 2130706433 are addresses too, for those who look them up.
    let is_host = if last_is_number { host.parse::<Ipv4Addr>().is_ok() } else { host.len() <= 253 && host.split('.').all(label) };
    if is_host { Ok(host) } else { Err(InvalidCallbackUrl::Host) }
}

/// The segments of a path; an empty last one is the slash at its end.
fn segments(path: &str) -> Result<Vec<String>, InvalidCallbackUrl> {
    let Some(path) = path.strip_prefix('/') else {
        return if path.is_empty() { Ok(Vec::new()) } else { Err(InvalidCallbackUrl::Path) };
    };
    let mut segments: Vec<String> = path.split('/').map(str::to_owned).collect();
    let last = segments.pop();
    let strange = |segment: &String| segment.is_empty() || !is_segment(segment);
    if segments.iter().any(strange) || last.as_ref().is_some_and(|last| !is_segment(last)) {
        return Err(InvalidCallbackUrl::Path);
    }
    segments.extend(last);
    Ok(segments)
}

/// A segment that means the same to everybody.
fn is_segment(segment: &str) -> bool {
    let encoded = |byte: &str| ["%2e", "%2f", "%5c", "%00"].contains(&byte.to_ascii_lowercase().as_str());
    let escapes = segment.match_indices('%').map(|(at, _)| segment.get(at..at + 3));
    let mut escapes = escapes.map(|escape| escape.filter(|escape| escape.bytes().skip(1).all(|digit| digit.is_ascii_hexdigit())));
    let plain = segment.bytes().all(|byte| is_query(byte) && byte != b'?');
    plain && segment != "." && segment != ".." && escapes.all(|escape| escape.is_some_and(|escape| !encoded(escape)))
}

/// The characters of a query (RFC 3986, 3.4).
fn is_query(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=:@%/?".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> CallbackUrl {
        CallbackUrl::parse(text).unwrap_or_else(|error| panic!("{text}: {error}"))
    }

    #[test]
    fn an_address_has_one_form() {
        for (text, form) in [
            ("http://A.Example", "http://a.example:80"),
            ("HTTPS://a.example/x/y?z=1/2", "https://a.example:443/x/y?z=1/2"),
            ("http://a.example:8080/x/", "http://a.example:8080/x/"),
            ("http://127.0.0.1:80/", "http://127.0.0.1:80/"),
            ("http://[0:0::1]:8080/x%20y", "http://[::1]:8080/x%20y"),
        ] {
            assert_eq!(url(text).to_string(), form);
            assert_eq!(url(form), url(text));
        }
    }

    #[test]
    fn what_could_be_read_in_two_ways_is_no_address() {
        use InvalidCallbackUrl::{Host, Path, Port, Scheme, TooLong, User};
        for (text, error) in [
            ("", Scheme),
            ("a.example/x", Scheme),
            ("file:///etc/passwd", Scheme),
            ("ftp://a.example", Scheme),
            ("//a.example", Scheme),
            (" http://a.example", Scheme),
            ("http://", Host),
            ("http:///x", Host),
            ("http://anna:hush@a.example/", User),
            ("http://a.example@b.example/", User),
            ("http://a.example\\@b.example/", Path),
            ("http://a..example/", Host),
            ("http://a.example./", Host),
            ("http://a example/", Host),
            ("http://a%2eexample/", Host),
            ("http://ä.example/", Host),
            ("http://127.1/", Host),
            ("http://2130706433/", Host),
            ("http://0x7f000001/", Host),
            ("http://0177.0.0.1/", Host),
            ("http://[::1/", Port),
            ("http://[::1%25lo]/", Host),
            ("http://::1/", Port),
            ("http://a.example:/", Port),
            ("http://a.example:0/", Port),
            ("http://a.example:65536/", Port),
            ("http://a.example:+80/", Port),
            ("http://a.example:80:80/", Port),
            ("http://a.example/x/../y", Path),
            ("http://a.example/./y", Path),
            ("http://a.example/%2e%2E/y", Path),
            ("http://a.example/x%2fy", Path),
            ("http://a.example/x%5Cy", Path),
            ("http://a.example/x%0", Path),
            ("http://a.example/x%zz", Path),
            ("http://a.example//y", Path),
            ("http://a.example/x\ny", Path),
            ("http://a.example/x#y", Path),
            ("http://a.example?x=<y>", Path),
        ] {
            assert_eq!(CallbackUrl::parse(text), Err(error), "{text}");
        }
        assert_eq!(CallbackUrl::parse(&format!("http://a.example/{}", "x".repeat(LONGEST))), Err(TooLong));
    }

    #[test]
    fn a_prefix_covers_whole_segments_of_the_same_server() {
        let prefix = url("https://a.example/async");
        for inside in
            ["https://a.example/async", "https://a.example:443/async/", "https://A.EXAMPLE/async/x/y?q", "https://a.example/async?q"]
        {
            assert!(prefix.covers(&url(inside)) && url("https://a.example/async/").covers(&url(inside)), "{inside}");
        }
        for outside in [
            "http://a.example/async",
            "https://a.example:8443/async",
            "https://b.a.example/async",
            "https://a.example.evil.example/async",
            "https://a.example/asynchronous",
            "https://a.example/",
            "https://a.example/x/async",
        ] {
            assert!(!prefix.covers(&url(outside)), "{outside}");
        }
        assert!(url("https://a.example").covers(&url("https://a.example/x")));
    }

    #[test]
    fn a_log_shows_the_server_only() {
        assert_eq!(format!("{:?}", url("http://a.example/p?patient=1")), "CallbackUrl(http://a.example:80/…)");
    }
}
