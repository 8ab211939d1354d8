//! The address under which clients reach the server.

use std::net::IpAddr;

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// An `http` or `https` URL with a host and perhaps a port and a path, without a slash at its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL; a path such as `/xds/registry` can be appended.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether nobody on the way can read or change what is exchanged: https, or http on the loopback address.
    pub fn is_private_on_the_way(&self) -> bool {
        let Some(rest) = self.0.strip_prefix("http://") else { return true };
        let host = rest.split('/').next().unwrap_or_default();
        let host = host.strip_prefix("[::1]").map_or_else(|| host.split(':').next().unwrap_or_default(), |_| "::1");
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }
}

impl Kind for PublicUrl {
    const EXPECTED: &'static str = "an http or https URL without user, query and fragment, such as \"https://xds.example\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
        // A URL with a user might carry a password, so the message does not repeat it.
        if text.contains('@') {
            return Err(Unacceptable("the URL names a user".to_owned()));
        }
        let host = rest.and_then(|rest| rest.split(['/', ':']).next());
        let strange = |character: char| character.is_whitespace() || character.is_control() || "?#<>\"'&".contains(character);
        match host {
            Some(host) if !host.is_empty() && !text.contains(strange) => Ok(Self(text.trim_end_matches('/').to_owned())),
            Some(_) | None => Err(Unacceptable(format!("{} is not such a URL", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_slash_at_the_end_is_dropped() {
        let url = PublicUrl::parse("https://xds.example:8443/dossier/", &Base::default()).unwrap();
        assert_eq!(url.as_str(), "https://xds.example:8443/dossier");
    }

    #[test]
    fn what_cannot_stand_in_a_wsdl_address_is_refused() {
        for text in ["xds.example", "ftp://xds.example", "https://", "https:///x", "https://x.example/?a=b", "http://a b"] {
            assert!(PublicUrl::parse(text, &Base::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_password_is_not_repeated() {
        let error = PublicUrl::parse("https://anna:hush@x.example", &Base::default()).unwrap_err();
        assert!(!error.to_string().contains("hush"));
    }
}
