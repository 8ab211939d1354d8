//! Coded attributes.

use serde::{Deserialize, Serialize};

use super::text::{InternationalString, Slot};

/// A code, the coding scheme it belongs to and its display name (ITI TF-3: 4.2.3.1.2).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Code {
    /// The code itself (`nodeRepresentation`).
    pub code: String,
    /// The coding scheme, an OID or a URI.
    pub scheme: String,
    /// What to show a person.
    #[serde(default, skip_serializing_if = "InternationalString::is_empty")]
    pub display: InternationalString,
    /// Attributes of the classification other than `codingScheme`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub extra_slots: Vec<Slot>,
}

impl Code {
    /// What stands for a code that limited metadata lack (ITI TF-3: 4.3.1): no message holds an empty code, so none asks for
    /// it and none is answered with it.
    pub fn absent() -> Self {
        Self::new("", "", "")
    }

    /// Whether there was no code.
    pub fn is_absent(&self) -> bool {
        self.code.is_empty()
    }

    /// A code with a display name in no particular language.
    pub fn new(code: &str, scheme: &str, display: &str) -> Self {
        Self { code: code.to_owned(), scheme: scheme.to_owned(), display: InternationalString::plain(display), extra_slots: Vec::new() }
    }
}
