//! What a deployment decides, as data (access rules, 4 and 6).

use std::collections::BTreeMap;

use super::durations::{Durations, PresenceCodeLimits};
use super::habilitation::{DocumentType, HabilitationMatrix, UsageProfile};
use super::level_codes::LevelCodes;
use super::level_transitions::LevelTransitions;
use super::professions::Professions;
use super::type_codes::TypeCodes;

/// What a deployment decides, as data.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Rules {
    /// Who may do what with which type.
    pub matrix: HabilitationMatrix,
    /// What no cell of the matrix can say.
    pub constraints: BTreeMap<DocumentType, Vec<TypeConstraint>>,
    /// Who may change a level into which other.
    pub transitions: LevelTransitions,
    /// Which code means which type of document.
    pub type_codes: TypeCodes,
    /// Which level a code of another system means in the header of a document.
    pub level_codes: LevelCodes,
    /// How long what lasts.
    pub durations: Durations,
    /// How often presence codes may be tried.
    pub presence_codes: PresenceCodeLimits,
    /// Which usage profile follows from which profession.
    pub professions: Professions,
}

impl Rules {
    /// What no cell of the matrix says of a type.
    pub fn constraints_of(&self, document_type: &DocumentType) -> &[TypeConstraint] {
        self.constraints.get(document_type).map_or(&[], Vec::as_slice)
    }
}

/// A rule of one type of document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TypeConstraint {
    /// Only from a laboratory.
    FromLaboratory,
    /// Only from an establishment cleared for emergency care.
    FromEmergencyCare,
    /// Only for a patient whose declaration of a referring physician is valid.
    WithReferringPhysician,
    /// Only in one of these formats.
    InFormat(Vec<Format>),
    /// Besides those the matrix names, professionals of this profile write it; the other rules of the type hold for them too.
    AlsoWrittenBy(UsageProfile),
}

/// In which format a document comes, as far as a rule asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Plain text.
    Text,
    /// PDF/A.
    PdfA,
    /// Anything else.
    Other,
}
