//! Signature wrapping: a genuine signature, and somebody else's words (Somorovsky et al., "On Breaking SAML", 2012; the
//! eight variants XSW1 to XSW8 of the usual tools, in a security header instead of a response).

use super::saml_issuer::SIGNATURE;
use super::*;

/// A genuine assertion about `joan` in its parts, and one about `mallory` that nobody signed.
struct Parts {
    genuine: String,
    /// The genuine one without its signature.
    bare: String,
    signature: String,
    /// With [`SIGNATURE`] where a signature may go.
    evil: String,
}

fn parts() -> Parts {
    let said = said();
    let genuine = ISSUER.issue(&said);
    let bare = said.unsigned(NAME).replace(SIGNATURE, "");
    let at = genuine.find("<ds:Signature ").unwrap();
    let end = genuine.find("</ds:Signature>").unwrap() + "</ds:Signature>".len();
    let signature = genuine[at..end].to_owned();
    let evil = said.unsigned(NAME).replace(&said.id, "_evil").replace("joan", "mallory");
    Parts { genuine, bare, signature, evil }
}

/// `content` put in before the end of the signature.
fn inside(signature: &str, content: &str) -> String {
    signature.replace("</ds:Signature>", &format!("{content}</ds:Signature>"))
}

#[test]
fn every_variant_is_refused() {
    let Parts { genuine, bare, signature, evil } = parts();
    let same_id = evil.replace("_evil", &genuine[genuine.find("ID=\"").unwrap() + 4..][..33]);
    assert!(open(&genuine).is_ok());
    let object = |content: &str| format!("<ds:Object>{content}</ds:Object>");
    let extension = |content: &str| format!("<x:Extensions xmlns:x=\"urn:x\">{content}</x:Extensions>");
    let bare_evil = evil.replace(SIGNATURE, "");
    let with = |signature: &str| evil.replace(SIGNATURE, signature);
    let variants = [
        ("XSW1, the original inside the signature of the evil one", with(&inside(&signature, &bare))),
        ("XSW2, the signature beside the evil one", format!("{bare_evil}{signature}{bare}")),
        ("XSW3, the evil one before", format!("{bare_evil}{genuine}")),
        ("XSW3, the evil one behind", format!("{genuine}{bare_evil}")),
        ("XSW4, the original inside the evil one", bare_evil.replace("</saml2:Assertion>", &format!("{genuine}</saml2:Assertion>"))),
        ("XSW5, the evil one has the signature, the original follows", format!("{}{bare}", with(&signature))),
        ("XSW6, the original inside the signature, in another place", format!("{}{bare_evil}", with(&inside(&signature, &genuine)))),
        ("XSW7, the evil one in an extension before", format!("{}{genuine}", extension(&bare_evil))),
        ("XSW8, the original in an Object of the signature", with(&inside(&signature, &object(&bare)))),
        ("the evil one has the signature alone", with(&signature)),
        ("the evil one with the identifier", same_id.replace(SIGNATURE, &signature)),
        ("the evil one with the identifier before", format!("{}{genuine}", same_id.replace(SIGNATURE, ""))),
        ("the original in an Object, with the identifier", same_id.replace(SIGNATURE, &inside(&signature, &object(&bare)))),
        ("the original in the KeyInfo", same_id.replace(SIGNATURE, &inside(&signature, &format!("<ds:KeyInfo>{bare}</ds:KeyInfo>")))),
        ("the evil one in another namespace", format!("{}{genuine}", bare_evil.replace("SAML:2.0:assertion", "SAML:1.0:assertion"))),
        ("the original in an extension only", extension(&genuine)),
        (
            "the evil one in the advice",
            genuine.replace("<saml2:AuthnStatement", &format!("<saml2:Advice>{bare_evil}</saml2:Advice><saml2:AuthnStatement")),
        ),
    ];
    for (name, security) in variants {
        assert!(open(&security).is_err(), "{name} was accepted");
    }
}

/// Nothing outside the security header is ever looked at, so that what stands there cannot be taken for the assertion.
#[test]
fn the_rest_of_the_message_is_not_searched() {
    let Parts { genuine, bare, signature, evil } = parts();
    let envelope = |security: &str, body: &str| message(security).replace("<p/>", &format!("<p>{body}</p>"));
    assert_eq!(open_message(&envelope(&genuine, &evil.replace(SIGNATURE, "")), &ISSUER).unwrap().name_id, "joan");
    assert!(open_message(&envelope(&evil.replace(SIGNATURE, &signature), &bare), &ISSUER).is_err());
    let twice = message(&genuine).replace("<w:Security", "<w:Security xmlns:w=\"{wsse}\"/><w:Security").replace("{wsse}", ns::WSSE);
    let fault = soap::read(twice.as_bytes(), &XmlLimits::default(), None).unwrap_err();
    assert_eq!(fault.subcodes[0].local, "InvalidSecurity");
}

#[test]
fn an_identifier_stands_for_one_element() {
    let assertion = ISSUER.issue(&said());
    let id = &assertion[assertion.find("ID=\"").unwrap() + 4..][..33];
    for name in ["ID", "Id", "xml:id", "u:Id"] {
        let twin = format!("<u:Timestamp xmlns:u=\"{}\" {name}=\"{id}\"/>", ns::WSU);
        assert_eq!(open(&format!("{twin}{assertion}")), Err(Refusal::DuplicateId), "{name}");
    }
}
