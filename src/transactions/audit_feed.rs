//! Record Audit Event as syslog, as the repository that receives it (ITI TF-2: 3.20.4.1).

use crate::access::{Call, Failure};
use crate::model::received_record::{RecordFormat, Transport};
use crate::wire::fhir::incoming_syslog;

use super::Services;

/// Keeps syslog messages in their order, all or none; durable when this returns. Gives what each was found to be.
///
/// # Errors
/// The sender is not admitted, or the store failed.
pub fn receive_syslog(
    services: &Services,
    call: &Call,
    transport: Transport,
    messages: &[impl AsRef<[u8]>],
) -> Result<Vec<RecordFormat>, Failure> {
    let limits = &services.limits.xml;
    let records: Vec<_> = messages.iter().map(|message| incoming_syslog(transport, message.as_ref(), limits)).collect();
    match transport {
        Transport::SyslogUdp => services.door.receive_datagrams(call, &records)?,
        Transport::SyslogTls | Transport::Fhir => services.door.receive_records(call, &records)?,
    };
    Ok(records.iter().map(|record| record.format).collect())
}
