//! How long what lasts, as data (access rules, 2 and 3).

use std::collections::BTreeMap;

/// Calendar days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Durations {
    /// For which a new record waits for its holder before it activates by itself.
    pub activation: u16,
    /// Of follow-up after the civil day of a consultation.
    pub consultation: u16,
    /// Of follow-up after the discharge from emergency care.
    pub emergency: u16,
    /// Of follow-up after the discharge from an establishment of this kind. A kind that is not listed has no mandate.
    pub establishment: BTreeMap<String, u16>,
    /// The same where the establishment works for another; a kind that is not listed has that of `establishment`.
    pub subcontract: BTreeMap<String, u16>,
}

impl Durations {
    /// No follow-up is longer (access rules, 3).
    pub const LONGEST_FOLLOW_UP: u16 = 90;

    /// The follow-up of an establishment of these kinds, the longest where it has several; nothing where none of them gives a
    /// mandate.
    pub fn follow_up(&self, kinds: &[String], subcontract: bool) -> Option<u16> {
        let days = |kind: &String| {
            let own = self.establishment.get(kind);
            if subcontract { self.subcontract.get(kind).or(own) } else { own }
        };
        kinds.iter().filter_map(days).max().copied()
    }
}

impl Default for Durations {
    /// Those of the Charte, and no establishment.
    fn default() -> Self {
        Self { activation: 30, consultation: 15, emergency: 7, establishment: BTreeMap::new(), subcontract: BTreeMap::new() }
    }
}

/// How often something may be tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptLimit {
    /// So many failures …
    pub attempts: u32,
    /// … within so many minutes …
    pub window_minutes: u32,
    /// … shut it for so many minutes.
    pub lock_minutes: u32,
}

impl Default for AttemptLimit {
    fn default() -> Self {
        Self { attempts: 5, window_minutes: 60, lock_minutes: 15 }
    }
}

/// How often presence codes may be tried (access rules, 3, *Presence code*).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct PresenceCodeLimits {
    /// By one professional for one patient.
    pub of_patient: AttemptLimit,
    /// By one professional for any patient.
    pub of_professional: AttemptLimit,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_follow_up_is_that_of_the_kind() {
        let days = |kinds: &[&str]| kinds.iter().map(|kind| ((*kind).to_owned(), 30)).collect::<BTreeMap<_, _>>();
        let mut durations = Durations { establishment: days(&["hopital", "laboratoire"]), ..Durations::default() };
        durations.subcontract.insert("laboratoire".to_owned(), 10);
        let kinds = |kinds: &[&str]| kinds.iter().map(|kind| (*kind).to_owned()).collect::<Vec<_>>();
        assert_eq!(durations.follow_up(&kinds(&["laboratoire"]), true), Some(10));
        assert_eq!(durations.follow_up(&kinds(&["hopital"]), true), Some(30));
        assert_eq!(durations.follow_up(&kinds(&["laboratoire"]), false), Some(30));
        assert_eq!(durations.follow_up(&kinds(&["pharmacie"]), false), None);
    }
}
