//! Texts and free attributes of registry objects.

use serde::{Deserialize, Serialize};

/// One wording of a text, in one language (ebRIM `LocalizedString`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalizedString {
    /// RFC 5646 language tag (`xml:lang`), where the source gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Character set the source named, kept only to be given back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub charset: Option<String>,
    /// The text itself.
    pub value: String,
}

/// A text in any number of languages (ebRIM `InternationalString`); empty where the source gave none.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct InternationalString(pub Vec<LocalizedString>);

impl InternationalString {
    /// A text without a language.
    pub fn plain(value: &str) -> Self {
        Self(vec![LocalizedString { language: None, charset: None, value: value.to_owned() }])
    }

    /// Whether no wording is there.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The first wording, for readers that know one language only.
    pub fn first(&self) -> Option<&str> {
        self.0.first().map(|text| text.value.as_str())
    }
}

/// A named list of values (ebRIM `Slot`), kept when it is none that the standard defines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Slot {
    /// The name, unique within its owner.
    pub name: String,
    /// `slotType`, where the source gave one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub slot_type: Option<String>,
    /// The values in the source's order.
    pub values: Vec<String>,
}

/// A classification of a scheme the standard does not define, kept whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraClassification {
    /// UUID of the classification scheme or node, as sent.
    pub scheme: String,
    /// The code (`nodeRepresentation`).
    pub node_representation: String,
    /// Its display name.
    pub name: InternationalString,
    /// Its attributes.
    pub slots: Vec<Slot>,
}

/// An external identifier of a scheme the standard does not define, kept whole.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtraIdentifier {
    /// UUID of the identification scheme.
    pub scheme: String,
    /// The identifier.
    pub value: String,
    /// Its display name.
    pub name: InternationalString,
}

/// What a source sent beyond the standard's attributes: it is stored and given back (ITI TF-3: 4.2.3.1.6).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extras {
    /// Slots of other names.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub slots: Vec<Slot>,
    /// Classifications of other schemes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub classifications: Vec<ExtraClassification>,
    /// External identifiers of other schemes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub identifiers: Vec<ExtraIdentifier>,
}

impl Extras {
    /// Whether the source kept to the standard's attributes.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty() && self.classifications.is_empty() && self.identifiers.is_empty()
    }
}

/// The text, or as many whole characters of its beginning as take at most so many bytes.
pub fn cut_at(text: &str, bytes: usize) -> &str {
    let end = (0..=bytes.min(text.len())).rev().find(|end| text.is_char_boundary(*end));
    end.and_then(|end| text.get(..end)).unwrap_or_default()
}
