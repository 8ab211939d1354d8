//! Retrieve Syslog Event (ITI TF-2: 3.82): what is asked, and the answer as JSON. Parameters and members are called as the
//! parts of the message (RFC 5424, 6).

use serde_json::{Map, Value};

use super::SyslogMessage;
use crate::model::received_record::ReceivedRecord;
use crate::model::timestamp::Instant;
use crate::wire::fhir::{SearchFault, dates, narrowed};

/// A search for syslog messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyslogSearch {
    /// Not before this.
    pub from: Instant,
    /// Before this.
    pub until: Instant,
    conditions: Vec<(&'static str, String)>,
}

/// The parts that may be searched for. The text is found by what stands anywhere in it, the others as they are.
const PARTS: [&str; 8] = ["pri", "version", "hostname", "app-name", "procid", "msgid", "structured-data", "msg"];
const TEXT: &str = "msg";

impl SyslogSearch {
    /// Reads the parameters of a search.
    ///
    /// # Errors
    /// No date, or a parameter that is unknown or has a value that cannot be read.
    pub fn read(parameters: &[(String, String)]) -> Result<Self, SearchFault> {
        let fault = |parameter: &str, what: &str| SearchFault { parameter: parameter.to_owned(), what: what.to_owned() };
        let (mut span, mut conditions) = ((Instant(i64::MIN), Instant(i64::MAX)), Vec::new());
        for (name, value) in parameters {
            match name.as_str() {
                "_format" | "_pretty" => {}
                "date" => span = narrowed(span, value)?,
                // As the supplement's tables write it, too.
                "msg-id" => conditions.push(("msgid", value.clone())),
                _ => match PARTS.into_iter().find(|part| part == name) {
                    Some(part) => conditions.push((part, value.clone())),
                    None => {
                        return Err(fault(name, "syslog messages have no such part; the parts are those of RFC 5424, such as hostname"));
                    }
                },
            }
        }
        let (from, until) = span;
        if from == Instant(i64::MIN) && until == Instant(i64::MAX) {
            return Err(fault("date", "say when, such as date=ge2025-03-17&date=le2025-03-18"));
        }
        Ok(Self { from, until, conditions })
    }

    /// Whether a message is what is searched for.
    pub fn wants(&self, message: &Value) -> bool {
        self.conditions.iter().all(|(part, wanted)| {
            let found = message.get(*part).and_then(Value::as_str);
            found.is_some_and(|found| if *part == TEXT { found.contains(wanted.as_str()) } else { found == wanted })
        })
    }
}

/// A message by its parts. Of what is no message of RFC 5424 there is its text and when it came.
pub fn syslog_event(record: &ReceivedRecord) -> Value {
    let mut event = Map::new();
    let mut put = |name: &str, value: Option<String>| drop(value.map(|value| event.insert(name.to_owned(), value.into())));
    let text = |bytes: &[u8]| Some(String::from_utf8_lossy(bytes).into_owned());
    match SyslogMessage::read(&record.content) {
        Some(message) => {
            let names = message.names;
            put("pri", names.priority.map(|priority| priority.to_string()));
            put("version", Some(message.version.to_owned()));
            put("timestamp", message.timestamp.map(str::to_owned));
            put("hostname", names.hostname);
            put("app-name", names.app_name);
            put("procid", names.process_id);
            put("msgid", names.message_id);
            put("structured-data", message.structured_data.map(str::to_owned));
            put("msg", text(message.text));
        }
        None => {
            put("timestamp", Some(dates::instant(record.recorded_at)));
            put("msg", text(&record.content));
        }
    }
    Value::Object(event)
}
