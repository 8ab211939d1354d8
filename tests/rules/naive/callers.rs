//! Who is a valid caller (access rules, 1, 3 and 5.1).

use dossier::model::dsp::{Caller, ProfessionalState, Quality};

/// "Caller valid. Unknown, suspended or unlicensed professional, revoked certificate, unattested establishment,
/// organisation the professional is not linked to: deny" (5.1).
pub(super) fn valid(caller: &Caller, now: i64) -> bool {
    let objections = [
        unfit_person(caller),
        no_longer_represents(caller, now),
        no_reason(caller),
        unattested(caller),
        unlinked(caller),
        not_by_its_own_connection(caller),
    ];
    !objections.contains(&true)
}

fn unfit_person(caller: &Caller) -> bool {
    match &caller.quality {
        Quality::Professional { state, .. } | Quality::RecordAdministrator { state, .. } => *state != ProfessionalState::Valid,
        _ => false,
    }
}

/// The representative of a minor acts through the minor's account (1), until the coming of age.
fn no_longer_represents(caller: &Caller, now: i64) -> bool {
    match &caller.quality {
        Quality::Patient { representative: Some(representative), .. } => representative.until.0 <= now,
        _ => false,
    }
}

/// "pôle identito-vigilance; must state a reason at each access" (1).
fn no_reason(caller: &Caller) -> bool {
    matches!(&caller.quality, Quality::RecordAdministrator { reason_stated: false, .. })
}

/// "If it names one, … it must be attested, else the caller is invalid" (3): whoever calls.
fn unattested(caller: &Caller) -> bool {
    caller.organisation.as_ref().is_some_and(|organisation| !organisation.attested)
}

/// "If it names one, the professional must be linked to it" (3). Asked of everybody whom the directory of professionals
/// lists, administrators too; a patient, the CNS, the operator and a system are not in it.
fn unlinked(caller: &Caller) -> bool {
    let listed = matches!(&caller.quality, Quality::Professional { .. } | Quality::RecordAdministrator { .. });
    listed && caller.organisation.as_ref().is_some_and(|organisation| !organisation.linked)
}

/// "a connected information system" (1) proves itself by its connection: "client certificate and asserted organisation
/// agree" (3).
fn not_by_its_own_connection(caller: &Caller) -> bool {
    let proven = caller.organisation.as_ref().is_some_and(|organisation| organisation.own_connection);
    matches!(&caller.quality, Quality::Establishment) && !proven
}
