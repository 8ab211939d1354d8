//! The facts of a case in words, in the order in which the rules look at them.

use super::words;
use crate::model::civil_day::time_of;
use crate::model::dsp::{
    Activation, Author, Caller, Circumstance, Clause, DocumentFacts, DspStatus, EmergencyAccess, EpisodeKind, Level, Organisation, Period,
    ProfessionalState, Quality, Scope,
};
use crate::model::explanation::Explanation;

/// A sentence for each fact.
pub(super) fn sentences(explanation: &Explanation, connection: Option<&str>) -> Vec<String> {
    let mut told = Vec::new();
    match &explanation.caller {
        None => told.push("Nobody is proven to call: no person is named, and no connected system of an establishment.".to_owned()),
        Some(caller) => of_caller(caller, explanation.name.as_deref(), &mut told),
    }
    if let Some(establishment) = connection.filter(|_| !explanation.connected) {
        told.push(format!("The directory has no connected system of {establishment}, so that nobody calls through its own connection."));
    }
    told.extend(explanation.document.as_ref().map(of_document));
    match &explanation.circumstances {
        Some(circumstances) => told.extend(circumstances.iter().map(of_record)),
        None if explanation.caller.is_some() => told.push("The patient has no record.".to_owned()),
        None => {}
    }
    told.extend(explanation.clauses.iter().map(of_mandate));
    match explanation.otherwise {
        Some(denial) if explanation.clauses.is_empty() => {
            told.push(format!("No mandate is active for the caller at this time: {}.", words::denial(denial).text));
        }
        _ => {}
    }
    told
}

fn of_caller(caller: &Caller, name: Option<&str>, told: &mut Vec<String>) {
    let named = |id: &str| name.map_or_else(|| id.to_owned(), |name| format!("{name} ({id})"));
    told.push(match &caller.quality {
        Quality::Patient { person, representative: None } => format!("The caller is the patient {}, in their own account.", person),
        Quality::Patient { person, representative: Some(representative) } => {
            let until = time_of(representative.until);
            format!("The caller is the legal representative {}, in the account of {person}, until {until}.", representative.person)
        }
        Quality::Professional { id, .. } if id.as_str().is_empty() => {
            "The directories do not bear out what is said of the caller, so that the rules refuse them everything.".to_owned()
        }
        Quality::Professional { id, profile, state, .. } => {
            let profile = if profile.as_str().is_empty() { "none".to_owned() } else { profile.to_string() };
            format!("{} is a professional who {}; usage profile: {profile}.", named(id.as_str()), of_state(*state))
        }
        Quality::RecordAdministrator { id, state, reason_stated } => {
            let reason = if *reason_stated { "with a stated reason" } else { "without a stated reason" };
            format!("{} is a record administrator who {}, {reason}.", named(id.as_str()), of_state(*state))
        }
        Quality::HealthFund => "The caller is the CNS.".to_owned(),
        Quality::Establishment => "The caller is the system of an establishment, in nobody's name.".to_owned(),
        Quality::Operator => "The caller is the operator's staff.".to_owned(),
    });
    told.extend(caller.organisation.as_ref().map(|organisation| of_organisation(organisation, &caller.quality)));
}

fn of_state(state: ProfessionalState) -> &'static str {
    match state {
        ProfessionalState::Valid => "is listed, with a valid licence and an active account",
        ProfessionalState::Unknown => "is not listed as one",
        ProfessionalState::Suspended => "has an account that is suspended or closed",
        ProfessionalState::Unlicensed => "has no valid licence",
    }
}

fn of_organisation(organisation: &Organisation, quality: &Quality) -> String {
    let mut words = vec![if organisation.attested { "is attested" } else { "has no attestation in force" }];
    if matches!(quality, Quality::Professional { .. } | Quality::RecordAdministrator { .. }) {
        words.push(if organisation.linked { "the caller works there" } else { "the directory does not link the caller to it" });
    }
    words.push(match organisation.own_connection {
        true => "the request comes through its own connection",
        false => "the request does not come through its own connection",
    });
    words.extend(organisation.laboratory.then_some("it is a laboratory"));
    words.extend(organisation.emergency_cleared.then_some("it is cleared for emergency care"));
    format!("The establishment {} {}.", organisation.id, words.join("; "))
}

fn of_document(document: &DocumentFacts) -> String {
    let author = match &document.author {
        Author::Professional(id) => format!("sent by the professional {id}"),
        Author::Person(person) => format!("sent by the person {person}"),
        Author::HealthFund => "sent by the CNS".to_owned(),
        Author::Unknown => "of no known author".to_owned(),
    };
    let activation = match document.activation {
        Activation::Active => "",
        Activation::Deactivated => "; identito-vigilance took it out of sight",
        Activation::Confirmed => "; identito-vigilance took it out of sight for good",
    };
    let kind = if document.document_type.as_str().is_empty() { "none" } else { document.document_type.as_str() };
    format!("The document has the type {kind} and the level {}, {author}{activation}.", document.level)
}

fn of_record(circumstance: &Circumstance) -> String {
    match circumstance {
        Circumstance::Status(DspStatus::Inactive { activates_at }) => {
            format!("The record is inactive; it becomes active by itself on {}.", time_of(*activates_at))
        }
        Circumstance::Status(DspStatus::Active) => "The record is active.".to_owned(),
        Circumstance::Status(DspStatus::Closed) => "The record is closed.".to_owned(),
        Circumstance::Status(DspStatus::Purged) => "The record was purged.".to_owned(),
        Circumstance::Deceased(at) => format!("Its holder died on {}.", time_of(*at)),
        Circumstance::LastClosed(at) => format!("It was last closed on {}, which ended the mandates of that time.", time_of(*at)),
        Circumstance::Holder => "It is the caller's own record.".to_owned(),
        Circumstance::Assistant { period, active } => format!("The holder named the caller assistant, {}.", during(*period, *active)),
        Circumstance::Blacklisted { period, active } => format!("The holder shut the caller out, {}.", during(*period, *active)),
        Circumstance::Mandate { kind, access, active } => {
            format!("A mandate names the caller: {}, {}.", words::mandate(kind.kind()), during(*access, *active))
        }
        Circumstance::Episode { establishment, kind, stay, access_end, open } => {
            let kind = if matches!(kind, EpisodeKind::Ordinary) { "A stay" } else { "An emergency episode" };
            let access = match (open, access_end) {
                (true, Some(end)) => format!("it gives access until {}", time_of(*end)),
                (true, None) => "it gives access".to_owned(),
                (false, _) => "it gives no access at this time".to_owned(),
            };
            format!("{kind} at {establishment} was declared, {}; {access}.", spoken(*stay))
        }
        Circumstance::Refused(establishment) => format!("The patient refused access in a running episode at {establishment}."),
        Circumstance::EmergencyAccess(access) => {
            let shown = match access {
                EmergencyAccess::Standard => "standard documents",
                EmergencyAccess::Extended => "standard and confidential documents",
                EmergencyAccess::Denied => "nothing",
            };
            format!("The holder lets emergency professionals see {shown}, unless the patient decided otherwise on arrival.")
        }
        Circumstance::ReferringPhysicianDeclared(true) => "A declaration of a referring physician is valid.".to_owned(),
        Circumstance::ReferringPhysicianDeclared(false) => "No declaration of a referring physician is valid.".to_owned(),
    }
}

fn of_mandate(clause: &Clause) -> String {
    let read = match &clause.read {
        Scope::EveryType | Scope::EveryTypeOf(_) => "every type of document".to_owned(),
        Scope::Column(profile) => format!("what the matrix lets {profile} read"),
        Scope::Nothing => "nothing".to_owned(),
    };
    let levels: Vec<_> = clause.levels.iter().map(Level::code).collect();
    let levels = if levels.is_empty() { String::new() } else { format!(" at {}", levels.join(", ")) };
    let write = clause.write.as_ref().map_or("nothing".to_owned(), |column| format!("what the matrix lets {column} write"));
    format!("Active mandate: {}; it lets read {read}{levels}, and write {write}.", words::mandate(clause.mandate))
}

fn during(period: Period, active: bool) -> String {
    format!("{}, which {}", spoken(period), if active { "counts at this time" } else { "does not count at this time" })
}

fn spoken(period: Period) -> String {
    let from = format!("from {}", time_of(period.start));
    period.end.map_or(from.clone(), |end| format!("{from} until {}", time_of(end)))
}
