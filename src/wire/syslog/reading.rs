//! A syslog message of another system, read (RFC 5424, 6).

use crate::model::received_record::SyslogNames;
use crate::model::timestamp::Instant;
use crate::wire::fhir::dates;

/// The byte order mark before a text in UTF-8 (RFC 5424, 6.4).
const BOM: &[u8] = "\u{feff}".as_bytes();
/// Lengths of the names in the header at most (RFC 5424, 6): HOSTNAME, APP-NAME, PROCID, MSGID.
const LONGEST: [usize; 4] = [255, 48, 128, 32];

/// The parts of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogMessage<'a> {
    /// What its header says.
    pub names: SyslogNames,
    /// `VERSION`.
    pub version: &'a str,
    /// `TIMESTAMP` as it is written; nothing where there is none.
    pub timestamp: Option<&'a str>,
    /// `STRUCTURED-DATA` as it is written; nothing where there is none.
    pub structured_data: Option<&'a str>,
    /// `MSG`, without a byte order mark.
    pub text: &'a [u8],
}

impl<'a> SyslogMessage<'a> {
    /// Reads a message; nothing where it breaks the rules of its format.
    pub fn read(message: &'a [u8]) -> Option<Self> {
        let (priority, rest) = priority(message)?;
        let (version, rest) = word(rest)?;
        let is_version = (1..=3).contains(&version.len()) && !version.starts_with('0') && version.bytes().all(|byte| byte.is_ascii_digit());
        let (timestamp, mut rest) = word(rest).filter(|_| is_version)?;
        let timestamp = (timestamp != "-").then_some(timestamp);
        timestamp.map_or(Some(()), |timestamp| timestamp.contains('T').then(|| dates::period(timestamp).ok()).flatten().map(drop))?;
        let mut names: [Option<String>; 4] = Default::default();
        for (name, longest) in names.iter_mut().zip(LONGEST) {
            let (found, after) = word(rest)?;
            if found.is_empty() || found.len() > longest || !found.bytes().all(|byte| byte.is_ascii_graphic()) {
                return None;
            }
            *name = (found != "-").then(|| found.to_owned());
            rest = after;
        }
        let (structured_data, rest) = structured_data(rest)?;
        let text = match rest.split_first() {
            None => rest,
            Some((b' ', text)) => text.strip_prefix(BOM).unwrap_or(text),
            Some(_) => return None,
        };
        let [hostname, app_name, process_id, message_id] = names;
        let names = SyslogNames { priority: Some(priority), hostname, app_name, process_id, message_id };
        Some(Self { names, version, timestamp, structured_data, text })
    }

    /// When it was written, as it says.
    pub fn at(&self) -> Option<Instant> {
        dates::period(self.timestamp?).ok().map(|time| time.start)
    }
}

/// `<PRI>`, 0 to 191.
fn priority(message: &[u8]) -> Option<(u16, &[u8])> {
    let rest = message.strip_prefix(b"<")?;
    let end = rest.iter().take(4).position(|byte| *byte == b'>')?;
    let digits = str::from_utf8(rest.get(..end)?).ok()?;
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()) && (digits == "0" || !digits.starts_with('0'));
    let priority = digits.parse().ok().filter(|priority| is_number && *priority <= 191)?;
    Some((priority, rest.get(end + 1..)?))
}

/// The text up to the next space, and what follows that.
fn word(bytes: &[u8]) -> Option<(&str, &[u8])> {
    let end = bytes.iter().position(|byte| *byte == b' ')?;
    Some((str::from_utf8(bytes.get(..end)?).ok()?, bytes.get(end + 1..)?))
}

/// `-`, or elements in brackets, in which a quoted value may hold any but the quote, the backslash and the bracket unescaped.
fn structured_data(bytes: &[u8]) -> Option<(Option<&str>, &[u8])> {
    if let Some(rest) = bytes.strip_prefix(b"-") {
        return Some((None, rest));
    }
    let (mut is_open, mut is_quoted, mut is_escaped) = (false, false, false);
    let mut end = 0;
    for byte in bytes {
        match byte {
            _ if is_escaped => is_escaped = false,
            b'\\' if is_quoted => is_escaped = true,
            b'"' if is_open => is_quoted = !is_quoted,
            b'[' if !is_open => is_open = true,
            b']' if is_open && !is_quoted => is_open = false,
            _ if !is_open => break,
            _ => {}
        }
        end += 1;
    }
    let (data, rest) = bytes.split_at_checked(end).filter(|(data, _)| !is_open && !data.is_empty())?;
    Some((Some(str::from_utf8(data).ok()?), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_examples_of_rfc_5424_are_read() {
        let text = "<165>1 2003-08-24T05:14:15.000003-07:00 192.0.2.1 myproc 8710 - - %% It's time to make the do-nuts.";
        let message = SyslogMessage::read(text.as_bytes()).unwrap();
        assert_eq!(message.names.priority, Some(165));
        assert_eq!(message.names.hostname.as_deref(), Some("192.0.2.1"));
        assert_eq!(message.names.process_id.as_deref(), Some("8710"));
        assert_eq!((message.names.message_id.as_deref(), message.structured_data), (None, None));
        assert_eq!(message.at(), Some(Instant(1_061_727_255_000_003)));
        assert_eq!(message.text, b"%% It's time to make the do-nuts.");

        let data = r#"[exampleSDID@32473 iut="3" eventSource="Appli\"cation]" eventID="1011"][examplePriority@32473 class="high"]"#;
        let text = format!("<165>1 - mymachine.example.com evntslog - ID47 {data} \u{feff}An é");
        let message = SyslogMessage::read(text.as_bytes()).unwrap();
        assert_eq!((message.structured_data, message.text), (Some(data), "An é".as_bytes()));
        let message = SyslogMessage::read(&text.as_bytes()[..text.len() - 9]).unwrap();
        assert_eq!((message.structured_data, message.text.len()), (Some(data), 0));
    }

    #[test]
    fn what_breaks_the_format_is_none() {
        for wrong in [
            "",
            "<192>1 - h a p m - t",
            "<01>1 - h a p m - t",
            "<1>0 - h a p m - t",
            "<1>1 yesterday h a p m - t",
            "<1>1 2003-08-24 h a p m - t",
            "<1>1 - h a p m [x t",
            "<1>1 - h a p m [x]t",
            "<1>1 - h a p",
            "<13>Oct 11 22:14:15 mymachine su: 'su root' failed",
        ] {
            assert_eq!(SyslogMessage::read(wrong.as_bytes()), None, "{wrong}");
        }
    }
}
