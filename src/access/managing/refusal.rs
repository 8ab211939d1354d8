//! Why an act of managing a record was not done.

use crate::model::dsp::Denial;

/// Nothing was changed. The texts are for those who may know of the record.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ActRefusal {
    /// Nobody is proven to call.
    #[error("who calls has to be known: a person by a token, or a system by its certificate")]
    NobodyCalls,
    /// The patient or the record does not exist, or as good as not for this caller.
    #[error("there is no such record, or you have no access to it")]
    Unknown,
    /// The access rules forbid it.
    #[error("{}", words(*.0))]
    Denied(Denial),
    /// Another version than the one that was to be changed.
    #[error("this is version {found} by now; read it again and decide again")]
    Version {
        /// Which it is.
        found: u64,
    },
    /// The patient has a record.
    #[error("the patient has a record already; a closed one is opened again by its holder")]
    Exists,
    /// The same was granted and is in force.
    #[error("this is granted already and in force; end it before you grant it anew")]
    AlreadyGranted,
    /// More than a record holds.
    #[error("a record holds at most {most} grants in force of one category; end some of them")]
    TooMany {
        /// How many.
        most: usize,
    },
    /// The directory does not list the professional.
    #[error("the directory of professionals does not list this professional; look them up as Practitioner")]
    UnknownProfessional,
    /// Only a physician is a referring physician.
    #[error("a referring physician is a physician; the directory says that this professional is none (access rules, 1)")]
    NotAPhysician,
    /// An assistant has a record, and is another person.
    #[error("an assistant is another patient who has an open record of their own (access rules, 1)")]
    NoAssistant,
    /// The new end lies behind the present one.
    #[error("a mandate is only ever shortened: its new end has to lie before its present one (access rules, 3)")]
    Lengthening,
    /// The end lies before the beginning.
    #[error("it would end before it begins: its end has to lie in the future")]
    EndsInThePast,
    /// It has ended.
    #[error("it has ended and does not change any more")]
    Ended,
}

impl ActRefusal {
    /// As the audit trail writes it.
    pub fn code(&self) -> &'static str {
        match self {
            Self::NobodyCalls => "nobody-calls",
            Self::Unknown => "unknown-record",
            Self::Denied(denial) => denial.code(),
            Self::Version { .. } => "version",
            Self::Exists => "record-exists",
            Self::AlreadyGranted => "already-granted",
            Self::TooMany { .. } => "too-many-grants",
            Self::UnknownProfessional => "unknown-professional",
            Self::NotAPhysician => "not-a-physician",
            Self::NoAssistant => "no-assistant",
            Self::Lengthening => "lengthening",
            Self::EndsInThePast => "ends-in-the-past",
            Self::Ended => "ended",
        }
    }
}

/// The rule in words.
fn words(denial: Denial) -> &'static str {
    match denial {
        Denial::CallerInvalid => {
            "you may not act at present: the directory has to list you with a valid licence, the organisation has to be attested and yours, \
             and a representation has to be in force (access rules, 5.1)"
        }
        Denial::ReasonMissing => "a record administrator states a reason at each access; send the header Access-Reason (access rules, 1)",
        Denial::Purged => "the record was purged ten years after its end (access rules, 2)",
        Denial::RecordNotActive => "the record is not active (access rules, 2)",
        Denial::NotEntitled => {
            "this act is not one of yours: holder and assistants manage the record, the holder alone closes and reopens it and names \
             assistants, the CNS declares referring physicians, operator and CNS create records (access rules, 9); identito-vigilance takes documents out \
             of sight and moves them to the right patient (access rules, 6)"
        }
        Denial::ReferringPhysician => {
            "the declared referring physician cannot be blacklisted while the declaration is valid; it ends by the CNS or by closing the \
             record (access rules, 7)"
        }
        Denial::State => {
            "the act does not fit the state of the record or of what it is about, such as activating an active record or changing a closed \
             one; the holder reopens a closed record first (access rules, 2 and 3)"
        }
        _ => "the access rules forbid it",
    }
}
