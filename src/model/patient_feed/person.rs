//! What a person is called, where they live, which sex their record names.

use serde::{Deserialize, Serialize};

/// A person's name (type XPN).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// XPN.1.1.
    pub family: Option<String>,
    /// XPN.2 and XPN.3, the first given name first.
    pub given: Vec<String>,
    /// XPN.4, as in "junior".
    pub suffix: Option<String>,
    /// XPN.5, as in "Dr".
    pub prefix: Option<String>,
}

/// A postal address (type XAD).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// XAD.1 and XAD.2, street and number, then what is needed besides.
    pub lines: Vec<String>,
    /// XAD.3.
    pub city: Option<String>,
    /// XAD.4, state or province.
    pub state: Option<String>,
    /// XAD.5.
    pub postal_code: Option<String>,
    /// XAD.6, as sent, ISO 3166 if the source keeps to the standard.
    pub country: Option<String>,
}

/// HL7 table 0001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministrativeSex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `O`.
    Other,
    /// `U`.
    Unknown,
    /// `A`.
    Ambiguous,
    /// `N`.
    NotApplicable,
}

impl AdministrativeSex {
    const CODES: [(Self, &'static str); 6] = [
        (Self::Female, "F"),
        (Self::Male, "M"),
        (Self::Other, "O"),
        (Self::Unknown, "U"),
        (Self::Ambiguous, "A"),
        (Self::NotApplicable, "N"),
    ];

    /// The value that a code of table 0001 stands for.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| known.eq_ignore_ascii_case(code)).map(|(sex, _)| *sex)
    }

    /// The code of table 0001.
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(sex, _)| *sex == self).map_or("U", |(_, code)| code)
    }
}
