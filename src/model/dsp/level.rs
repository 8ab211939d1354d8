//! Confidentiality levels (access rules, 5.8; Charte B.II.c, *niveau de confidentialité*).

use std::fmt;

use crate::model::code::Code;

/// How far a document is shown. Exactly one for each document; a change reaches every version of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// *Standard*: to everybody with a mandate and the right to the type.
    Standard,
    /// *Confidentiel*: not to those who have only a consultation or establishment mandate.
    Confidential,
    /// *Privé*: to the holder, their assistants and the author.
    Private,
    /// *Annonce*: to professionals, until one of them has told the patient.
    Announcement,
}

impl Level {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Standard, Self::Confidential, Self::Private, Self::Announcement];

    /// The code on the wire, in the deployment's code system of levels.
    pub fn code(self) -> &'static str {
        match self {
            Self::Standard => "STANDARD",
            Self::Confidential => "CONFIDENTIEL",
            Self::Private => "PRIVE",
            Self::Announcement => "ANNONCE",
        }
    }

    /// The level of a code; codes are compared as they are written.
    pub fn of_code(code: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|level| level.code() == code)
    }

    /// The one level among the confidentiality codes of an entry; *standard* where they say nothing of it. Codes of other
    /// systems, such as that of HL7, are carried along and mean nothing here.
    ///
    /// # Errors
    /// [`NotOneLevel`].
    pub fn among(codes: &[Code]) -> Result<Self, NotOneLevel> {
        let mut levels = codes.iter().filter(|code| code.scheme == LEVEL_SYSTEM);
        match (levels.next(), levels.next()) {
            (None, _) => Ok(Self::Standard),
            (Some(code), None) => Self::of_code(&code.code).ok_or_else(|| NotOneLevel::Unknown(code.code.clone())),
            (Some(_), Some(_)) => Err(NotOneLevel::Several),
        }
    }

    const fn bit(self) -> u8 {
        1 << self as u8
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// The deployment's code system of levels, an OID.
pub const LEVEL_SYSTEM: &str = "2.999.442.1.3";

/// Why confidentiality codes name no level.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotOneLevel {
    /// More than one code of the system.
    Several,
    /// A code of the system that is none of its codes.
    Unknown(String),
}

/// Some of the levels.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct LevelSet(u8);

impl LevelSet {
    /// Those of the list.
    pub const fn of(levels: &[Level]) -> Self {
        let (mut bits, mut rest) = (0, levels);
        while let [first, others @ ..] = rest {
            bits |= first.bit();
            rest = others;
        }
        Self(bits)
    }

    /// Whether the level is one of them.
    pub const fn contains(self, level: Level) -> bool {
        self.0 & level.bit() != 0
    }

    /// The levels of the set, in the order of [`Level::ALL`].
    pub fn iter(self) -> impl Iterator<Item = Level> {
        Level::ALL.into_iter().filter(move |level| self.contains(*level))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_holds_what_it_was_made_of() {
        let set = LevelSet::of(&[Level::Private, Level::Standard]);
        assert_eq!(set.iter().collect::<Vec<_>>(), [Level::Standard, Level::Private]);
        assert!(LevelSet::default().iter().next().is_none());
    }

    #[test]
    fn a_code_names_its_level_and_nothing_else_does() {
        for level in Level::ALL {
            assert_eq!(Level::of_code(level.code()), Some(level));
        }
        for other in ["", "standard", "N", "PRIVÉ"] {
            assert_eq!(Level::of_code(other), None, "{other}");
        }
    }
}
