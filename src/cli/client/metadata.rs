//! What a submitter says about a document: as flags, or in a file with the same names.

use clap::Args;
use serde::Deserialize;

use super::{CodeText, dtm};

/// LOINC.
const LOINC: &str = "2.16.840.1.113883.6.1";
/// SNOMED CT.
const SNOMED_CT: &str = "2.16.840.1.113883.6.96";

/// Document metadata. In a file the keys are the flags with underscores, such as `type_code`.
#[derive(Args, Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Metadata {
    /// The title [default: the file's name]
    #[arg(long)]
    pub title: Option<String>,
    /// The MIME type [default: by the file's name, else application/octet-stream]
    #[arg(long, value_name = "TYPE")]
    pub mime_type: Option<String>,
    /// The class of the document [default: compte-rendu^2.999.442.1.2]
    #[arg(long, value_name = "CODE")]
    pub class_code: Option<CodeText>,
    /// The kind of document [default: 11488-4^2.16.840.1.113883.6.1, consultation note]
    #[arg(long, value_name = "CODE")]
    pub type_code: Option<CodeText>,
    /// The format [default: urn:ihe:iti:xds:2017:mimeTypeSufficient^1.3.6.1.4.1.19376.1.2.3]
    #[arg(long, value_name = "CODE")]
    pub format_code: Option<CodeText>,
    /// The kind of establishment [default: 22232009^2.16.840.1.113883.6.96, hospital]
    #[arg(long, value_name = "CODE")]
    pub facility_type_code: Option<CodeText>,
    /// The specialty [default: 394802001^2.16.840.1.113883.6.96, general medicine]
    #[arg(long, value_name = "CODE")]
    pub practice_setting_code: Option<CodeText>,
    /// The confidentiality; may be repeated [default: N^2.16.840.1.113883.5.25, normal]
    #[arg(long = "confidentiality-code", value_name = "CODE")]
    #[serde(rename = "confidentiality_code")]
    pub confidentiality_codes: Vec<CodeText>,
    /// The act documented; may be repeated
    #[arg(long = "event-code", value_name = "CODE")]
    #[serde(rename = "event_code")]
    pub event_codes: Vec<CodeText>,
    /// The language [default: fr-LU]
    #[arg(long)]
    pub language: Option<String>,
    /// The author, as XCN: ID^FAMILY^GIVEN
    #[arg(long, value_name = "XCN")]
    pub author: Option<String>,
    /// When the document was made, as DTM in UTC [default: when the file was last changed]
    #[arg(long, value_name = "DTM", value_parser = dtm)]
    pub creation_time: Option<String>,
}

impl Metadata {
    /// These values, and those of `other` where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            title: self.title.or(other.title),
            mime_type: self.mime_type.or(other.mime_type),
            class_code: self.class_code.or(other.class_code),
            type_code: self.type_code.or(other.type_code),
            format_code: self.format_code.or(other.format_code),
            facility_type_code: self.facility_type_code.or(other.facility_type_code),
            practice_setting_code: self.practice_setting_code.or(other.practice_setting_code),
            confidentiality_codes: first_filled(self.confidentiality_codes, other.confidentiality_codes),
            event_codes: first_filled(self.event_codes, other.event_codes),
            language: self.language.or(other.language),
            author: self.author.or(other.author),
            creation_time: self.creation_time.or(other.creation_time),
        }
    }

    /// The values that work against the demonstration server; title, MIME type and time depend on the document.
    pub fn defaults() -> Self {
        let format = "urn:ihe:iti:xds:2017:mimeTypeSufficient";
        Self {
            class_code: Some(CodeText::new("compte-rendu", "Compte rendu", "2.999.442.1.2")),
            type_code: Some(CodeText::new("11488-4", "Consult note", LOINC)),
            format_code: Some(CodeText::new(format, "mimeType sufficient", "1.3.6.1.4.1.19376.1.2.3")),
            facility_type_code: Some(CodeText::new("22232009", "Hospital", SNOMED_CT)),
            practice_setting_code: Some(CodeText::new("394802001", "General medicine", SNOMED_CT)),
            confidentiality_codes: vec![CodeText::new("N", "normal", "2.16.840.1.113883.5.25")],
            language: Some("fr-LU".to_owned()),
            ..Self::default()
        }
    }
}

fn first_filled(one: Vec<CodeText>, other: Vec<CodeText>) -> Vec<CodeText> {
    if one.is_empty() { other } else { one }
}
