//! A client's certificate, read (RFC 5280).

use openssl::hash::MessageDigest;
use openssl::x509::X509Ref;
use x509_parser::extensions::GeneralName;
use x509_parser::objects::{oid_registry, oid2abbrev};
use x509_parser::parse_x509_certificate;
use x509_parser::x509::{AttributeTypeAndValue, X509Name};

use crate::model::node::Node;

/// What it says of its holder; nothing if it breaks the rules of its format.
pub(super) fn read(certificate: &X509Ref) -> Option<Node> {
    let der = certificate.to_der().ok()?;
    let fingerprint = hex::encode(certificate.digest(MessageDigest::sha256()).ok()?);
    let (rest, parsed) = parse_x509_certificate(&der).ok()?;
    let names = parsed.subject_alternative_name().ok()?;
    let names = names.iter().flat_map(|extension| &extension.value.general_names);
    let (mut dns_names, mut uris) = (Vec::new(), Vec::new());
    for name in names {
        match name {
            GeneralName::DNSName(name) => dns_names.push(name.to_ascii_lowercase()),
            GeneralName::URI(uri) => uris.push((*uri).to_owned()),
            _ => {}
        }
    }
    rest.is_empty().then(|| Node {
        fingerprint,
        subject: distinguished_name(parsed.subject()),
        issuer: distinguished_name(parsed.issuer()),
        serial: hex::encode(parsed.raw_serial()),
        dns_names,
        uris,
    })
}

/// As text, the last name first (RFC 4514, 2.1).
fn distinguished_name(name: &X509Name<'_>) -> String {
    let relative: Vec<String> = name.iter_rdn().map(|relative| relative.iter().map(attribute).collect::<Vec<_>>().join("+")).collect();
    relative.into_iter().rev().collect::<Vec<_>>().join(",")
}

fn attribute(attribute: &AttributeTypeAndValue<'_>) -> String {
    let kind = attribute.attr_type();
    let kind = oid2abbrev(kind, oid_registry()).map_or_else(|_| kind.to_id_string(), str::to_owned);
    let value = attribute.as_str().map_or_else(|_| format!("#{}", hex::encode(attribute.as_slice())), escaped);
    format!("{kind}={value}")
}

/// RFC 4514, 2.4.
fn escaped(value: &str) -> String {
    let mut text = String::with_capacity(value.len());
    for (at, character) in value.char_indices() {
        let last = at + character.len_utf8() == value.len();
        match character {
            '"' | '+' | ',' | ';' | '<' | '>' | '\\' => text.extend(['\\', character]),
            ' ' if at == 0 || last => text.push_str("\\ "),
            '#' if at == 0 => text.push_str("\\#"),
            control if control.is_control() => text.extend(control.to_string().bytes().map(|byte| format!("\\{byte:02X}"))),
            other => text.push(other),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use openssl::x509::X509;

    use super::*;
    use crate::pki::{TestPki, make};

    #[test]
    fn a_connector_is_read_with_its_names() {
        let folder = tempfile::tempdir().unwrap();
        make(folder.path(), &TestPki { hosts: &[], days: 1, now: 1_790_000_000 }).unwrap();
        let pem = std::fs::read(folder.path().join("connectors/hospital-e1.pem")).unwrap();
        let node = read(&X509::from_pem(&pem).unwrap()).unwrap();
        assert_eq!(node.subject, "CN=hospital-e1,O=Dossier test PKI\\, not for production,C=LU");
        assert_eq!(node.issuer, "CN=Test issuing CA,O=Dossier test PKI\\, not for production,C=LU");
        assert_eq!(node.dns_names, ["hospital-e1.connector.test"]);
        assert_eq!(node.uris, ["urn:dossier:test:system:hospital-e1"]);
        let systems = std::fs::read_to_string(folder.path().join("systems.csv")).unwrap();
        assert!(systems.contains(&format!("sha256:{}", node.fingerprint)));
    }

    #[test]
    fn special_characters_are_escaped() {
        assert_eq!(escaped(" #a,b+c\u{1}d "), "\\ #a\\,b\\+c\\01d\\ ");
        assert_eq!(escaped("#x"), "\\#x");
    }
}
