//! Assertions of an issuer that shares no code with the verifier, good and bad.

mod genuine;
mod issued;
mod judged;
mod mutated;
#[path = "../../../../tests/it/support/saml_issuer.rs"]
#[allow(unreachable_pub, dead_code, missing_docs, reason = "the tests from outside share this file")]
mod saml_issuer;
mod tampered;
mod wrapped;

use std::sync::LazyLock;

use saml_issuer::{Said, SamlIssuer};

use super::{Assertion, Refusal, TrustedIssuers};
use crate::model::timestamp::Instant;
use crate::wire::soap;
use crate::wire::xml::{XmlLimits, ns};

/// When the tests happen, in seconds since 1970.
const NOW: i64 = 1_742_202_000;
const AT: Instant = Instant(NOW * 1_000_000);
const NAME: &str = "urn:example:issuer";

/// The trusted issuer; making its key takes a while.
static ISSUER: LazyLock<SamlIssuer> = LazyLock::new(|| SamlIssuer::ec(NAME, openssl::nid::Nid::X9_62_PRIME256V1));

fn said() -> Said {
    Said::of("joan", NOW)
}

/// A message with this in its security header, as it may stand in the message of any client.
fn message(security: &str) -> String {
    format!(
        concat!(
            r#"<e:Envelope xmlns:e="{soap}" xmlns="urn:default" xmlns:xs="http://www.w3.org/2001/XMLSchema"><e:Header>"#,
            r#"<a:Action xmlns:a="{wsa}">urn:x</a:Action><w:Security xmlns:w="{wsse}" e:mustUnderstand="true">{security}</w:Security>"#,
            "</e:Header><e:Body><p/></e:Body></e:Envelope>"
        ),
        soap = ns::SOAP,
        wsa = ns::WSA,
        wsse = ns::WSSE,
        security = security,
    )
}

fn trusted(issuer: &SamlIssuer) -> TrustedIssuers {
    let mut issuers = TrustedIssuers::default();
    issuers.trust(&issuer.name, &issuer.pem()).unwrap();
    issuers
}

/// What the verifier makes of a whole message.
fn open_message(message: &str, issuer: &SamlIssuer) -> Result<Assertion, Refusal> {
    let security = soap::read(message.as_bytes(), &XmlLimits::default(), None).unwrap().security.unwrap();
    Ok(security.assertion(&trusted(issuer), AT)?.expect("there is a token"))
}

/// What it makes of a message with this in its security header.
fn open(security: &str) -> Result<Assertion, Refusal> {
    open_message(&message(security), &ISSUER)
}
