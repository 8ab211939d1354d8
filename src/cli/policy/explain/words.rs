//! Grounds and denials in words, with the section of the access rules that holds them.

use crate::model::dsp::{Denial, Ground, MandateKind};

/// A rule: its section in the access rules, and what it says of the case.
pub(super) struct RuleWords {
    pub(super) section: &'static str,
    pub(super) text: &'static str,
}

/// Why something is denied.
pub(super) fn denial(denial: Denial) -> RuleWords {
    let (section, text) = match denial {
        Denial::CallerInvalid => (
            "5.1",
            "the caller is not valid: not listed, suspended or without a licence, or of an establishment that is not attested or not theirs; \
             this comes before everything else, own documents included",
        ),
        Denial::ReasonMissing => ("1", "a record administrator has to state a reason at each access"),
        Denial::Deactivated => ("5.3", "identito-vigilance took the document out of sight; only a record administrator sees it"),
        Denial::Purged => ("2", "the record was purged"),
        Denial::RecordNotActive => ("5.4", "the record is not active: closed, not yet activated, or its holder has died"),
        Denial::Blacklisted => ("5.5", "the holder shut this professional out (blacklist, 7), which comes before every mandate"),
        Denial::EpisodeRefused => ("3", "the patient refused access in a running episode of the establishment"),
        Denial::NoMandate => ("5.6", "the patient's authorisation is missing: no mandate of the record is the caller's at this time"),
        Denial::NoHabilitation => ("4 and 5.7", "the habilitation matrix gives the caller no such right to this type of document"),
        Denial::Level => ("5.8", "the confidentiality level of the document hides it from callers with these mandates"),
        Denial::TypeConstraint => {
            ("6", "this type of document has a rule of its own, which is not met: where it comes from, its format, or a declaration")
        }
        Denial::LevelNotChoosable => ("6", "this caller cannot choose this level when sending"),
        Denial::NotTheAuthor => ("6", "only the author of a document replaces it or changes its metadata"),
        Denial::LevelTransition => ("6, level transitions", "the caller's roles do not change this level into that one"),
        Denial::NotEntitled => ("6 and 9", "this is no act of a caller in this quality"),
        Denial::ReferringPhysician => ("7", "the declared referring physician cannot be shut out while the declaration is valid"),
        Denial::State => ("2, 3 and 6", "the act does not fit the state in which the record or the document is"),
    };
    RuleWords { section, text }
}

/// Why something is allowed.
pub(super) fn ground(ground: Ground) -> RuleWords {
    let (section, text) = match ground {
        Ground::Mandate(kind) => return RuleWords { section: "3 and 4", text: under(kind) },
        Ground::Author => (
            "5.2",
            "authorship alone: a professional always sees the documents that they sent and, in the history, their own entries; nothing else",
        ),
        Ground::OwnEpisode => ("9", "the establishment declares what happens in its own house"),
        Ground::Operator => ("9", "the operator keeps the directories and creates records"),
    };
    RuleWords { section, text }
}

fn under(kind: MandateKind) -> &'static str {
    match kind {
        MandateKind::Holder => "it is the holder's own record",
        MandateKind::Assistant => "the holder named the caller as assistant",
        MandateKind::ReferringPhysician => "the caller is the declared referring physician",
        MandateKind::TrustedCircle => "the holder named the caller in the trusted circle",
        MandateKind::Consultation => "the patient opened a consultation by the presence code",
        MandateKind::Emergency => "the patient is or was in the emergency care of the establishment",
        MandateKind::Establishment => "the patient is or was in the care of the establishment",
        MandateKind::HealthFund => "the CNS does what is its own",
        MandateKind::RecordAdministrator => "a record administrator acts with a stated reason",
    }
}

/// A mandate by its English name and the code that the audit trail uses.
pub(super) fn mandate(kind: MandateKind) -> &'static str {
    match kind {
        MandateKind::Holder => "holder (TITULAIRE)",
        MandateKind::Assistant => "assistant (ASSISTANT)",
        MandateKind::ReferringPhysician => "referring physician (MEDECIN-REFERENT)",
        MandateKind::TrustedCircle => "trusted circle (CMC)",
        MandateKind::Consultation => "consultation (CONSULTATION)",
        MandateKind::Emergency => "emergency (URGENCES)",
        MandateKind::Establishment => "establishment (ETABLISSEMENT)",
        MandateKind::HealthFund => "health fund (CNS)",
        MandateKind::RecordAdministrator => "record administrator (ADMINISTRATEUR)",
    }
}
