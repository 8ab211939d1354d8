//! SOAP 1.2 envelopes as clients write them.

pub const SOAP: &str = "application/soap+xml; charset=UTF-8";

pub const PROVIDE: &str = "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b";
pub const REGISTER: &str = "urn:ihe:iti:2007:RegisterDocumentSet-b";
pub const QUERY: &str = "urn:ihe:iti:2007:RegistryStoredQuery";
pub const RETRIEVE: &str = "urn:ihe:iti:2007:RetrieveDocumentSet";

/// An envelope with this action around this body.
pub fn envelope(action: &str, body: &str) -> String {
    envelope_with(action, "", body)
}

/// An envelope with further header blocks.
pub fn envelope_with(action: &str, headers: &str, body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\" xmlns:wsa=\"http://www.w3.org/2005/08/addressing\">\
         <soap:Header><wsa:Action soap:mustUnderstand=\"true\">{action}</wsa:Action>\
         <wsa:MessageID>urn:uuid:6d0a5f3e-1c1b-4b55-9a3c-2f41a0d1e041</wsa:MessageID>{headers}</soap:Header>\
         <soap:Body>{body}</soap:Body></soap:Envelope>"
    )
}
