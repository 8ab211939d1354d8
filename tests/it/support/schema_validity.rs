//! Checks SOAP messages against XML schemas, with `xmllint` (package `libxml2-utils`).
//!
//! The standard's schemas (ebXML RegRep 3.0 and IHE XDS.b) are no part of this project. They are looked for in
//! `../shared/ihe/wsdl/schema`, seen from the project's root, or in the folder that `DOSSIER_TEST_IHE_SCHEMAS` names; it
//! holds `ebRS30/` and `IHE/`. Where they or `xmllint` are missing a check says so in one line and passes, unless
//! `DOSSIER_TEST_REQUIRE_SHARED=1`.

use std::io::Cursor;
use std::path::{Path, PathBuf};
use std::process::Command;

use quick_xml::events::Event;
use quick_xml::{Reader, Writer};

/// The element that a SOAP body must hold: the messages of ITI-18, ITI-41, ITI-42, ITI-43 and ITI-62.
#[derive(Clone, Copy, Debug)]
pub enum Message {
    AdhocQueryRequest,
    AdhocQueryResponse,
    ProvideAndRegisterDocumentSetRequest,
    RegistryResponse,
    RemoveObjectsRequest,
    RetrieveDocumentSetRequest,
    RetrieveDocumentSetResponse,
    SubmitObjectsRequest,
}

impl Message {
    /// The element as the driving schema names it.
    fn qualified_name(self) -> &'static str {
        match self {
            Self::AdhocQueryRequest => "query:AdhocQueryRequest",
            Self::AdhocQueryResponse => "query:AdhocQueryResponse",
            Self::ProvideAndRegisterDocumentSetRequest => "xds:ProvideAndRegisterDocumentSetRequest",
            Self::RemoveObjectsRequest => "lcm:RemoveObjectsRequest",
            Self::RegistryResponse => "rs:RegistryResponse",
            Self::RetrieveDocumentSetRequest => "xds:RetrieveDocumentSetRequest",
            Self::RetrieveDocumentSetResponse => "xds:RetrieveDocumentSetResponse",
            Self::SubmitObjectsRequest => "lcm:SubmitObjectsRequest",
        }
    }
}

/// A set of schema files for the four namespaces.
pub struct Schemas {
    /// `rs.xsd`, `lcm.xsd` and `query.xsd`.
    regrep: PathBuf,
    /// What makes up `urn:ihe:iti:xds-b:2007`.
    xds: Vec<PathBuf>,
}

impl Schemas {
    /// Those that the server publishes; `None`, with a line saying so, if `xmllint` is missing.
    pub fn published() -> Option<Self> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/ihe/schemas");
        let xds = vec![folder.join("xdsb.xsd")];
        xmllint_is_there().then_some(Self { regrep: folder, xds })
    }

    /// Those of the standards; `None`, with a line saying so, if they or `xmllint` are missing.
    pub fn of_the_standards() -> Option<Self> {
        let folder = std::env::var_os("DOSSIER_TEST_IHE_SCHEMAS")
            .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/ihe/wsdl/schema"), PathBuf::from);
        if !folder.join("IHE/IHEXDSB.xsd").is_file() {
            skip("the IHE and ebXML schemas are not there; DOSSIER_TEST_IHE_SCHEMAS can name their folder");
            return None;
        }
        // The RIM schema there is extended by an element that lives in a second file for the namespace of XDS.b.
        let xds = ["IHE/IHEXDSB.xsd", "IHE/xcf.xsd"].map(|file| folder.join(file)).to_vec();
        xmllint_is_there().then(|| Self { regrep: folder.join("ebRS30"), xds })
    }

    /// Checks an envelope whose body must be the message; `Err` has the complaints of `xmllint`.
    ///
    /// Headers are not looked at. References to MTOM parts count as empty documents.
    pub fn check(&self, envelope: &str, message: Message) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        let place = |name: &str, text: &str| {
            let path = folder.path().join(name);
            std::fs::write(&path, text).unwrap();
            path
        };
        place("xds.xsd", &self.xds_schema());
        let driver = place("envelope.xsd", &self.envelope_schema(message));
        let subject = place("envelope.xml", &without_part_references(envelope));
        let output = Command::new("xmllint").args(["--noout", "--nonet", "--huge", "--schema"]).args([&driver, &subject]).output().unwrap();
        match output.status.code() {
            Some(0) => Ok(()),
            _ => Err(complaints(&String::from_utf8_lossy(&output.stderr))),
        }
    }

    /// One schema document for one namespace, because libxml2 loads no second one.
    fn xds_schema(&self) -> String {
        let includes: String = self.xds.iter().map(|file| format!("<xs:include schemaLocation=\"{}\"/>", file.display())).collect();
        format!(
            "<xs:schema xmlns:xs=\"http://www.w3.org/2001/XMLSchema\" \
             targetNamespace=\"urn:ihe:iti:xds-b:2007\">{includes}</xs:schema>"
        )
    }

    /// SOAP 1.2 envelopes with this message and no other.
    fn envelope_schema(&self, message: Message) -> String {
        let regrep = self.regrep.display();
        let message = message.qualified_name();
        format!(
            r#"<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" elementFormDefault="qualified"
                targetNamespace="http://www.w3.org/2003/05/soap-envelope" xmlns:xds="urn:ihe:iti:xds-b:2007"
                xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
                xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
                xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0">
              <xs:import namespace="urn:ihe:iti:xds-b:2007" schemaLocation="xds.xsd"/>
              <xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0" schemaLocation="{regrep}/lcm.xsd"/>
              <xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0" schemaLocation="{regrep}/query.xsd"/>
              <xs:import namespace="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" schemaLocation="{regrep}/rs.xsd"/>
              <xs:element name="Envelope"><xs:complexType><xs:sequence>
                <xs:element name="Header" minOccurs="0"><xs:complexType><xs:sequence>
                  <xs:any processContents="skip" minOccurs="0" maxOccurs="unbounded"/>
                </xs:sequence></xs:complexType></xs:element>
                <xs:element name="Body"><xs:complexType><xs:sequence>
                  <xs:element ref="{message}"/>
                </xs:sequence></xs:complexType></xs:element>
              </xs:sequence></xs:complexType></xs:element>
            </xs:schema>"#
        )
    }
}

/// Asserts that a SOAP body, given as the one element in it, is this message and valid by the standards' schemas.
pub fn assert_schema_valid(body_xml: &str, message: Message) {
    let body = body_xml.trim_start();
    let body = match body.strip_prefix("<?xml") {
        Some(rest) => rest.split_once("?>").unwrap().1,
        None => body,
    };
    assert_envelope_schema_valid(&enveloped(body), message);
}

/// Asserts that a whole SOAP envelope has this message in its body, valid by the standards' schemas.
pub fn assert_envelope_schema_valid(envelope: &str, message: Message) {
    if let Some(schemas) = Schemas::of_the_standards()
        && let Err(complaints) = schemas.check(envelope, message)
    {
        panic!("not a valid {message:?}:\n{complaints}\n{envelope}");
    }
}

/// Asserts that a document is valid by the schema of HL7 CDA Release 2, which is no part of this project either:
/// `DOSSIER_TEST_CDA_SCHEMA` names its `CDA.xsd`. Without it the check says so in one line and passes.
pub fn assert_cda_schema_valid(document: &str) {
    let Some(schema) = std::env::var_os("DOSSIER_TEST_CDA_SCHEMA").filter(|_| xmllint_is_there()) else {
        return note("DOSSIER_TEST_CDA_SCHEMA does not name the CDA schema, or there is no xmllint");
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), document).unwrap();
    let output =
        Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).args([&schema, file.path().as_os_str()]).output().unwrap();
    assert!(output.status.success(), "{}\n{document}", String::from_utf8_lossy(&output.stderr));
}

/// A SOAP 1.2 envelope around a body element without XML declaration.
pub fn enveloped(body: &str) -> String {
    format!("<soap:Envelope xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\"><soap:Body>{body}</soap:Body></soap:Envelope>")
}

/// What `xmllint` says, without its remarks on schemas that import each other.
fn complaints(stderr: &str) -> String {
    stderr.lines().filter(|line| !line.contains("Skipping import of schema")).collect::<Vec<_>>().join("\n")
}

/// The text without `xop:Include`, which stands where the schemas want base64.
fn without_part_references(xml: &str) -> String {
    let mut reader = Reader::from_str(xml);
    let mut writer = Writer::new(Cursor::new(Vec::new()));
    loop {
        match reader.read_event().unwrap() {
            Event::Eof => break,
            Event::Empty(element) if element.local_name().as_ref() == "Include" => {}
            Event::Start(element) if element.local_name().as_ref() == "Include" => {
                let name = element.name().as_ref().to_owned();
                reader.read_to_end(quick_xml::name::QName(&name)).unwrap();
            }
            event => writer.write_event(event).unwrap(),
        }
    }
    String::from_utf8(writer.into_inner().into_inner()).unwrap()
}

/// Whether `xmllint` can be called; a line says so if not.
pub fn xmllint_is_there() -> bool {
    let found = Command::new("xmllint").arg("--version").output().is_ok();
    if !found {
        skip("xmllint is not installed (package libxml2-utils)");
    }
    found
}

fn skip(reason: &str) {
    assert!(std::env::var("DOSSIER_TEST_REQUIRE_SHARED").as_deref() != Ok("1"), "schema check required, but {reason}");
    note(reason);
}

#[allow(clippy::print_stderr, reason = "a skipped check must be seen")]
fn note(reason: &str) {
    eprintln!("skipped a schema check: {reason}");
}
