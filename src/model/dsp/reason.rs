//! Why something is allowed or denied, for the audit trail and for explanations; never told to who is denied.

use super::mandate::MandateKind;

/// What an allowed act rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ground {
    /// A mandate.
    Mandate(MandateKind),
    /// The caller sent the document themselves (access rules, 5.2).
    Author,
    /// The establishment declares what happens in its own house (access rules, 9).
    OwnEpisode,
    /// The operator keeps the directories (access rules, 9).
    Operator,
}

impl Ground {
    /// As the audit trail writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::Mandate(kind) => kind.code(),
            Self::Author => "AUTEUR",
            Self::OwnEpisode => "EPISODE",
            Self::Operator => "EXPLOITANT",
        }
    }

    /// The ground of a code.
    pub fn of_code(code: &str) -> Option<Self> {
        let others = [Self::Author, Self::OwnEpisode, Self::Operator];
        MandateKind::ALL.into_iter().map(Self::Mandate).chain(others).find(|ground| ground.code() == code)
    }
}

/// The rule by which something is denied: the first that decides (access rules, 5 and 6).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Denial {
    /// 5.1: suspended or unknown professional, no licence, establishment not attested or not linked, representation over.
    CallerInvalid,
    /// 1: the record administrator has to say why.
    ReasonMissing,
    /// 5.3: identito-vigilance took the document out of sight.
    Deactivated,
    /// 2: the record is purged.
    Purged,
    /// 5.4: the record is not active, or its holder died.
    RecordNotActive,
    /// 5.5: the holder shut the professional out.
    Blacklisted,
    /// 3: the patient refused access in a running episode of the establishment.
    EpisodeRefused,
    /// 5.6: no active mandate.
    NoMandate,
    /// 5.7: the matrix gives no right to the type of document.
    NoHabilitation,
    /// 5.8: the level hides it.
    Level,
    /// 6: a rule of the document type that no cell of the matrix can hold.
    TypeConstraint,
    /// 6: this level cannot be chosen at submission by this caller.
    LevelNotChoosable,
    /// 6: only its author replaces a document.
    NotTheAuthor,
    /// 6: the transition between these levels is not open to this caller.
    LevelTransition,
    /// 6 to 9: not an act of a caller in this quality.
    NotEntitled,
    /// 7: the declared referring physician cannot be shut out.
    ReferringPhysician,
    /// 2, 3 and 6: the act does not fit the state in which the record or the document is.
    State,
}

impl Denial {
    /// As the audit trail writes it.
    pub fn code(self) -> &'static str {
        match self {
            Self::CallerInvalid => "caller-invalid",
            Self::ReasonMissing => "reason-missing",
            Self::Deactivated => "deactivated",
            Self::Purged => "purged",
            Self::RecordNotActive => "record-not-active",
            Self::Blacklisted => "blacklisted",
            Self::EpisodeRefused => "episode-refused",
            Self::NoMandate => "no-mandate",
            Self::NoHabilitation => "no-habilitation",
            Self::Level => "level",
            Self::TypeConstraint => "type-constraint",
            Self::LevelNotChoosable => "level-not-choosable",
            Self::NotTheAuthor => "not-the-author",
            Self::LevelTransition => "level-transition",
            Self::NotEntitled => "not-entitled",
            Self::ReferringPhysician => "referring-physician",
            Self::State => "state",
        }
    }
}
