//! What cases by chance must have come to at least once, so that no rule goes untried without anybody noticing.

use dossier::model::dsp::{HistoryExtent, Level, MandateKind};

use super::naive::{World, cut_by_later_refusal, forbidden, house_refused, inherits_refusal};
use super::random::Tally;

/// Every kind of mandate.
pub(crate) const MANDATES: [MandateKind; 9] = [
    MandateKind::Holder,
    MandateKind::Assistant,
    MandateKind::ReferringPhysician,
    MandateKind::TrustedCircle,
    MandateKind::Consultation,
    MandateKind::Emergency,
    MandateKind::Establishment,
    MandateKind::HealthFund,
    MandateKind::RecordAdministrator,
];

/// Every level into which a document could be changed.
pub(crate) const LEVELS: [(&str, Level); 4] = [
    ("to standard", Level::Standard),
    ("to confidentiel", Level::Confidential),
    ("to privé", Level::Private),
    ("to annonce", Level::Announcement),
];

const PROFESSIONAL: &str = "MEDECIN-REFERENT CMC CONSULTATION URGENCES ETABLISSEMENT";
const PATIENT: &str = "TITULAIRE ASSISTANT";
/// Denials that any question may meet.
const ANY: &str = "caller-invalid reason-missing purged";
/// Those of questions about a document.
const STANDING: &str = "record-not-active blacklisted episode-refused no-mandate";

/// A question, or several separated by commas, and every answer that it must have got.
const EXPECTED: &[(&str, &[&str])] = &[
    ("read", &[PROFESSIONAL, PATIENT, "ADMINISTRATEUR AUTEUR", ANY, STANDING, "deactivated no-habilitation level"]),
    ("submit", &[PROFESSIONAL, PATIENT, "CNS", ANY, STANDING, "no-habilitation type-constraint level-not-choosable"]),
    ("replace", &[PROFESSIONAL, PATIENT, "CNS", ANY, STANDING, "not-the-author deactivated"]),
    ("extend", &[PROFESSIONAL, PATIENT, ANY, STANDING, "level deactivated no-habilitation"]),
    ("to standard,to confidentiel,to privé", &[PROFESSIONAL, PATIENT, "AUTEUR", ANY, STANDING, "level-transition level deactivated"]),
    ("to annonce", &["level-transition"]),
    ("activate,emergency setting,presence code,trusted circle,unblacklist", &[PATIENT, ANY, "not-entitled state"]),
    ("shorten consultation,shorten stay,shorten emergency", &[PATIENT, ANY, "not-entitled state"]),
    ("shorten other", &["not-entitled state"]),
    ("blacklist", &[PATIENT, "referring-physician state"]),
    ("close,reopen,assistant", &["TITULAIRE not-entitled state"]),
    ("declare MR,revoke MR", &["CNS not-entitled state"]),
    ("declare stay,declare emergency", &["EPISODE not-entitled state"]),
    ("consultation", &["CONSULTATION blacklisted not-entitled"]),
    ("deactivate,restore,confirm,move", &["ADMINISTRATEUR not-entitled state"]),
    ("directories", &["EXPLOITANT not-entitled"]),
    ("history", &["all", "without-annonce", "own", "caller-invalid"]),
    ("coincidence", &["house-refused", "refusal-inherited", "follow-up-cut", "emergency-forbidden", "subcontract-forbidden"]),
];

/// The answers that no case got.
pub(crate) fn missing(tally: &Tally) -> Vec<(&'static str, &'static str)> {
    let mut missing = Vec::new();
    for (questions, outcomes) in EXPECTED {
        for question in questions.split(',') {
            let wanted = outcomes.iter().flat_map(|line| line.split(' '));
            missing.extend(wanted.filter(|outcome| !tally.contains_key(&(question, *outcome))).map(|outcome| (question, outcome)));
        }
    }
    missing
}

/// How the tally calls an extent of the history.
pub(crate) fn extent(extent: HistoryExtent) -> &'static str {
    match extent {
        HistoryExtent::Everything => "all",
        HistoryExtent::EverythingButAnnouncements => "without-annonce",
        HistoryExtent::Own => "own",
    }
}

/// Which of the rarer rules about episodes bite in the world of a case.
pub(crate) fn coincidences(world: World<'_>) -> Vec<&'static str> {
    let (record, now) = (world.record, world.now);
    let any = |holds: &dyn Fn(&_) -> bool| record.episodes.iter().any(holds);
    let bites = [
        ("house-refused", any(&|episode| house_refused(record, &episode.establishment, now))),
        ("refusal-inherited", any(&|episode| inherits_refusal(record, episode, now))),
        ("follow-up-cut", any(&|episode| cut_by_later_refusal(record, episode, now))),
        ("emergency-forbidden", any(&|episode| episode.requested_by.is_none() && forbidden(record, episode))),
        ("subcontract-forbidden", any(&|episode| episode.requested_by.is_some() && forbidden(record, episode))),
    ];
    bites.into_iter().filter(|(_, bites)| *bites).map(|(name, _)| name).collect()
}
