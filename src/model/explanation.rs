//! Why somebody may do something with a record, or may not: the question, and the facts that the answer rests on.

use super::dsp::{
    Author, Caller, Circumstance, Clause, Denial, DocumentFacts, DocumentType, EstablishmentId, Format, Level, MandateKind, ProfessionalId,
    Verdict,
};
use super::hl7_types::PatientId;
use super::ids::{EntryUuid, UniqueId};

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccessQuestion {
    /// Whose record.
    pub patient_id: PatientId,
    /// What would be done.
    pub act: AskedAct,
    /// With which document.
    pub document: Option<AskedDocument>,
    /// The establishment through whose own connection the request would come, by its key.
    pub connection: Option<String>,
}

/// A document that is filed, or one that is only described.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedDocument {
    /// An entry of this record.
    Entry(EntryUuid),
    /// The document of this record with this id, in its newest version.
    Document(UniqueId),
    /// One of this type, at this level, sent by this author.
    Described(DocumentFacts),
}

/// What would be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AskedAct {
    /// Look for documents.
    List,
    /// Read the document.
    Read,
    /// Send a document like this one, in this format.
    Submit(Format),
    /// Send a new version of the document, in this format.
    Replace(Format),
    /// Change what describes the document.
    Update,
    /// Give the document this level.
    ChangeLevel(Level),
    /// Read the activity history.
    ReadHistory,
    /// Identito-vigilance: take out of sight.
    Deactivate,
    /// Identito-vigilance: show again.
    Restore,
    /// Identito-vigilance: take out of sight for good.
    ConfirmDeactivation,
    /// Identito-vigilance: file under another patient.
    Move,
    /// Something with the record that no document is about.
    Manage(ManagingAct),
}

/// What can be done with a record besides its documents.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ManagingAct {
    /// Create the record.
    Create,
    /// End the thirty days.
    Activate,
    /// Close it.
    Close,
    /// Open it again.
    Reopen,
    /// Choose what emergency professionals see.
    SetEmergencyAccess,
    /// Set the presence code.
    SetPresenceCode,
    /// Name or dismiss an assistant.
    NameAssistant,
    /// Name or dismiss a member of the trusted circle.
    NameTrusted,
    /// Shut this professional out.
    Blacklist(ProfessionalId),
    /// Let a professional in again.
    Unblacklist,
    /// Cut a mandate short.
    Shorten(MandateKind),
    /// Validate the declaration of a referring physician.
    DeclareReferringPhysician,
    /// Revoke it.
    RevokeReferringPhysician,
    /// Enter the right presence code.
    OpenConsultation,
    /// Declare admission, discharge or refusal of an episode.
    DeclareEpisode {
        /// Whose episode it is.
        establishment: EstablishmentId,
        /// Whether it is one of emergency care.
        emergency: bool,
    },
}

/// The answer and what it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// Who would call, as the directories know them at that time; nobody where nobody is proven.
    pub caller: Option<Caller>,
    /// Their name, as far as a directory has it.
    pub name: Option<String>,
    /// Whether the directory has a system through which that establishment calls.
    pub connected: bool,
    /// What of the record bears on them; nothing where the patient has no record.
    pub circumstances: Option<Vec<Circumstance>>,
    /// The mandates under which they would act, the preferred one first.
    pub clauses: Vec<Clause>,
    /// Why there is no mandate, or none but these; nothing where the rules refuse the caller everything.
    pub otherwise: Option<Denial>,
    /// What the rules know of the document.
    pub document: Option<DocumentFacts>,
    /// The decision; nothing where the deployment has no access rules and every connected system may do everything.
    pub verdict: Option<Verdict>,
}

impl AskedDocument {
    /// A document that is only described; one whose author is not said is nobody's.
    pub fn described(document_type: &str, level: Level, author: Option<Author>) -> Self {
        let document_type = DocumentType::from(document_type);
        Self::Described(DocumentFacts { document_type, level, author: author.unwrap_or(Author::Unknown), ..DocumentFacts::of_no_rules() })
    }
}
