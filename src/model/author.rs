//! Who made a document or a submission.

use serde::{Deserialize, Serialize};

use super::hl7_types::{Xcn, Xon};
use super::text::Slot;

/// One author with the institutions and roles in which they acted (ITI TF-3: 4.2.3.1.4).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The person or machine; may be missing when an institution alone is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Xcn>,
    /// Organisations the author acted for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub institutions: Vec<Xon>,
    /// Roles towards the patient or in the document.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Specialties.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub specialties: Vec<String>,
    /// Addresses in type XTN, as sent.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub telecommunications: Vec<String>,
    /// Attributes the standard does not define.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_slots: Vec<Slot>,
}
