//! The rules of the shared care record (*Dossier de Soins Partagé*, DSP): who may do what with whose record, when and
//! why. Plain values and pure functions; `docs/access-control.md` tells the same in words.
//!
//! The questions are answered in two steps. [`Standing::of`] looks once at caller, record and time and says under which
//! mandates the caller stands; everything else ([`Standing::read`], [`Standing::submit`] and so on) looks at one document
//! or one act and costs no further question to the database.

mod caller;
mod circumstance;
mod document;
mod durations;
mod emergency_access;
mod episode;
mod habilitation;
mod history;
mod key;
mod level;
mod level_change;
mod level_codes;
mod level_transitions;
mod management;
mod mandate;
mod metadata_change;
mod period;
mod professions;
mod reading;
mod reason;
mod record;
mod rules;
mod sight;
mod standing;
mod type_codes;
mod verdict;
mod visibility;
mod writing;

pub use caller::{Caller, EstablishmentId, Organisation, PersonId, ProfessionalId, ProfessionalState, Quality, Representative};
pub use circumstance::{Circumstance, circumstances};
pub use document::{Activation, Author, DocumentFacts};
pub use durations::{AttemptLimit, Durations, PresenceCodeLimits};
pub use emergency_access::EmergencyAccess;
pub use episode::{Episode, EpisodeId, EpisodeKind, RefusalChange};
pub use habilitation::{DocumentType, HabilitationMatrix, Right, UsageProfile};
pub use history::HistoryExtent;
pub use level::{LEVEL_SYSTEM, Level, LevelSet, NotOneLevel};
pub use level_codes::LevelCodes;
pub use level_transitions::{ChangeRole, LevelTransitions};
pub use management::RecordAct;
pub use mandate::{Mandate, MandateKind, PersonalMandate};
pub use period::Period;
pub use professions::Professions;
pub use reason::{Denial, Ground};
pub use record::{DspStatus, RecordState};
pub use rules::{Format, Rules, TypeConstraint};
pub use sight::{ConsentSight, StatusSight, consents_in_sight, status_in_sight};
pub use standing::{Clause, Scope, Standing};
pub use type_codes::TypeCodes;
pub use verdict::Verdict;
pub use visibility::{Sight, Visibility};
pub use writing::{Relation, Submission};
