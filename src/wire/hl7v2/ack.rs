//! The application acknowledgement in original mode (ITI TF-2: C.2.3): MSH, MSA and, where a message is refused, ERR.
//!
//! It is made from the bytes of the request, so that a message that cannot be read gets an answer too. What it echoes, it
//! echoes as bytes: the delimiters and the character set are those of the request. Values that are not of that character set
//! are left out, so that its sender can read the answer to a message that nobody can read.

use time::OffsetDateTime;
use time::macros::format_description;

use super::Hl7Error;
use super::charset::Charset;
use super::error::Location;
use super::escape::escape;
use super::header::Version;
use super::raw_header::{Delimiters, RawHeader};

/// What makes one acknowledgement different from the next.
#[derive(Debug, Clone, Copy)]
pub struct AckStamp<'a> {
    /// MSH-7, when it is made.
    pub at: OffsetDateTime,
    /// MSH-10, its own id: at most 20 letters and digits.
    pub control_id: &'a str,
}

/// `AA`: the message is understood and its effect is stored.
pub fn accept(request: &[u8], stamp: AckStamp<'_>) -> Vec<u8> {
    Acknowledgement::to(request).segments(stamp, "AA", None)
}

/// `AE` or `AR`, with an ERR segment in the form of the request's version.
pub fn refuse(request: &[u8], error: &Hl7Error, stamp: AckStamp<'_>) -> Vec<u8> {
    Acknowledgement::to(request).segments(stamp, error.refusal.code(), Some(error))
}

/// The code in MSA-1 of an acknowledgement, for a sender.
pub fn acknowledgement_code(ack: &[u8]) -> Option<&str> {
    let header = RawHeader::find(ack)?;
    let msa = ack.split(|byte| matches!(byte, b'\r' | b'\n')).find(|segment| segment.starts_with(b"MSA"))?;
    let code = msa.split(|byte| char::from(*byte) == header.delimiters.field).nth(1)?;
    str::from_utf8(code).ok()
}

struct Acknowledgement<'m> {
    header: Option<RawHeader<'m>>,
    delimiters: Delimiters,
    version: Version,
    charset: Charset,
    /// MSH-18, if it names a character set that is accepted.
    charset_name: &'m [u8],
}

impl<'m> Acknowledgement<'m> {
    fn to(request: &'m [u8]) -> Self {
        let header = RawHeader::find(request);
        let delimiters = header.map(|header| header.delimiters).unwrap_or_default();
        let version = header.and_then(|header| str::from_utf8(header.component(12, 1)).ok().and_then(Version::from_name));
        let named = header.map(|header| header.component(18, 1)).unwrap_or_default();
        let known = str::from_utf8(named).ok().and_then(Charset::from_name);
        let charset = known.unwrap_or(if named.is_empty() { Charset::guess(request) } else { Charset::Ascii });
        let charset_name = if known.is_some() { named } else { b"" };
        Self { header, delimiters, version: version.unwrap_or(Version::V2_5), charset, charset_name }
    }

    /// A field of the request, if it is fit to be sent back.
    fn echo(&self, field: usize) -> &'m [u8] {
        self.fit(self.header.map(|header| header.field(field)).unwrap_or_default())
    }

    /// Nothing instead of a value that is over-long, not of the character set, or would break the frame or the line.
    fn fit(&self, value: &'m [u8]) -> &'m [u8] {
        let text = self.charset.decode(value).filter(|_| value.len() <= 1024);
        if text.is_some_and(|text| !text.contains(char::is_control)) { value } else { b"" }
    }

    fn segments(&self, stamp: AckStamp<'_>, code: &str, error: Option<&Hl7Error>) -> Vec<u8> {
        let mut message = self.msh(stamp);
        let old = self.version < Version::V2_5;
        let text = error.map(|error| printable(&error.to_string(), self.delimiters, if old { 80 } else { 250 }));
        let mut msa = vec![&b"MSA"[..], code.as_bytes(), self.echo(10)];
        if let Some(text) = text.as_ref().filter(|_| old) {
            msa.push(text.as_bytes());
        }
        self.push(&mut message, &msa);
        if let Some(error) = error {
            let err = if old { self.err_1(error) } else { self.err_2_to_8(error) };
            self.push(&mut message, &[b"ERR", err.as_bytes()]);
        }
        message
    }

    fn msh(&self, stamp: AckStamp<'_>) -> Vec<u8> {
        let Delimiters { component, repetition, escape, subcomponent, .. } = self.delimiters;
        let encoding = String::from_iter([component, repetition, escape, subcomponent]);
        let at =
            stamp.at.format(format_description!("[year][month][day][hour][minute][second][offset_hour sign:mandatory][offset_minute]"));
        let trigger = self.fit(self.header.map(|header| header.component(9, 2)).unwrap_or_default());
        let mark = [u8::try_from(component).unwrap_or(b'^')];
        let kind = if trigger.is_empty() { b"ACK".to_vec() } else { [b"ACK", trigger, b"ACK"].join(&mark[..]) };
        let processing_id = Some(self.echo(11)).filter(|id| !id.is_empty()).unwrap_or(b"P");
        let control_id = printable(stamp.control_id, self.delimiters, 20);
        let fields = [
            b"MSH",
            encoding.as_bytes(),
            self.echo(5),
            self.echo(6),
            self.echo(3),
            self.echo(4),
            at.as_deref().unwrap_or_default().as_bytes(),
            b"",
            &kind,
            control_id.as_bytes(),
            processing_id,
            self.version.as_str().as_bytes(),
            b"",
            b"",
            b"",
            b"",
            b"",
            self.charset_name,
        ];
        let used = if self.charset_name.is_empty() { 12 } else { fields.len() };
        let mut message = Vec::with_capacity(512);
        self.push(&mut message, fields.get(..used).unwrap_or_default());
        message
    }

    fn push(&self, message: &mut Vec<u8>, fields: &[&[u8]]) {
        let mark = [u8::try_from(self.delimiters.field).unwrap_or(b'|')];
        message.extend_from_slice(&fields.join(&mark[..]));
        message.push(b'\r');
    }

    /// ERR-1 until version 2.4 (type ELD): segment, sequence, field, then the code with the text in the place of its alternate text.
    fn err_1(&self, error: &Hl7Error) -> String {
        let Delimiters { component, subcomponent, .. } = self.delimiters;
        let (code, condition) = error.condition.code_and_text();
        let place = error.location.map_or_else(<[String; 3]>::default, |Location { segment, sequence, field, .. }| {
            [segment.to_string(), sequence.to_string(), field.map(|number| number.to_string()).unwrap_or_default()]
        });
        let text = printable(&error.to_string(), self.delimiters, 250);
        let code = [code, condition, "HL70357", "", &text].join(&subcomponent.to_string());
        [place.as_slice(), &[code]].concat().join(&component.to_string())
    }

    /// ERR-1 (empty) to ERR-8 from version 2.5 on (ITI TF-2: C.2.3.2), without the separator that begins the segment.
    fn err_2_to_8(&self, error: &Hl7Error) -> String {
        let Delimiters { field, component, .. } = self.delimiters;
        let (code, condition) = error.condition.code_and_text();
        let place = error.location.map(|location| {
            let numbers = location.numbers().map(|number| number.to_string());
            let parts: Vec<_> = [location.segment.to_string(), location.sequence.to_string()].into_iter().chain(numbers).collect();
            parts.join(&component.to_string())
        });
        let code = [code, condition, "HL70357"].join(&component.to_string());
        let text = printable(&error.to_string(), self.delimiters, 250);
        ["", &place.unwrap_or_default(), &code, "E", "", "", "", &text].join(&field.to_string())
    }
}

/// At most `limit` characters, all ASCII, escaped.
fn printable(text: &str, delimiters: Delimiters, limit: usize) -> String {
    let ascii: String = text.chars().take(limit).map(|c| if c.is_ascii() { c } else { '?' }).collect();
    escape(&ascii, delimiters)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use time::macros::datetime;

    use super::super::error::{ErrorCondition, SegmentId};
    use super::*;

    const STAMP: AckStamp<'static> = AckStamp { at: datetime!(2026-02-03 04:05:06 UTC), control_id: "A1" };

    fn text(ack: Vec<u8>) -> String {
        String::from_utf8(ack).unwrap()
    }

    fn missing_pid_3() -> Hl7Error {
        let place = Location::segment(SegmentId::PID, 1).field(3);
        Hl7Error::error(ErrorCondition::RequiredFieldMissing, place, "send 1^^^&1.2&ISO")
    }

    #[test]
    fn acceptance_swaps_the_parties_and_refers_to_the_message() {
        let ack = accept(b"MSH|^~\\&|ADT|CHL|REG|DSP|20260101||ADT^A01|TK 1|T|2.3.1||||||UNICODE UTF-8\rPID|||x", STAMP);
        assert_eq!(text(ack), "MSH|^~\\&|REG|DSP|ADT|CHL|20260203040506+0000||ACK^A01^ACK|A1|T|2.3.1||||||UNICODE UTF-8\rMSA|AA|TK 1\r");
    }

    #[test]
    fn an_error_has_the_form_of_the_version() {
        let request = |version: &str| format!("MSH|^~\\&|ADT|CHL|REG|DSP|2026||ADT^A08|M|P|{version}\r").into_bytes();
        let old = text(refuse(&request("2.3.1"), &missing_pid_3(), STAMP));
        assert!(old.contains("\rMSA|AE|M|PID-3: send 1\\S\\\\S\\\\S\\\\T\\1.2\\T\\ISO\r"), "{old}");
        assert!(old.ends_with("\rERR|PID^1^3^101&Required field missing&HL70357&&PID-3: send 1\\S\\\\S\\\\S\\\\T\\1.2\\T\\ISO\r"), "{old}");
        let new = text(refuse(&request("2.5"), &missing_pid_3(), STAMP));
        assert!(new.contains("\rMSA|AE|M\r"), "{new}");
        assert!(
            new.ends_with("\rERR||PID^1^3|101^Required field missing^HL70357|E||||PID-3: send 1\\S\\\\S\\\\S\\\\T\\1.2\\T\\ISO\r"),
            "{new}"
        );
    }

    #[test]
    fn an_error_outside_the_message_has_no_location() {
        let request = b"MSH|^~\\&|ADT|CHL|REG|DSP|2026||ADT^A08|M|P|2.6\r";
        let ack = text(refuse(request, &Hl7Error::unavailable("the database does not answer; send the message again later"), STAMP));
        assert!(ack.contains("\rMSA|AR|M\rERR|||207^Application internal error^HL70357|E||||the database"), "{ack}");
    }

    #[test]
    fn what_cannot_be_read_is_answered_with_the_usual_delimiters() {
        let error = Hl7Error::reject(ErrorCondition::SegmentSequence, None, "no MSH segment");
        let ack = text(refuse(b"no HL7", &error, STAMP));
        assert!(ack.starts_with("MSH|^~\\&|||||20260203040506+0000||ACK|A1|P|2.5\rMSA|AR|\rERR|||100^"), "{ack}");
        let ack = accept(b"MSH$%!?*$ADT$CHL$REG$DSP$2026$$ADT%A40$M$P$2.4\r", STAMP);
        assert_eq!(text(ack), "MSH$%!?*$REG$DSP$ADT$CHL$20260203040506+0000$$ACK%A40%ACK$A1$P$2.4\rMSA$AA$M\r");
    }

    #[test]
    fn what_is_over_long_is_not_echoed() {
        let request = format!("MSH|^~\\&|{}|CHL|REG|DSP|2026||ADT^A08|M|P|2.6\r", "A".repeat(1025));
        assert!(text(accept(request.as_bytes(), STAMP)).starts_with("MSH|^~\\&|REG|DSP||CHL|"));
    }

    #[test]
    fn what_is_not_of_the_character_set_is_not_echoed() {
        let of = |sender: &[u8], charset: &str| {
            let request = [b"MSH|^~\\&|", sender, b"|CHL|REG|DSP|2026||ADT^A08|M|P|2.6||||||", charset.as_bytes(), b"\r"].concat();
            accept(&request, STAMP)
        };
        let start = |sender: &[u8]| [b"MSH|^~\\&|REG|DSP|", sender, b"|CHL|"].concat();
        assert!(of("Müller".as_bytes(), "UNICODE UTF-8").starts_with(&start("Müller".as_bytes())));
        assert!(of(b"M\xfcller", "UNICODE UTF-8").starts_with(&start(b"")));
        assert!(of(b"M\xfcller", "8859/1").starts_with(&start(b"M\xfcller")));
        assert!(of(b"M\x85", "").starts_with(&start(b"")), "a control character of ISO 8859-1");
        let unknown = of("Müller".as_bytes(), "ISO IR87");
        assert!(unknown.starts_with(&start(b"")) && text(unknown).contains("|P|2.6\rMSA|"), "in ASCII, for its character set is not known");
    }

    proptest! {
        #[test]
        fn any_request_gets_an_answer_that_can_be_framed(start in prop::bool::ANY, bytes in prop::collection::vec(prop::num::u8::ANY, 0..300)) {
            let request = [if start { &b"MSH|^~\\&|"[..] } else { b"" }, &bytes].concat();
            let ack = refuse(&request, &missing_pid_3(), STAMP);
            prop_assert!(!ack.iter().any(|b| b.is_ascii_control() && *b != b'\r'));
            prop_assert_eq!(ack.iter().filter(|b| **b == b'\r').count(), 3);
            prop_assert_eq!(acknowledgement_code(&ack), Some("AE"));
        }
    }
}
