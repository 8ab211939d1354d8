//! Namespace names, spelled once.

/// SOAP 1.2 envelope (SOAP 1.2 part 1, 5).
pub const SOAP: &str = "http://www.w3.org/2003/05/soap-envelope";
/// SOAP 1.1 envelope, known only to tell its senders what to change.
pub const SOAP11: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// WS-Addressing 1.0.
pub const WSA: &str = "http://www.w3.org/2005/08/addressing";
/// XML-binary Optimized Packaging 1.0, the namespace of `xop:Include`.
pub const XOP: &str = "http://www.w3.org/2004/08/xop/include";
/// Describing Media Content of Binary Data in XML, the namespace of `xmlmime:contentType`.
pub const XMLMIME: &str = "http://www.w3.org/2005/05/xmlmime";
/// WS-Security 1.0 and 1.1 header block.
pub const WSSE: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-secext-1.0.xsd";
/// WS-Security utility: `wsu:Id` and `wsu:Timestamp`.
pub const WSU: &str = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-wssecurity-utility-1.0.xsd";
/// SAML 2.0 assertions (SAML Core, 1.2).
pub const SAML: &str = "urn:oasis:names:tc:SAML:2.0:assertion";
/// XML signatures (XML Signature Syntax and Processing, 1.3).
pub const DSIG: &str = "http://www.w3.org/2000/09/xmldsig#";
/// Exclusive canonicalization: the algorithm, and the namespace of `ec:InclusiveNamespaces`.
pub const EXCLUSIVE_C14N: &str = "http://www.w3.org/2001/10/xml-exc-c14n#";
/// ebXML Registry Information Model 3.0.
pub const RIM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0";
/// ebXML Registry Services 3.0: `rs:RegistryResponse`.
pub const RS: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0";
/// ebXML life cycle management 3.0: `lcm:SubmitObjectsRequest`.
pub const LCM: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0";
/// ebXML query 3.0: `query:AdhocQueryRequest`.
pub const QUERY: &str = "urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0";
/// IHE XDS.b: `xdsb:ProvideAndRegisterDocumentSetRequest` and its like.
pub const XDSB: &str = "urn:ihe:iti:xds-b:2007";
/// IHE Remove Metadata and Documents: `rmd:RemoveDocumentsRequest`.
pub const RMD: &str = "urn:ihe:iti:rmd:2017";
/// HL7 version 3: the messages of ITI-44, CDA documents, and coded values in assertions.
pub const HL7V3: &str = "urn:hl7-org:v3";
/// XML Schema instance: `xsi:type`.
pub const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
/// What the prefix `xml` always stands for.
pub const XML: &str = "http://www.w3.org/XML/1998/namespace";
/// What the prefix `xmlns` always stands for.
pub const XMLNS: &str = "http://www.w3.org/2000/xmlns/";
