//! The people of the sample population, each in one quality.

use dossier::model::dsp::{Caller, Organisation, ProfessionalState, Quality, Representative, UsageProfile};

use super::times::at;

/// Professionals: id, usage profile, self-employed.
const PROFESSIONALS: [(&str, &str, bool); 25] = [
    ("D01", "medecin", true),
    ("D02", "medecin", true),
    ("D03", "medecin", true),
    ("D04", "medecin", true),
    ("D05", "medecin", false),
    ("D06", "medecin", false),
    ("D07", "medecin", false),
    ("D08", "medecin", false),
    ("D09", "medecin", true),
    ("D10", "medecin", false),
    ("B01", "biologiste-medical", false),
    ("B02", "biologiste-medical", false),
    ("F01", "pharmacien", true),
    ("I01", "infirmier", false),
    ("I02", "infirmier", false),
    ("I03", "infirmier", false),
    ("X01", "ps-expert", true),
    ("X02", "ps-expert", false),
    ("X03", "ps-expert", true),
    ("S01", "sage-femme", true),
    ("L01", "laborantin", false),
    ("T01", "assistant-technique-medical", false),
    ("A01", "aide-soignant", false),
    ("O01", "intervenant-social", false),
    ("O02", "intervenant-social", false),
];

/// A professional without an organisation.
pub(crate) fn professional(id: &str) -> Caller {
    let (_, profile, self_employed) = PROFESSIONALS.into_iter().find(|(known, ..)| *known == id).unwrap();
    let state = if id == "D09" { ProfessionalState::Unlicensed } else { ProfessionalState::Valid };
    let quality = Quality::Professional { id: id.into(), profile: UsageProfile::from(profile), state, self_employed };
    Caller { quality, organisation: None }
}

/// A professional at work in an establishment, through its own connection.
pub(crate) fn at_work(id: &str, establishment: &str) -> Caller {
    Caller { organisation: Some(organisation(establishment)), ..professional(id) }
}

/// An establishment as proven for a request of its own.
pub(crate) fn organisation(id: &str) -> Organisation {
    Organisation {
        id: id.into(),
        attested: id != "E7",
        linked: true,
        own_connection: true,
        laboratory: matches!(id, "E2" | "E3"),
        emergency_cleared: id == "E1",
    }
}

/// The system of an establishment.
pub(crate) fn system(establishment: &str) -> Caller {
    Caller { quality: Quality::Establishment, organisation: Some(organisation(establishment)) }
}

/// A patient in their own account.
pub(crate) fn patient(id: &str) -> Caller {
    Caller { quality: Quality::Patient { person: id.into(), representative: None }, organisation: None }
}

/// The legal representative in the account of a minor, until the coming of age.
pub(crate) fn representative(of: &str, by: &str, until: &str) -> Caller {
    let representative = Representative { person: by.into(), until: at(until) };
    Caller { quality: Quality::Patient { person: of.into(), representative: Some(representative) }, organisation: None }
}

/// Z01, with or without a stated reason.
pub(crate) fn administrator(reason_stated: bool) -> Caller {
    let quality = Quality::RecordAdministrator { id: "Z01".into(), state: ProfessionalState::Valid, reason_stated };
    Caller { quality, organisation: None }
}

/// The CNS.
pub(crate) fn health_fund() -> Caller {
    Caller { quality: Quality::HealthFund, organisation: None }
}
