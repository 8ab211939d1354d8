//! Names that MHD 4.2 gives to profiles, extensions and codes.

/// Profile of a complete entry with contained people.
pub(super) const COMPREHENSIVE_ENTRY: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Comprehensive.DocumentReference";
/// Profile of an entry of which little is known.
pub(super) const MINIMAL_ENTRY: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Minimal.DocumentReference";
/// Profile of a complete submission set.
pub(super) const COMPREHENSIVE_SET: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Comprehensive.SubmissionSet";
/// Profile of a submission set of which little is known.
pub(super) const MINIMAL_SET: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Minimal.SubmissionSet";
/// Profile of a complete folder.
pub(super) const COMPREHENSIVE_FOLDER: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Comprehensive.Folder";
/// Profile of a folder of which little is known.
pub(super) const MINIMAL_FOLDER: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/IHE.MHD.Minimal.Folder";

/// Extension: the clinical code of a submission set or folder.
pub(super) const DESIGNATION_TYPE: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-designationType";
/// Extension: the system that sent a submission set.
pub(super) const SOURCE_ID: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-sourceId";
/// Extension: an addressee of a submission set.
pub(super) const INTENDED_RECIPIENT: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-intendedRecipient";

/// Extension: the organisation of the author of a submission set.
pub(super) const AUTHOR_ORGANIZATION: &str = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/ihe-authorOrg";

/// Code system of the formats that IHE has defined.
pub(super) const FORMAT_CODES: &str = "http://ihe.net/fhir/ihe.formatcode.fhir/CodeSystem/formatcode";

/// Code system of what a List is.
pub const LIST_TYPES: &str = "https://profiles.ihe.net/ITI/MHD/CodeSystem/MHDlistTypes";

/// Codes in it.
pub mod list_type {
    /// A submission set.
    pub const SUBMISSION_SET: &str = "submissionset";
    /// A folder.
    pub const FOLDER: &str = "folder";
}

/// System of identifiers that are URNs.
pub(super) const URN: &str = "urn:ietf:rfc:3986";

/// The profiles in which much may be absent.
pub(super) const LIMITED: [&str; 3] = [MINIMAL_ENTRY, MINIMAL_SET, MINIMAL_FOLDER];
