//! The acknowledgement of a patient feed as its sender reads it (ITI TF-2: C.2.3).

use crate::wire::hl7v2::Hl7Error;
use crate::wire::hl7v2::er7::{Message, Segment};

/// What the receiver says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acknowledgement {
    /// MSA-1: `AA` accepted, `AE` refused for its content, `AR` rejected.
    pub code: String,
    /// MSA-2, the id of the message that is meant.
    pub control_id: String,
    /// What was wrong, in the receiver's words. It may quote the message: for the sender's eyes, never for a log.
    pub error: Option<String>,
}

impl Acknowledgement {
    /// Reads an acknowledgement of any version of HL7.
    pub fn read(message: &[u8]) -> Result<Self, Hl7Error> {
        let message = Message::parse(message)?;
        let Some(msa) = segment(&message, "MSA") else {
            return Ok(Self { code: String::new(), control_id: String::new(), error: None });
        };
        let text = |number| msa.field(number).owned().map(Option::unwrap_or_default);
        Ok(Self { code: text(1)?, control_id: text(2)?, error: error(&message, msa)? })
    }
}

fn segment<'m>(message: &'m Message<'_>, name: &str) -> Option<Segment<'m>> {
    message.segments().find(|segment| segment.id().to_string() == name)
}

/// From version 2.5 on ERR-8 or else ERR-3, before that MSA-3 or else the text inside ERR-1.
fn error(message: &Message<'_>, msa: Segment<'_>) -> Result<Option<String>, Hl7Error> {
    let err = segment(message, "ERR");
    let newer = [err.map(|err| err.field(8)), err.map(|err| err.field(3).component(2))];
    let older = [Some(msa.field(3)), err.map(|err| err.field(1).component(4).subcomponent(2))];
    for place in newer.into_iter().chain(older).flatten() {
        if let Some(text) = place.owned()? {
            return Ok(Some(text));
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(segments: &str) -> Acknowledgement {
        Acknowledgement::read(format!("MSH|^~\\&|R|D|A|C|2026||ACK^A01|X1|P|2.5\r{segments}").as_bytes()).unwrap()
    }

    #[test]
    fn the_error_is_found_where_each_version_puts_it() {
        assert_eq!(read("MSA|AA|M1\r"), Acknowledgement { code: "AA".into(), control_id: "M1".into(), error: None });
        let error = |segments: &str| read(segments).error.unwrap();
        assert_eq!(error("MSA|AE|M1\rERR||PID^1^3|101^Required field missing^HL70357|E||||PID-3: send it\r"), "PID-3: send it");
        assert_eq!(error("MSA|AE|M1\rERR||PID^1^3|101^Required field missing^HL70357|E\r"), "Required field missing");
        assert_eq!(error("MSA|AE|M1|old words\rERR|PID^1^3^101&Required field missing&HL70357\r"), "old words");
        assert_eq!(error("MSA|AR|M1\rERR|PID^1^3^101&Required field missing&HL70357\r"), "Required field missing");
    }

    #[test]
    fn what_is_no_acknowledgement_has_no_code() {
        assert_eq!(read("PID|1\r").code, "");
        assert!(Acknowledgement::read(b"HTTP/1.1 400").is_err());
    }
}
