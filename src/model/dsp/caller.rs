//! Who calls, in which quality: proven before any rule is asked (access rules, 1 and 5.1).

use super::habilitation::UsageProfile;
use super::key::key;
use crate::model::timestamp::Instant;

key! {
    /// A person of the patient directory, by the key of their record.
    PersonId
}
key! {
    /// A professional, by their key in the professional directory.
    ProfessionalId
}
key! {
    /// An establishment, by its key in the directory.
    EstablishmentId
}

/// One session: one person in one quality, and the organisation named with the request, if any.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// In which quality the person calls. Who has several has a session for each of them.
    pub quality: Quality,
    /// The organisation the request names.
    pub organisation: Option<Organisation>,
}

/// The quality of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Quality {
    /// A patient, in their own account: holder of their record, perhaps assistant of another's.
    Patient {
        /// Whose account it is.
        person: PersonId,
        /// Who acts in it, where that is the legal representative of a minor.
        representative: Option<Representative>,
    },
    /// A health professional.
    Professional {
        /// Who.
        id: ProfessionalId,
        /// By their profession in the directory (Charte, annex 2), never by what the client says.
        profile: UsageProfile,
        /// Whether they may act at all at present.
        state: ProfessionalState,
        /// Whether they work on their own account, so that a patient's presence code opens a mandate for them.
        self_employed: bool,
    },
    /// Staff of the *pôle identito-vigilance*.
    RecordAdministrator {
        /// Who.
        id: ProfessionalId,
        /// Whether they may act at all at present.
        state: ProfessionalState,
        /// Whether they stated why they open this record, which they have to at each access.
        reason_stated: bool,
    },
    /// The CNS.
    HealthFund,
    /// An information system in the name of its establishment: declares episodes, never reads.
    Establishment,
    /// The operator's staff with the role `admin`: keeps the directories.
    Operator,
}

/// The legal representative in whose hands the account is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Representative {
    /// Who it is.
    pub person: PersonId,
    /// The first instant at which they no longer represent: the coming of age, or an earlier revocation.
    pub until: Instant,
}

/// What the professional directory says of a person at present.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ProfessionalState {
    /// Listed, account active, licence valid.
    Valid,
    /// Not listed.
    Unknown,
    /// The account is suspended or closed.
    Suspended,
    /// The right to practise has not begun or is lost.
    Unlicensed,
}

/// An organisation as proven for this request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Which one.
    pub id: EstablishmentId,
    /// Whether its attestation of conformity is in force.
    pub attested: bool,
    /// Whether the directory links the calling professional to it at present.
    pub linked: bool,
    /// Whether the request came through its own connection: client certificate and asserted organisation agree.
    pub own_connection: bool,
    /// Whether it is a laboratory of medical biology.
    pub laboratory: bool,
    /// Whether it is cleared for emergency care.
    pub emergency_cleared: bool,
}
