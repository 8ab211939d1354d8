//! The one shape of signature that is accepted (SAML Core, 5.4; XML Signature 1.1), and its verification.
//!
//! An assertion carries its own signature as a child; the signature has one reference, to the very assertion; the
//! transforms are `enveloped-signature` and exclusive canonicalization. No identifier is ever looked up, no key is taken
//! from the message, and nothing is fetched.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use openssl::memcmp;

use super::algorithm::{Digest, SignatureMethod};
use super::issuers::IssuerKey;
use super::reading::only;
use super::{Canonical, Refusal};
use crate::wire::xml::{Element, ns};

const ENVELOPED: &str = "http://www.w3.org/2000/09/xmldsig#enveloped-signature";
/// More than any issuer names; each costs a look at every element.
const MOST_PREFIXES: usize = 16;
/// An assertion about one person takes some kilobytes.
const MOST_BYTES: usize = 256 * 1024;
const TOO_LONG: Refusal = Refusal::Malformed("the assertion is longer than 256 KiB");

/// Verifies that `assertion`, which stands where the namespaces of `scope` are in force, was signed as a whole with one of
/// these keys.
pub(super) fn verify(assertion: &Element, scope: &[(&str, &str)], keys: &[&IssuerKey]) -> Result<(), Refusal> {
    let signature = only_signature(assertion)?;
    let read = Signature::read(signature)?;
    let id = assertion.attribute("ID").filter(|id| !id.is_empty()).ok_or(Refusal::Malformed("the assertion has no ID"))?;
    if read.reference.strip_prefix('#') != Some(id) {
        return Err(Refusal::Malformed("the signature does not refer to the assertion that holds it"));
    }
    let signed = Canonical { apex: assertion, scope: scope.to_vec(), inclusive: read.prefixes, omit: Some(signature) };
    let signed = signed.bytes_within(MOST_BYTES).ok_or(TOO_LONG)?;
    let digest = read.digest.digest(&signed).unwrap_or_default();
    if digest.len() != read.digest_value.len() || !memcmp::eq(&digest, &read.digest_value) {
        return Err(Refusal::DigestMismatch);
    }
    let inner = [assertion, signature].into_iter().flat_map(|element| &element.namespaces).map(|(prefix, name)| (&**prefix, &**name));
    let scope = scope.iter().copied().chain(inner).collect();
    let signed_info = Canonical { apex: read.signed_info, scope, inclusive: read.signed_info_prefixes, omit: None };
    let signed_info = signed_info.bytes_within(MOST_BYTES).ok_or(TOO_LONG)?;
    match keys.iter().any(|key| read.method.verifies(&key.key, &signed_info, &read.value)) {
        true => Ok(()),
        false => Err(Refusal::BadSignature),
    }
}

/// The signature that is a child of the assertion; a second one anywhere inside would be somebody else's.
fn only_signature(assertion: &Element) -> Result<&Element, Refusal> {
    let mut children = assertion.elements().filter(|child| child.is(ns::DSIG, "Signature"));
    let signature = children.next().ok_or(Refusal::Unsigned)?;
    match count_signatures(assertion) {
        1 => Ok(signature),
        _ => Err(Refusal::Malformed("the assertion holds more than one signature")),
    }
}

fn count_signatures(element: &Element) -> usize {
    element.elements().map(|child| usize::from(child.is(ns::DSIG, "Signature")) + count_signatures(child)).sum()
}

/// A signature taken apart; not yet verified.
struct Signature<'e> {
    signed_info: &'e Element,
    signed_info_prefixes: Vec<&'e str>,
    method: SignatureMethod,
    value: Vec<u8>,
    reference: &'e str,
    prefixes: Vec<&'e str>,
    digest: Digest,
    digest_value: Vec<u8>,
}

impl<'e> Signature<'e> {
    fn read(signature: &'e Element) -> Result<Self, Refusal> {
        // KeyInfo may be there; it is not read. An Object could hide what was signed elsewhere.
        children_are(signature, &["SignedInfo", "SignatureValue"], Some("KeyInfo"), "the Signature holds other elements than expected")?;
        let signed_info = child(signature, "SignedInfo")?;
        let shape = "the SignedInfo is not one CanonicalizationMethod, one SignatureMethod and one Reference";
        children_are(signed_info, &["CanonicalizationMethod", "SignatureMethod", "Reference"], None, shape)?;
        let reference = child(signed_info, "Reference")?;
        let shape = "the Reference is not one Transforms, one DigestMethod and one DigestValue";
        children_are(reference, &["Transforms", "DigestMethod", "DigestValue"], None, shape)?;
        let method = child(signed_info, "SignatureMethod")?;
        let digest = child(reference, "DigestMethod")?;
        if method.elements().chain(digest.elements()).next().is_some() {
            return Err(Refusal::UnsupportedAlgorithm("parameters of algorithms are not accepted"));
        }
        Ok(Self {
            signed_info,
            signed_info_prefixes: exclusive(child(signed_info, "CanonicalizationMethod")?)?,
            method: SignatureMethod::of(algorithm(method))?,
            value: base64(child(signature, "SignatureValue")?)?,
            reference: reference.attribute("URI").unwrap_or_default(),
            prefixes: transforms(child(reference, "Transforms")?)?,
            digest: Digest::of(algorithm(digest))?,
            digest_value: base64(child(reference, "DigestValue")?)?,
        })
    }
}

fn child<'e>(parent: &'e Element, local: &str) -> Result<&'e Element, Refusal> {
    only(parent, ns::DSIG, local, "an element of the signature is missing or there twice")
}

/// That these are the child elements, in this order, with `optional` behind them or not.
fn children_are(parent: &Element, names: &[&str], optional: Option<&str>, complaint: &'static str) -> Result<(), Refusal> {
    let mut children = parent.elements();
    let as_named = names.iter().all(|name| children.next().is_some_and(|child| child.is(ns::DSIG, name)));
    let rest_fits = match (children.next(), optional) {
        (None, _) => true,
        (Some(last), Some(name)) => last.is(ns::DSIG, name) && children.next().is_none(),
        (Some(_), None) => false,
    };
    if as_named && rest_fits { Ok(()) } else { Err(Refusal::Malformed(complaint)) }
}

fn algorithm(element: &Element) -> &str {
    element.attribute("Algorithm").unwrap_or_default()
}

/// The prefix list of the second of the two transforms, which have to be these in this order (SAML Core, 5.4.4).
fn transforms(transforms: &Element) -> Result<Vec<&str>, Refusal> {
    let all: Vec<_> = transforms.elements().collect();
    match all.as_slice() {
        [enveloped, canonical]
            if all.iter().all(|transform| transform.is(ns::DSIG, "Transform"))
                && algorithm(enveloped) == ENVELOPED
                && enveloped.children.is_empty() =>
        {
            exclusive(canonical)
        }
        _ => Err(Refusal::UnsupportedAlgorithm("the transforms are not enveloped-signature and exclusive canonicalization")),
    }
}

/// The prefix list of exclusive canonicalization, the only one accepted (Exclusive XML Canonicalization, 4).
fn exclusive(method: &Element) -> Result<Vec<&str>, Refusal> {
    if algorithm(method) != ns::EXCLUSIVE_C14N {
        return Err(Refusal::UnsupportedAlgorithm("the canonicalization is not exclusive canonicalization without comments"));
    }
    let mut children = method.elements();
    let list = match (children.next(), children.next()) {
        (None, _) => "",
        (Some(list), None) if list.is(ns::EXCLUSIVE_C14N, "InclusiveNamespaces") => list.attribute("PrefixList").unwrap_or_default(),
        _ => return Err(Refusal::Malformed("the canonicalization has parameters that are not known")),
    };
    let prefixes: Vec<_> = list.split_ascii_whitespace().collect();
    if prefixes.len() > MOST_PREFIXES { Err(Refusal::Malformed("the PrefixList names more than 16 prefixes")) } else { Ok(prefixes) }
}

fn base64(element: &Element) -> Result<Vec<u8>, Refusal> {
    let text: String = element.text_cow().split_ascii_whitespace().collect();
    let plain = element.elements().next().is_none();
    STANDARD.decode(text).ok().filter(|_| plain).ok_or(Refusal::Malformed("a value of the signature is not base64"))
}
