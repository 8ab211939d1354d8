//! An audit message as a syslog message (RFC 5424, 6; ITI TF-2: 3.20.4.1.2).

use time::OffsetDateTime;

use crate::model::timestamp::Instant;

/// Facility 10 (security and authorization), severity 5 (notice): 10 * 8 + 5.
const PRIORITY: u8 = 85;
const APP_NAME: &str = "dossier";
const MSGID: &str = "IHE+RFC-3881";
const BOM: &str = "\u{feff}";
/// The longest HOSTNAME (RFC 5424, 6.2.4).
const LONGEST_HOST: usize = 255;

/// What a syslog message says of an audit message.
#[derive(Debug, Clone, Copy)]
pub struct AuditMessage<'a> {
    /// When what it tells of happened.
    pub at: Instant,
    /// The name of the machine.
    pub host: &'a str,
    /// The process that sends it.
    pub process: u32,
    /// The audit message itself.
    pub text: &'a str,
}

impl AuditMessage<'_> {
    /// The whole message: header, no structured data, byte order mark, text.
    pub fn to_text(&self) -> String {
        let Self { process, text, .. } = self;
        format!("<{PRIORITY}>1 {} {} {APP_NAME} {process} {MSGID} - {BOM}{text}", timestamp(self.at), host(self.host))
    }
}

/// RFC 5424, 6.2.3: with microseconds, in UTC; "-" where there is none.
fn timestamp(at: Instant) -> String {
    let Ok(time) = OffsetDateTime::from_unix_timestamp_nanos(i128::from(at.0) * 1_000) else { return "-".to_owned() };
    let (date, clock) = (time.date(), time.time());
    let day = format!("{:04}-{:02}-{:02}", date.year(), u8::from(date.month()), date.day());
    format!("{day}T{:02}:{:02}:{:02}.{:06}Z", clock.hour(), clock.minute(), clock.second(), clock.microsecond())
}

/// Printable ASCII without spaces; "-" where nothing is left.
fn host(name: &str) -> String {
    let name: String = name.chars().filter(char::is_ascii_graphic).take(LONGEST_HOST).collect();
    if name.is_empty() { "-".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_has_the_header_of_rfc_5424() {
        let message = AuditMessage { at: Instant(1_742_202_000_000_042), host: "a b.example\n", process: 7, text: "<é/>" };
        assert_eq!(message.to_text(), "<85>1 2025-03-17T09:00:00.000042Z ab.example dossier 7 IHE+RFC-3881 - \u{feff}<é/>");
        let nobody = AuditMessage { at: Instant(0), host: "\u{e9}", ..message };
        assert!(nobody.to_text().starts_with("<85>1 1970-01-01T00:00:00.000000Z - dossier 7 "));
    }
}
