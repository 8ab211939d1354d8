//! Identifiers of ITI TF-3 4.2 as types of their own, so that one cannot be given where another is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not the identifier it should be. Says the rule, never the value: identifiers can name patients.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{expected}")]
pub struct InvalidIdentifier {
    /// What a valid value looks like, as a sentence part: "an OID of at most 64 characters".
    pub expected: &'static str,
}

const fn invalid(expected: &'static str) -> InvalidIdentifier {
    InvalidIdentifier { expected }
}

/// Gives a text newtype its `FromStr`, `Display` and serde form; `$check` decides what is valid.
macro_rules! text_identifier {
    ($name:ident, $check:ident) => {
        impl $name {
            /// The identifier as it stands on the wire.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidIdentifier;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                $check(text)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidIdentifier;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                $check(&text)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

/// ISO object identifier, at most 64 characters (ITI TF-3: Table 4.2.3.1.7-2, type OID).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Oid(String);

const OID_SHAPE: InvalidIdentifier = invalid("an OID: digits and dots, first arc 0 to 2, no leading zeros, at most 64 characters");

fn check_oid(text: &str) -> Result<(), InvalidIdentifier> {
    let mut arcs = text.split('.');
    let first_arc_fits = matches!(arcs.next(), Some("0" | "1" | "2"));
    let mut more = 0;
    let others_fit = arcs.all(|arc| {
        more += 1;
        let digits = !arc.is_empty() && arc.bytes().all(|b| b.is_ascii_digit());
        digits && (arc.len() == 1 || !arc.starts_with('0'))
    });
    if text.len() <= 64 && first_arc_fits && others_fit && more > 0 { Ok(()) } else { Err(OID_SHAPE) }
}

text_identifier!(Oid, check_oid);

impl Oid {
    /// The OID that stands for one of more than 64 characters, always the same for the same (2.25 and a UUID, ITU-T X.667); nothing
    /// for other text.
    pub fn standing_for(long: &str) -> Option<Self> {
        let is_long = long.len() > 64 && long.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
        is_long.then(|| Self(format!("2.25.{}", Uuid::new_v5(&Uuid::NAMESPACE_OID, long.as_bytes()).as_u128())))
    }
}

/// A registry object's own id: a UUID, on the wire `urn:uuid:` and lower-case hexadecimal digits (ITI TF-3: 4.2.3.2.7).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryUuid(Uuid);

impl EntryUuid {
    /// A fresh one, for an object submitted under a symbolic id.
    pub fn random() -> Self {
        Self(Uuid::new_v4())
    }

    /// The UUID without its URN prefix, as the store keeps it.
    pub fn uuid(self) -> Uuid {
        self.0
    }

    /// A stable UUID for a part of this object (a classification, an external identifier), which on the wire has an
    /// id of its own: the same part gets the same id in every answer.
    pub fn part(self, name: &str) -> Self {
        Self(Uuid::new_v5(&self.0, name.as_bytes()))
    }
}

impl From<Uuid> for EntryUuid {
    fn from(uuid: Uuid) -> Self {
        Self(uuid)
    }
}

impl FromStr for EntryUuid {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const SHAPE: InvalidIdentifier =
            invalid("urn:uuid: followed by a UUID of 36 characters, as in urn:uuid:a6e06ca8-0c75-4064-9e5c-88b9045a96f6");
        let hex = text.strip_prefix("urn:uuid:").filter(|hex| hex.len() == 36).ok_or(SHAPE)?;
        Uuid::try_parse(hex).map(Self).map_err(|_| SHAPE)
    }
}

impl fmt::Display for EntryUuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "urn:uuid:{}", self.0.as_hyphenated())
    }
}

impl Serialize for EntryUuid {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for EntryUuid {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

/// The globally unique id of a document's content, assigned by its creator: an OID, an OID with an extension
/// (`oid^extension`, CDA), or a URI such as `urn:uuid:…`; at most 128 characters (ITI TF-3: 4.2.3.2.26).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct UniqueId(String);

const UNIQUE_ID_SHAPE: InvalidIdentifier =
    invalid("an OID, an OID and an extension of at most 16 characters joined by '^', or a URN; at most 128 characters in all");

fn check_unique_id(text: &str) -> Result<(), InvalidIdentifier> {
    if text.len() > 128 || text.chars().any(|c| c.is_control() || c.is_whitespace()) {
        return Err(UNIQUE_ID_SHAPE);
    }
    let (root, extension) = text.split_once('^').map_or((text, None), |(root, extension)| (root, Some(extension)));
    let extension_fits = extension.is_none_or(|e| (1..=16).contains(&e.chars().count()) && !e.contains('^'));
    let urn = extension.is_none() && root.strip_prefix("urn:").is_some_and(|rest| rest.contains(':') && !rest.ends_with(':'));
    if (check_oid(root).is_ok() && extension_fits) || urn { Ok(()) } else { Err(UNIQUE_ID_SHAPE) }
}

text_identifier!(UniqueId, check_unique_id);

impl From<Oid> for UniqueId {
    fn from(oid: Oid) -> Self {
        Self(oid.0)
    }
}

/// The OID of the Document Repository that holds a document (ITI TF-3: 4.2.3.2.18).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryUniqueId(String);

text_identifier!(RepositoryUniqueId, check_oid);

/// The community an object belongs to: `urn:oid:` and an OID (ITI TF-3: 4.2.3.2.12).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct HomeCommunityId(String);

fn check_home_community_id(text: &str) -> Result<(), InvalidIdentifier> {
    const SHAPE: InvalidIdentifier = invalid("urn:oid: followed by an OID");
    text.strip_prefix("urn:oid:").ok_or(SHAPE).and_then(|oid| check_oid(oid).map_err(|_| SHAPE))
}

text_identifier!(HomeCommunityId, check_home_community_id);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_oid_has_at_least_two_arcs_and_no_leading_zeros() {
        for good in ["1.2", "2.999.442.9.2", "0.0", "1.3.6.1.4.1.21367.13.20.1000"] {
            assert!(good.parse::<Oid>().is_ok(), "{good}");
        }
        for bad in ["", "1", "3.1", "1.", ".1", "1..2", "1.02", "1.2a", " 1.2", "1.2\n", &format!("1.{}", "2".repeat(63))] {
            assert!(bad.parse::<Oid>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn an_entry_uuid_is_written_in_lower_case() {
        let id: EntryUuid = "urn:uuid:A6E06CA8-0C75-4064-9E5C-88B9045A96F6".parse().unwrap();
        assert_eq!(id.to_string(), "urn:uuid:a6e06ca8-0c75-4064-9e5c-88b9045a96f6");
        for bad in ["Document01", "a6e06ca8-0c75-4064-9e5c-88b9045a96f6", "urn:uuid:a6e06ca80c7540649e5c88b9045a96f6", "urn:uuid:"] {
            assert!(bad.parse::<EntryUuid>().is_err(), "{bad}");
        }
    }

    #[test]
    fn parts_of_an_object_have_stable_and_distinct_ids() {
        let owner = EntryUuid::random();
        assert_eq!(owner.part("classCode"), owner.part("classCode"));
        assert_ne!(owner.part("classCode"), owner.part("typeCode"));
        assert_ne!(owner.part("classCode"), EntryUuid::random().part("classCode"));
    }

    #[test]
    fn a_unique_id_may_be_an_oid_an_extended_oid_or_a_urn() {
        for good in ["1.2.3", "1.2.3^abc", "urn:uuid:a6e06ca8-0c75-4064-9e5c-88b9045a96f6", "2.25.33"] {
            assert!(good.parse::<UniqueId>().is_ok(), "{good}");
        }
        for bad in ["", "abc", "1.2.3^", "1.2.3^12345678901234567", "1.2.3^a^b", "urn:", "1.2 3", &format!("urn:x:{}", "y".repeat(130))] {
            assert!(bad.parse::<UniqueId>().is_err(), "{bad:?}");
        }
    }

    #[test]
    fn a_home_community_id_carries_its_prefix() {
        assert!("urn:oid:1.2.3".parse::<HomeCommunityId>().is_ok());
        assert!("1.2.3".parse::<HomeCommunityId>().is_err());
    }
}
