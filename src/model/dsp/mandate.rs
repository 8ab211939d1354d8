//! Mandates: under which authorisation of the patient somebody acts (access rules, 3; Charte B.II.b).

use super::caller::ProfessionalId;
use super::period::Period;

/// The kinds of mandate. The order is that in which the access layer prefers them (access rules, 3, a choice of theirs).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MandateKind {
    /// *Titulaire*: the patient on their own record, or who represents them.
    Holder,
    /// *Assistant DSP*: another patient, named by the holder.
    Assistant,
    /// *Médecin référent*.
    ReferringPhysician,
    /// *Cercle médical de confiance*.
    TrustedCircle,
    /// *Consultation*, opened by the patient's presence code.
    Consultation,
    /// *Prise en charge urgences*.
    Emergency,
    /// *Établissement*.
    Establishment,
    /// The CNS, which writes one type of document and reads nothing.
    HealthFund,
    /// *Administrateur de dossier*.
    RecordAdministrator,
}

impl MandateKind {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Holder,
        Self::Assistant,
        Self::ReferringPhysician,
        Self::TrustedCircle,
        Self::Consultation,
        Self::Emergency,
        Self::Establishment,
        Self::HealthFund,
        Self::RecordAdministrator,
    ];

    /// The code of the mandate in audit records and resources.
    pub fn code(self) -> &'static str {
        match self {
            Self::Holder => "TITULAIRE",
            Self::Assistant => "ASSISTANT",
            Self::ReferringPhysician => "MEDECIN-REFERENT",
            Self::TrustedCircle => "CMC",
            Self::Consultation => "CONSULTATION",
            Self::Emergency => "URGENCES",
            Self::Establishment => "ETABLISSEMENT",
            Self::HealthFund => "CNS",
            Self::RecordAdministrator => "ADMINISTRATEUR",
        }
    }
}

/// A mandate that the patient gave to one professional by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mandate {
    /// Which of the three.
    pub kind: PersonalMandate,
    /// To whom.
    pub professional: ProfessionalId,
    /// From its opening until access ends: the follow-up period is in it, and whatever cut it short has cut it here.
    pub access: Period,
}

/// The mandates that name a professional.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum PersonalMandate {
    /// The declaration that the CNS validated.
    ReferringPhysician,
    /// Named by the holder.
    TrustedCircle,
    /// By the presence code, for the civil day and the follow-up period after it.
    Consultation,
}

impl PersonalMandate {
    /// As the kind of mandate it is.
    pub fn kind(self) -> MandateKind {
        match self {
            Self::ReferringPhysician => MandateKind::ReferringPhysician,
            Self::TrustedCircle => MandateKind::TrustedCircle,
            Self::Consultation => MandateKind::Consultation,
        }
    }
}
