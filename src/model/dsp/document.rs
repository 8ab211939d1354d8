//! What the rules have to know of a document.

use super::caller::{PersonId, ProfessionalId};
use super::habilitation::DocumentType;
use super::level::Level;

/// The facts about one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DocumentFacts {
    /// Its row of the matrix.
    pub document_type: DocumentType,
    /// How far it is shown.
    pub level: Level,
    /// Who sent it.
    pub author: Author,
    /// Whether identito-vigilance took it out of sight.
    pub activation: Activation,
}

impl DocumentFacts {
    /// Those of a document that was filed while no access rules were in force: of no type, so that no mandate opens it.
    pub fn of_no_rules() -> Self {
        Self { document_type: DocumentType::from(""), level: Level::Standard, author: Author::Unknown, activation: Activation::Active }
    }
}

/// Who made the submission: the authenticated caller, not the name in the metadata (access rules, 5.2).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Author {
    /// A professional.
    Professional(ProfessionalId),
    /// A person in their own account: the holder (or whoever represents them), or an assistant.
    Person(PersonId),
    /// The CNS.
    HealthFund,
    /// Nobody known: it was filed while no access rules were in force.
    Unknown,
}

/// The two steps in which identito-vigilance takes a document away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activation {
    /// In sight, as its level says.
    Active,
    /// Out of sight for the time being.
    Deactivated,
    /// Out of sight for good.
    Confirmed,
}
