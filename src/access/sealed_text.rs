//! Texts that a caller takes along and brings back: nobody else can read them, alter them or use them.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::model::hl7_types::PatientId;

use super::{Call, Door, Failure};

impl Door {
    /// Seals a text for whoever calls. What comes out fits into an address.
    ///
    /// # Errors
    /// [`Failure::Content`] if it cannot be encrypted.
    pub fn seal(&self, call: &Call, purpose: &str, text: &str) -> Result<String, Failure> {
        let sealed = self.contents().seal_text(context(call, purpose).as_bytes(), text.as_bytes())?;
        Ok(URL_SAFE_NO_PAD.encode(sealed))
    }

    /// The text of what was sealed for the same caller and purpose; nothing for anything else.
    ///
    /// # Errors
    /// [`Failure::Content`] if it cannot be decrypted for another reason than what it is.
    pub fn unseal(&self, call: &Call, purpose: &str, sealed: &str) -> Result<Option<String>, Failure> {
        let Ok(bytes) = URL_SAFE_NO_PAD.decode(sealed) else { return Ok(None) };
        let text = self.contents().open_text(context(call, purpose).as_bytes(), &bytes)?;
        Ok(text.and_then(|text| String::from_utf8(text).ok()))
    }
}

/// Who calls, in which quality, and what for. The same person with a new token is the same.
fn context(call: &Call, purpose: &str) -> String {
    let caller = match &call.person {
        Some(person) => {
            let claims = &person.claims;
            let roles: Vec<_> = claims.roles.iter().map(|role| (&role.system, &role.code)).collect();
            // Debug of a patient id shows nothing of it.
            let [account, by] = [&claims.person, &claims.representative].map(|id| id.as_ref().map(PatientId::to_string));
            format!("{:?}", (&person.issuer, &person.name_id, roles, &claims.provider_identifiers, account, by))
        }
        None => format!("{:?}", call.node.proven().map(|node| &node.fingerprint)),
    };
    // Quotes within texts are escaped, so that no two callers read alike.
    format!("{purpose:?} {caller}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::access::caller::tests::{P04, P05, Said, call_of, node};
    use crate::access::test_registry::{TestRegistry, call};

    #[test]
    fn a_text_is_of_use_to_its_caller_and_purpose_only() {
        let (_behind, door) = TestRegistry::open();
        let patient = |person| Said { roles: &["patient"], person: Some(person), ..Said::default() };
        let callers = [
            call(),
            Call { node: node("e1"), ..call() },
            call_of(patient(P04)),
            call_of(patient(P05)),
            call_of(Said { id: "D01", ..Said::default() }),
            call_of(Said { id: "D02", ..Said::default() }),
            call_of(Said { representative: Some(P04), roles: &["representant-legal"], ..patient(P05) }),
        ];
        for (at, caller) in callers.iter().enumerate() {
            let sealed = door.seal(caller, "page", "patient=1958").unwrap();
            for (other_at, other) in callers.iter().enumerate() {
                let text = door.unseal(other, "page", &sealed).unwrap();
                assert_eq!(text, (at == other_at).then(|| "patient=1958".to_owned()), "{at} {other_at}");
            }
            assert_eq!(door.unseal(caller, "another", &sealed).unwrap(), None);
        }
        assert_eq!(door.unseal(&call(), "page", "%").unwrap(), None);
    }
}
