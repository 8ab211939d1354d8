//! Audit records that other systems sent here, as an audit record repository keeps them (ITI TF-2: 3.20).

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::timestamp::Instant;

/// How a record came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Transport {
    /// Syslog over TLS (RFC 5425).
    SyslogTls,
    /// Syslog over UDP (RFC 5426).
    SyslogUdp,
    /// FHIR (ITI TF-2: 3.20, ATX: FHIR Feed).
    Fhir,
}

impl Transport {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::SyslogTls, Self::SyslogUdp, Self::Fhir];

    /// The word kept in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::SyslogTls => "syslog-tls",
            Self::SyslogUdp => "syslog-udp",
            Self::Fhir => "fhir",
        }
    }

    /// The transport of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|transport| transport.as_str() == word)
    }
}

/// What a record is written in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RecordFormat {
    /// A DICOM audit message (PS3.15, A.5) in syslog.
    Dicom,
    /// A FHIR AuditEvent, as JSON.
    Fhir,
    /// Any other message of syslog (RFC 5424).
    Syslog,
    /// What is no message at all.
    Raw,
}

impl RecordFormat {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Dicom, Self::Fhir, Self::Syslog, Self::Raw];

    /// The word kept in the column.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dicom => "dicom",
            Self::Fhir => "fhir",
            Self::Syslog => "syslog",
            Self::Raw => "raw",
        }
    }

    /// The format of a word.
    pub fn of_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.as_str() == word)
    }
}

/// What the header of a syslog message says (RFC 5424, 6.2); nothing where it says nothing, or there is no header.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SyslogNames {
    /// `PRI`: facility times eight and severity.
    pub priority: Option<u16>,
    /// `HOSTNAME`.
    pub hostname: Option<String>,
    /// `APP-NAME`.
    pub app_name: Option<String>,
    /// `PROCID`.
    pub process_id: Option<String>,
    /// `MSGID`.
    pub message_id: Option<String>,
}

/// A record on its way in, understood as far as it can be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IncomingRecord {
    /// How it comes.
    pub transport: Transport,
    /// What it is written in.
    pub format: RecordFormat,
    /// When what it tells of happened; nothing where it does not say.
    pub recorded_at: Option<Instant>,
    /// The header of its syslog message.
    pub names: SyslogNames,
    /// The patients it names, as CX.
    pub patient_ids: Vec<String>,
    /// The record as it came: the whole syslog message, or the resource as JSON.
    pub content: Vec<u8>,
}

/// A record that is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReceivedRecord {
    /// Its name, and that of the record of the trail that tells of its reception.
    pub id: Uuid,
    /// When it came.
    pub received_at: Instant,
    /// When what it tells of happened, as far as it says so; else when it came.
    pub recorded_at: Instant,
    /// How it came.
    pub transport: Transport,
    /// What it is written in.
    pub format: RecordFormat,
    /// The network address it came from.
    pub sender: String,
    /// The subject of the certificate with which it came; nothing where none was shown.
    pub certificate: Option<String>,
    /// The header of its syslog message.
    pub names: SyslogNames,
    /// What is kept of its bytes: encrypted in the store, as they came where it is read.
    pub content: Vec<u8>,
}

/// What the trail keeps of a record that was received.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Receipt {
    /// SHA-256 of the record as it is kept, in hexadecimal digits.
    pub sha256: String,
}
