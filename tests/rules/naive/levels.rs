//! Changing the level of a document (access rules, 6, "Level transitions").

use dossier::model::dsp::{DocumentFacts, Ground, Level, MandateKind};

use super::mandates::{ORDER, World};
use super::matrix::Matrix;
use super::reading::{is_own, read};

/// The columns of the table: `H` holder, legal representative and assistant, `M` referring physician, `C` trusted circle,
/// `A` author, `P` any professional. "–" and "never" are lines that are not there.
const TABLE: [(Level, Level, &str); 9] = [
    (Level::Announcement, Level::Standard, "P"),
    (Level::Announcement, Level::Confidential, "P"),
    (Level::Announcement, Level::Private, "P"),
    (Level::Standard, Level::Confidential, "HMCA"),
    (Level::Standard, Level::Private, "HMA"),
    (Level::Confidential, Level::Standard, "HMCA"),
    (Level::Confidential, Level::Private, "HMA"),
    (Level::Private, Level::Standard, "HA"),
    (Level::Private, Level::Confidential, "HA"),
];

/// On what it rests, if it is allowed: what the reading of the document rests on, which comes first.
pub(crate) fn change_level(world: World<'_>, document: &DocumentFacts, to: Level, matrix: &Matrix) -> Option<Ground> {
    // "must be able to read the document now".
    let ground = read(world, document, matrix)?;
    // "a professional also needs an active mandate, a record `Active` and not to be blacklisted: author access alone does
    // not suffice". Any active mandate will do: what it lets read is not asked.
    let mandated = ORDER.into_iter().any(|kind| world.has(kind));
    let listed = TABLE
        .iter()
        .any(|(from, into, who)| (*from, *into) == (document.level, to) && who.chars().any(|role| plays(world, document, role)));
    (mandated && listed).then_some(ground)
}

fn plays(world: World<'_>, document: &DocumentFacts, role: char) -> bool {
    match role {
        'H' => world.has(MandateKind::Holder) || world.has(MandateKind::Assistant),
        'M' => world.has(MandateKind::ReferringPhysician),
        'C' => world.has(MandateKind::TrustedCircle),
        'A' => is_own(world, document),
        _ => world.professional().is_some(),
    }
}
