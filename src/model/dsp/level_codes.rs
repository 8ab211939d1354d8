//! Which level a code of another system means, in the header of a document that names none itself.

use std::collections::BTreeMap;

use super::level::{LEVEL_SYSTEM, Level};
use crate::model::code::Code;

/// The codes of other systems with the levels that they mean.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LevelCodes(BTreeMap<(String, String), Level>);

impl LevelCodes {
    /// The table of these: code, code system as an OID, level.
    pub fn new(codes: impl IntoIterator<Item = (String, String, Level)>) -> Self {
        Self(codes.into_iter().map(|(code, system, level)| ((code, system), level)).collect())
    }

    /// The level that the first known of these codes means; nothing where one is a level already, or none is known.
    pub fn level(&self, codes: &[Code]) -> Option<Level> {
        if codes.iter().any(|code| code.scheme == LEVEL_SYSTEM) {
            return None;
        }
        codes.iter().find_map(|code| self.0.get(&(code.code.clone(), code.scheme.clone())).copied())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_level_that_is_there_goes_before_other_codes() {
        let codes = LevelCodes::new([("R".to_owned(), "2.999.1".to_owned(), Level::Confidential)]);
        let restricted = Code::new("R", "2.999.1", "");
        assert_eq!(codes.level(&[Code::new("U", "2.999.1", ""), restricted.clone()]), Some(Level::Confidential));
        assert_eq!(codes.level(&[restricted, Code::new("STANDARD", LEVEL_SYSTEM, "")]), None);
        assert_eq!(codes.level(&[Code::new("R", "2.999.2", "")]), None);
    }
}
