//! The other end of a connection, proven by its certificate (ITI TF-2: 3.19 Authenticate Node).

use serde::{Deserialize, Serialize};

/// The organisation (O) in every certificate of a test PKI. Everybody has the keys, so production refuses them.
pub const TEST_PKI_ORGANISATION: &str = "Dossier test PKI, not for production";

/// A secure node: whoever holds the key of this certificate, which an authority of the deployment issued and did not revoke.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Node {
    /// SHA-256 of the certificate, as lower-case hexadecimal digits.
    pub fingerprint: String,
    /// The subject's distinguished name (RFC 4514).
    pub subject: String,
    /// The issuer's distinguished name (RFC 4514).
    pub issuer: String,
    /// The serial number, as lower-case hexadecimal digits.
    pub serial: String,
    /// The DNS names of the subjectAltName, in lower case.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub dns_names: Vec<String>,
    /// The URIs of the subjectAltName.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub uris: Vec<String>,
}

/// What a connection proves of its other end.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum NodeProof {
    /// Nothing: it is plain, or no certificate was shown.
    #[default]
    None,
    /// It is this node.
    Proven(Node),
    /// It was this node when it connected; since then its certificate ran out or was revoked.
    Withdrawn(Node),
}

impl NodeProof {
    /// The node, where it is proven now.
    pub fn proven(&self) -> Option<&Node> {
        match self {
            Self::Proven(node) => Some(node),
            Self::None | Self::Withdrawn(_) => None,
        }
    }
}

impl Node {
    /// All texts by which a directory may know the certificate.
    pub fn identities(&self) -> Vec<CertificateIdentity> {
        let dns = self.dns_names.iter().map(|name| format!("dns:{name}"));
        let uris = self.uris.iter().map(|uri| format!("uri:{uri}"));
        let whole = [format!("sha256:{}", self.fingerprint), format!("subject:{}", self.subject)];
        whole.into_iter().chain(dns).chain(uris).map(CertificateIdentity).collect()
    }
}

/// What a directory says of a certificate: `sha256:` and its fingerprint, `dns:` or `uri:` and a name of its subjectAltName,
/// or `subject:` and the subject's distinguished name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct CertificateIdentity(String);

/// The text names no certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a certificate is named by sha256: and the 64 hexadecimal digits of its fingerprint, by dns: or uri: and a subjectAltName, or by subject: and the distinguished name (RFC 4514)"
)]
pub struct InvalidIdentity;

impl CertificateIdentity {
    /// The text, as tables hold it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for CertificateIdentity {
    type Err = InvalidIdentity;

    /// Reads a fingerprint with or without colons, in whatever case.
    fn from_str(text: &str) -> Result<Self, InvalidIdentity> {
        let (kind, value) = text.split_once(':').ok_or(InvalidIdentity)?;
        let value = match kind {
            "sha256" => fingerprint(value)?,
            "dns" => value.to_ascii_lowercase(),
            "uri" | "subject" => value.to_owned(),
            _ => return Err(InvalidIdentity),
        };
        if value.is_empty() || value.len() > 1000 { Err(InvalidIdentity) } else { Ok(Self(format!("{kind}:{value}"))) }
    }
}

fn fingerprint(text: &str) -> Result<String, InvalidIdentity> {
    let digits: String = text.chars().filter(|c| *c != ':').collect::<String>().to_ascii_lowercase();
    let fits = digits.len() == 64 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    if fits { Ok(digits) } else { Err(InvalidIdentity) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_known_by_its_fingerprint_and_its_names() {
        let node = Node {
            fingerprint: "ab".repeat(32),
            subject: "CN=one".to_owned(),
            issuer: "CN=ca".to_owned(),
            serial: "01".to_owned(),
            dns_names: vec!["one.example".to_owned()],
            uris: vec!["urn:one".to_owned()],
        };
        let written = [
            format!("sha256:{}", ["AB"; 32].join(":")),
            "dns:One.Example".to_owned(),
            "uri:urn:one".to_owned(),
            "subject:CN=one".to_owned(),
        ];
        for text in written {
            assert!(node.identities().contains(&text.parse().unwrap()), "{text}");
        }
        for text in ["", "sha256:", "sha256:ab", "ip:127.0.0.1", "dns:", "one.example"] {
            assert_eq!(text.parse::<CertificateIdentity>(), Err(InvalidIdentity), "{text}");
        }
    }
}
