//! The UUIDs that ITI TF-3 4.2.3.1 and 4.2.5 give to classification schemes and nodes.

/// One classification or identification scheme.
#[derive(Debug, Clone, Copy)]
pub(super) struct Scheme {
    /// On the wire.
    pub(super) uuid: &'static str,
    /// The attribute it carries, as `XDSDocumentEntry.classCode`.
    pub(super) name: &'static str,
}

macro_rules! schemes {
    ($($constant:ident = $name:literal, $uuid:literal;)*) => {
        $(pub(super) const $constant: Scheme = Scheme { uuid: concat!("urn:uuid:", $uuid), name: $name };)*

        const ALL: &[Scheme] = &[$($constant),*];
    };
}

schemes! {
    ENTRY_AUTHOR = "XDSDocumentEntry.author", "93606bcf-9494-43ec-9b4e-a7748d1a838d";
    ENTRY_CLASS_CODE = "XDSDocumentEntry.classCode", "41a5887f-8865-4c09-adf7-e362475b143a";
    ENTRY_CONFIDENTIALITY_CODE = "XDSDocumentEntry.confidentialityCode", "f4f85eac-e6cb-4883-b524-f2705394840f";
    ENTRY_EVENT_CODE = "XDSDocumentEntry.eventCodeList", "2c6b8cb7-8b2a-4051-b291-b1ae6a575ef4";
    ENTRY_FORMAT_CODE = "XDSDocumentEntry.formatCode", "a09d5840-386c-46f2-b5ad-9c3699a4309d";
    ENTRY_FACILITY_CODE = "XDSDocumentEntry.healthcareFacilityTypeCode", "f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1";
    ENTRY_PRACTICE_CODE = "XDSDocumentEntry.practiceSettingCode", "cccf5598-8b07-4b77-a05e-ae952c785ead";
    ENTRY_TYPE_CODE = "XDSDocumentEntry.typeCode", "f0306f51-975f-434e-a61c-c59651d33983";
    ENTRY_LIMITED = "XDSDocumentEntry.limitedMetadata", "ab9b591b-83ab-4d03-8f5d-f93b1fb92e85";
    ENTRY_PATIENT_ID = "XDSDocumentEntry.patientId", "58a6f841-87b3-4a3e-92fd-a8ffeff98427";
    ENTRY_UNIQUE_ID = "XDSDocumentEntry.uniqueId", "2e82c1f6-a085-4c72-9da3-8640a32e42ab";
    SET_NODE = "XDSSubmissionSet", "a54d6aa5-d40d-43f9-88c5-b4633d873bdd";
    SET_AUTHOR = "XDSSubmissionSet.author", "a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d";
    SET_CONTENT_TYPE_CODE = "XDSSubmissionSet.contentTypeCode", "aa543740-bdda-424e-8c96-df4873be8500";
    SET_LIMITED = "XDSSubmissionSet.limitedMetadata", "5003a9db-8d8d-49e6-bf0c-990e34ac7707";
    SET_PATIENT_ID = "XDSSubmissionSet.patientId", "6b5aea1a-874d-4603-a4bc-96a0a7b38446";
    SET_SOURCE_ID = "XDSSubmissionSet.sourceId", "554ac39e-e3fe-47fe-b233-965d2a147832";
    SET_UNIQUE_ID = "XDSSubmissionSet.uniqueId", "96fdda7c-d067-4183-912e-bf5ee74998a8";
    FOLDER_NODE = "XDSFolder", "d9d542f3-6cc4-48b6-8870-ea235fbc94c2";
    FOLDER_CODE = "XDSFolder.codeList", "1ba97051-7806-41a8-a48b-8fce7af683c5";
    FOLDER_LIMITED = "XDSFolder.limitedMetadata", "2c144a76-29a9-4b7c-af54-b25409fe7d03";
    FOLDER_PATIENT_ID = "XDSFolder.patientId", "f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a";
    FOLDER_UNIQUE_ID = "XDSFolder.uniqueId", "75df8f67-9973-4fbe-a900-df66cefecc5a";
    ASSOCIATION_DOCUMENTATION = "Association.documentation", "abd807a3-4432-4053-87b4-fd82c643d1f3";
}

impl Scheme {
    /// The attribute's own name: `classCode` of `XDSDocumentEntry.classCode`.
    pub(super) fn attribute(self) -> &'static str {
        self.name.rsplit('.').next().unwrap_or(self.name)
    }

    /// The scheme with this UUID, if it is one of the standard's.
    pub(super) fn of(uuid: &str) -> Option<Self> {
        ALL.iter().copied().find(|scheme| scheme.uuid.eq_ignore_ascii_case(uuid))
    }
}

/// `objectType` of a RegistryPackage.
pub(super) const REGISTRY_PACKAGE: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:RegistryPackage";
/// `objectType` of an Association.
pub(super) const ASSOCIATION: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Association";
/// `objectType` of a Classification.
pub(super) const CLASSIFICATION: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:Classification";
/// `objectType` of an ExternalIdentifier.
pub(super) const EXTERNAL_IDENTIFIER: &str = "urn:oasis:names:tc:ebxml-regrep:ObjectType:RegistryObject:ExternalIdentifier";
