//! The nonce that binds an answer to its request (RFC 8954), in DER.

use openssl::error::ErrorStack;
use openssl::rand::rand_bytes;
use x509_parser::asn1_rs::{Any, Class, FromDer as _, Tag};

/// The extension's identifier, 1.3.6.1.5.5.7.48.1.2, in DER.
const NONCE: [u8; 11] = [0x06, 0x09, 0x2b, 0x06, 0x01, 0x05, 0x05, 0x07, 0x30, 0x01, 0x02];
const SEQUENCE: u8 = 0x30;
const OCTET_STRING: u8 = 0x04;
/// `requestExtensions [2]`.
const REQUEST_EXTENSIONS: u8 = 0xa2;

/// Random bytes that are sent with a request.
pub(super) struct Nonce([u8; 32]);

impl Nonce {
    /// A new one.
    pub(super) fn new() -> Result<Self, ErrorStack> {
        let mut bytes = [0; 32];
        rand_bytes(&mut bytes)?;
        Ok(Self(bytes))
    }

    /// The same request with the nonce; nothing if `request` is no request without extensions.
    pub(super) fn added_to(&self, request: &[u8]) -> Option<Vec<u8>> {
        let (_, whole) = Any::from_der(request).ok()?;
        let (_, to_be_signed) = Any::from_der(whole.data).ok()?;
        let value = [&NONCE[..], &element(OCTET_STRING, &element(OCTET_STRING, &self.0))].concat();
        let extensions = element(REQUEST_EXTENSIONS, &element(SEQUENCE, &element(SEQUENCE, &value)));
        Some(element(SEQUENCE, &element(SEQUENCE, &[to_be_signed.data, &extensions].concat())))
    }

    /// Whether an answer was made for another request. One without a nonce may have been: many responders sign ahead.
    pub(super) fn contradicts(&self, response: &[u8]) -> bool {
        nonce_of(response).is_some_and(|value| value != element(OCTET_STRING, &self.0))
    }
}

/// The value of the nonce extension in a whole `OCSPResponse` (RFC 6960, 4.2.1).
fn nonce_of(response: &[u8]) -> Option<&[u8]> {
    let (_, whole) = Any::from_der(response).ok()?;
    let bytes = elements(whole.data).into_iter().find(|one| one.class() == Class::ContextSpecific)?;
    let typed = elements(bytes.data).into_iter().next()?;
    let basic = elements(typed.data).into_iter().find(|one| one.tag() == Tag::OctetString)?;
    let (_, basic) = Any::from_der(basic.data).ok()?;
    let data = elements(basic.data).into_iter().next()?;
    // The name of the responder may have the same tag; the extensions come last.
    let last = elements(data.data).into_iter().skip(3).find(|one| one.class() == Class::ContextSpecific && one.tag().0 == 1)?;
    let list = elements(last.data).into_iter().next()?;
    let mut extensions = elements(list.data).into_iter();
    extensions.find_map(|one| one.data.starts_with(&NONCE).then(|| elements(one.data).pop().map(|value| value.data)))?
}

/// One after the other; ends where the bytes are no DER.
fn elements(mut bytes: &[u8]) -> Vec<Any<'_>> {
    let mut found = Vec::new();
    while let Ok((rest, one)) = Any::from_der(bytes) {
        found.push(one);
        bytes = rest;
    }
    found
}

/// Tag, length, content. Requests are far shorter than 64 KiB.
fn element(tag: u8, content: &[u8]) -> Vec<u8> {
    let [high, low] = u16::try_from(content.len()).unwrap_or(u16::MAX).to_be_bytes();
    let head = match (high, low) {
        (0, 0..=0x7f) => vec![tag, low],
        (0, _) => vec![tag, 0x81, low],
        _ => vec![tag, 0x82, high, low],
    };
    [&head, content].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// An answer with these elements of its `ResponseData` after version and responder: all that is read of it.
    fn response(extensions: &[u8]) -> Vec<u8> {
        let name = element(0xa1, &element(SEQUENCE, &[]));
        let data = element(SEQUENCE, &[&name[..], &element(0x18, b"20260101000000Z"), &element(SEQUENCE, &[]), extensions].concat());
        let basic = element(OCTET_STRING, &element(SEQUENCE, &data));
        let typed = element(SEQUENCE, &[&[0x06, 0x01, 0x2a][..], &basic].concat());
        element(SEQUENCE, &[&[0x0a, 0x01, 0x00][..], &element(0xa0, &typed)].concat())
    }

    fn with_nonce(bytes: &[u8]) -> Vec<u8> {
        let value = [&NONCE[..], &element(OCTET_STRING, &element(OCTET_STRING, bytes))].concat();
        response(&element(0xa1, &element(SEQUENCE, &element(SEQUENCE, &value))))
    }

    #[test]
    fn only_another_nonce_contradicts() {
        let nonce = Nonce::new().unwrap();
        assert!(!nonce.contradicts(&with_nonce(&nonce.0)));
        assert!(nonce.contradicts(&with_nonce(&[7; 32])));
        assert!(nonce.contradicts(&with_nonce(&nonce.0[..31])));
        assert!(!nonce.contradicts(&response(&[])), "a responder may sign ahead");
        for broken in [&b""[..], b"\x30", b"\x30\x84\xff\xff\xff\xff", &[0x30; 500]] {
            assert!(!nonce.contradicts(broken));
        }
    }

    #[test]
    fn lengths_are_written_in_the_shortest_form() {
        assert_eq!(element(SEQUENCE, &[1])[..3], [0x30, 1, 1]);
        assert_eq!(element(SEQUENCE, &[0; 200])[..3], [0x30, 0x81, 200]);
        assert_eq!(element(SEQUENCE, &[0; 300])[..4], [0x30, 0x82, 1, 44]);
    }
}
