//! Submitting a document (access rules, 4 and 6; the constraints that no cell can hold).

use dossier::model::dsp::{Author, DocumentFacts, Format, Ground, Level, MandateKind, Organisation, Quality, Relation, Submission};

use super::callers::valid;
use super::episodes::active;
use super::mandates::{ORDER, World};
use super::matrix::Matrix;
use super::reading::{known, profile, read, visible};

/// On what it rests, if it is allowed.
pub(crate) fn submit(world: World<'_>, submission: &Submission<'_>, matrix: &Matrix) -> Option<Ground> {
    let document_type = submission.document_type.as_str();
    // "5.1, 5.4, 5.5" and "record `Active`" (6): a purged or closed record, or that of a dead person, takes nothing.
    let conditions = [
        valid(world.caller, world.now),
        active(world.record, world.now),
        known(world, document_type, matrix),
        may_choose(world, submission.level),
        fits_format(document_type, submission.format),
        fits_origin(world, document_type),
        fits_relation(world, submission.relation, matrix),
    ];
    if conditions.contains(&false) {
        return None;
    }
    ORDER.into_iter().find(|kind| world.has(*kind) && writes_type(world, *kind, document_type, matrix)).map(Ground::Mandate)
}

/// The table of 4, column "Write".
fn writes_type(world: World<'_>, kind: MandateKind, document_type: &str, matrix: &Matrix) -> bool {
    match kind {
        // "MR column".
        MandateKind::ReferringPhysician => matrix.may_write("medecin-referent", document_type) || pathologist(world, document_type),
        // "column of the profession".
        MandateKind::TrustedCircle | MandateKind::Consultation | MandateKind::Establishment | MandateKind::Emergency => {
            profile(world).is_some_and(|profile| matrix.may_write(profile, document_type)) || pathologist(world, document_type)
        }
        // "expression du titulaire only".
        MandateKind::Holder | MandateKind::Assistant => document_type == "expression-titulaire",
        // "résumé des prestations", of a valid declaration, without which there is no mandate of the CNS.
        MandateKind::HealthFund => document_type == "resume-prestations",
        // "nothing".
        MandateKind::RecordAdministrator => false,
    }
}

/// "a physician whose institution is a laboratory may write it too (anatomie pathologique)" (6, a choice); where that is
/// asked is `fits_origin`.
fn pathologist(world: World<'_>, document_type: &str) -> bool {
    document_type == "resultats-biologie" && profile(world) == Some("medecin")
}

/// "only from an establishment of kind laboratory", "only from an establishment cleared for emergency care" (6): from it
/// is through its own connection, which alone proves where a request comes from (3).
fn fits_origin(world: World<'_>, document_type: &str) -> bool {
    let house = world.caller.organisation.as_ref().filter(|organisation| organisation.own_connection);
    let from = |trait_of: fn(&Organisation) -> bool| house.is_some_and(trait_of);
    match document_type {
        "resultats-biologie" => from(|house| house.laboratory),
        "rpu" => from(|house| house.emergency_cleared),
        _ => true,
    }
}

/// "*expression du titulaire* only (text, or PDF/A)" (4).
fn fits_format(document_type: &str, format: Format) -> bool {
    document_type != "expression-titulaire" || format != Format::Other
}

/// "author: `standard` (default), `confidentiel`, `annonce`; holder: `standard`, `confidentiel`, `privé`" (6). An assistant
/// stands for the holder. The CNS is not named; as the author of what it sends it is taken at that word.
fn may_choose(world: World<'_>, level: Level) -> bool {
    match world.caller.quality {
        Quality::Patient { .. } => level != Level::Announcement,
        _ => level != Level::Private,
    }
}

/// "replace (new version): the author while they may write; holder for own expression", "append/transform: whoever may
/// read the target and write the type" (6). The expression of an assistant is the holder's own too: it was said in their
/// name, and were it not, the holder would be named twice. A new version of what the caller may not see would tell that it exists (5).
fn fits_relation(world: World<'_>, relation: Relation<'_>, matrix: &Matrix) -> bool {
    match relation {
        Relation::New => true,
        Relation::Replaces(target) => visible(world, target) && (sent_by_caller(world, target) || own_expression(world, target)),
        Relation::Extends(target) => read(world, target, matrix).is_some(),
    }
}

fn own_expression(world: World<'_>, target: &DocumentFacts) -> bool {
    world.is_holder() && matches!(target.author, Author::Person(_)) && target.document_type.as_str() == "expression-titulaire"
}

fn sent_by_caller(world: World<'_>, target: &DocumentFacts) -> bool {
    match (&world.caller.quality, &target.author) {
        (Quality::Professional { id, .. }, Author::Professional(author)) => id == author,
        (Quality::Patient { person, .. }, Author::Person(author)) => person == author,
        (Quality::HealthFund, Author::HealthFund) => true,
        _ => false,
    }
}
