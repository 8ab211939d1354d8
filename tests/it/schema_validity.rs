//! The schemas that the server publishes, beside those of the standards: what is valid here is valid there.

use crate::support::schema_validity::{Message, Schemas, assert_envelope_schema_valid, assert_schema_valid, enveloped};

const ITI18: &str = include_str!("../../fixtures/soap/iti18-find-documents.xml");
const ITI41: &str = include_str!("../../fixtures/soap/iti41-request.xml");
const ITI43: &str = include_str!("../../fixtures/soap/iti43-retrieve.xml");

const RESPONSE: &str = r#"<rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0"
    status="urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"><rs:RegistryErrorList>
    <rs:RegistryError errorCode="XDSUnknownPatientId" codeContext="unknown" location="here"/>
    </rs:RegistryErrorList></rs:RegistryResponse>"#;
const REMOVAL: &str = r#"<lcm:RemoveObjectsRequest xmlns:lcm="urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0"
    xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0"><rim:ObjectRefList>
    <rim:ObjectRef id="urn:uuid:0b1c2d3e-0000-4000-8000-000000000001"/></rim:ObjectRefList></lcm:RemoveObjectsRequest>"#;
const FOUND: &str = r#"<query:AdhocQueryResponse xmlns:query="urn:oasis:names:tc:ebxml-regrep:xsd:query:3.0"
    xmlns:rim="urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0" status="urn:x"><rim:RegistryObjectList>
    <rim:ObjectRef id="urn:uuid:0b1c2d3e-0000-4000-8000-000000000001" home="urn:oid:2.999"/>
    </rim:RegistryObjectList></query:AdhocQueryResponse>"#;
const RETRIEVED: &str = r#"<xds:RetrieveDocumentSetResponse xmlns:xds="urn:ihe:iti:xds-b:2007">
    <rs:RegistryResponse xmlns:rs="urn:oasis:names:tc:ebxml-regrep:xsd:rs:3.0" status="urn:x"/>
    <xds:DocumentResponse><xds:RepositoryUniqueId>2.999.1</xds:RepositoryUniqueId>
    <xds:DocumentUniqueId>2.999.2</xds:DocumentUniqueId><xds:mimeType>text/plain</xds:mimeType>
    <xds:Document><xop:Include xmlns:xop="http://www.w3.org/2004/08/xop/include" href="cid:a"/></xds:Document>
    </xds:DocumentResponse></xds:RetrieveDocumentSetResponse>"#;

/// The good messages, as envelopes.
fn samples() -> Vec<(Message, String)> {
    let (_, metadata) = ITI41.split_once("<lcm:SubmitObjectsRequest").unwrap();
    let (metadata, _) = metadata.split_once("</lcm:SubmitObjectsRequest>").unwrap();
    let metadata = format!("<lcm:SubmitObjectsRequest{metadata}</lcm:SubmitObjectsRequest>");
    vec![
        (Message::AdhocQueryRequest, ITI18.to_owned()),
        (Message::AdhocQueryRequest, ITI18.replace("LeafClass", "ObjectRef")),
        (Message::ProvideAndRegisterDocumentSetRequest, ITI41.to_owned()),
        (Message::SubmitObjectsRequest, enveloped(&metadata)),
        (Message::RetrieveDocumentSetRequest, ITI43.to_owned()),
        (Message::RegistryResponse, enveloped(RESPONSE)),
        (Message::RemoveObjectsRequest, enveloped(REMOVAL)),
        (Message::AdhocQueryResponse, enveloped(FOUND)),
        (Message::RetrieveDocumentSetResponse, enveloped(RETRIEVED)),
    ]
}

/// Every way to leave out, double or swap one of the tags or attributes below, applied to a good message.
fn mutants(xml: &str) -> Vec<String> {
    let parts = [
        ("<rim:Name>", "<rim:Slot name=\"late\"><rim:ValueList/></rim:Slot><rim:Name>"),
        ("</rim:Name>", "</rim:Name><rim:VersionInfo versionName=\"1.1\"/>"),
        ("</rim:Name>", "</rim:Name><rim:Classification id=\"n\" classifiedObject=\"x\"/>"),
        ("</rim:RegistryObjectList>", "<rim:ObjectRef id=\"x\"/></rim:RegistryObjectList>"),
        ("</rim:RegistryObjectList>", "</rim:RegistryObjectList><rim:RegistryObjectList/>"),
        (" mimeType=", " mediaType="),
        (" objectType=", " kind="),
        (" classifiedObject=", " objectClassified="),
        (" nodeRepresentation=", " node="),
        (" identificationScheme=", " scheme="),
        (" associationType=", " type="),
        (" id=", " identifier="),
        (" home=", " house="),
        (" status=", " state="),
        (" value=", " worth="),
        (" errorCode=", " code="),
        (" codeContext=", " context="),
        (" location=", " place="),
        (" returnType=", " returns="),
        (" returnComposedObjects=\"true\"", ""),
        ("xml:lang=\"fr\"", "xml:lang=\"\""),
        ("<rim:LocalizedString", "<rim:LocalizedString charset=\"UTF-8\""),
        ("<rim:ExtrinsicObject", "<rim:ExtrinsicObject isOpaque=\"perhaps\""),
        ("<rim:ExtrinsicObject", "<rim:ExtrinsicObject isOpaque=\"false\" lid=\"urn:uuid:1\" status=\"urn:x\""),
        ("<rim:Classification", "<rim:ExternalLink id=\"l\" externalURI=\"u\"/><rim:Classification"),
        ("<rim:ValueList>", "<rim:ValueList><rim:Value/>"),
        ("<rim:AdhocQuery", "<rim:AdhocQuery home=\"urn:oid:2.999\""),
        ("LeafClass", "RegistryObject"),
        ("<rs:RegistryError ", "<rs:RegistryError severity=\"urn:x\" "),
        ("<xds:mimeType>text/plain</xds:mimeType>", ""),
        ("<xds:DocumentUniqueId>", "<xds:HomeCommunityId/><xds:DocumentUniqueId>"),
        ("<xds:RepositoryUniqueId>", "<xds:HomeCommunityId/><xds:RepositoryUniqueId>"),
        ("<xds:mimeType>", "<xds:NewDocumentUniqueId>2.999.3</xds:NewDocumentUniqueId><xds:mimeType>"),
        ("<xop:Include", "no base64<xop:Include"),
    ];
    parts.iter().filter(|(from, _)| xml.contains(from)).map(|(from, to)| xml.replacen(from, to, 1)).collect()
}

#[test]
fn fixtures_are_valid_by_both_sets_of_schemas() {
    for (message, envelope) in samples() {
        if let Some(published) = Schemas::published() {
            assert_eq!(published.check(&envelope, message), Ok(()), "{message:?}");
        }
        assert_envelope_schema_valid(&envelope, message);
    }
}

#[test]
fn what_the_published_schemas_accept_the_standards_accept() {
    let (Some(published), Some(standard)) = (Schemas::published(), Schemas::of_the_standards()) else { return };
    let (mut accepted, mut refused) = (0, 0);
    for (message, envelope) in samples() {
        for mutant in mutants(&envelope) {
            if published.check(&mutant, message).is_ok() {
                accepted += 1;
                assert_eq!(standard.check(&mutant, message), Ok(()), "{mutant}");
            } else {
                refused += 1;
            }
        }
    }
    assert!(accepted > 10 && refused > 20, "{accepted} accepted, {refused} refused: the comparison shows nothing");
}

#[test]
fn a_message_must_be_the_one_expected() {
    let Some(standard) = Schemas::of_the_standards() else { return };
    assert!(standard.check(ITI18, Message::RetrieveDocumentSetRequest).is_err());
    let Some(published) = Schemas::published() else { return };
    assert!(published.check(ITI18, Message::RetrieveDocumentSetRequest).is_err());
}

#[test]
fn a_body_alone_can_be_checked() {
    assert_schema_valid(&format!("<?xml version=\"1.0\"?>\n{RESPONSE}"), Message::RegistryResponse);
}

#[test]
fn complaints_name_the_broken_rule() {
    let Some(standard) = Schemas::of_the_standards() else { return };
    let broken = RESPONSE.replace(" errorCode=", " code=");
    let complaints = standard.check(&enveloped(&broken), Message::RegistryResponse).unwrap_err();
    assert!(complaints.contains("'errorCode' is required"), "{complaints}");
}
