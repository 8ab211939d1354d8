//! Object identifiers (ISO/IEC 9834-1) as IHE uses them.

use super::{Base, Kind, Shown, Unacceptable, quoted};

/// ITI TF-3: Table 4.2.3.1.7-2 limits an OID to 64 characters.
const LONGEST: usize = 64;

/// An object identifier in dotted form, well-formed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Oid(String);

impl Oid {
    /// The dotted form, such as `2.999.442.9.2`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Kind for Oid {
    const EXPECTED: &'static str = "an OID of at most 64 characters, such as \"2.999.442.9.2\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        if is_oid(text) { Ok(Self(text.to_owned())) } else { Err(Unacceptable(format!("{} is not an OID", quoted(text)))) }
    }

    fn show(&self) -> Shown {
        Shown::Text(self.0.clone())
    }
}

/// Arcs are numbers without leading zeros, the first is 0, 1 or 2, and under 0 and 1 the second is below 40.
fn is_oid(text: &str) -> bool {
    let arcs: Vec<&str> = text.split('.').collect();
    let well_formed =
        arcs.iter().all(|arc| !arc.is_empty() && arc.bytes().all(|byte| byte.is_ascii_digit()) && (*arc == "0" || !arc.starts_with('0')));
    let roots = match arcs.as_slice() {
        ["0" | "1", second, ..] => second.parse::<u8>().is_ok_and(|second| second < 40),
        ["2", _, ..] => true,
        _ => false,
    };
    well_formed && roots && text.len() <= LONGEST
}

/// The home community id: an OID written as `urn:oid:…` (ITI TF-3: 4.2.3.2.12).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HomeCommunityId(String);

impl HomeCommunityId {
    /// The URN, such as `urn:oid:2.999.442.9.1`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Kind for HomeCommunityId {
    const EXPECTED: &'static str = "an OID as a URN, such as \"urn:oid:2.999.442.9.1\"";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        match text.strip_prefix("urn:oid:") {
            Some(oid) if is_oid(oid) => Ok(Self(text.to_owned())),
            Some(_) | None => Err(Unacceptable(format!("{} is not an OID as a URN", quoted(text)))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Text(self.0.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_formed_oids_are_read() {
        for text in ["1.3.182.4.4", "2.999.442.9.2", "0.0", "2.25.329800735698586629295641978511506172918"] {
            assert_eq!(Oid::parse(text, &Base::default()).unwrap().as_str(), text);
        }
    }

    #[test]
    fn malformed_oids_are_refused() {
        let long = format!("2.999.{}", "1".repeat(60));
        for text in ["", "1", "3.1", "1.40", "1.2.", ".1.2", "1..2", "1.02", "1.2.x", "urn:oid:1.2", "1.2 ", &long] {
            assert!(Oid::parse(text, &Base::default()).is_err(), "{text}");
        }
    }

    #[test]
    fn a_home_community_is_a_urn() {
        assert!(HomeCommunityId::parse("urn:oid:2.999.442.9.1", &Base::default()).is_ok());
        for text in ["2.999.442.9.1", "urn:oid:", "urn:uuid:1.2.3", "URN:OID:1.2.3"] {
            assert!(HomeCommunityId::parse(text, &Base::default()).is_err(), "{text}");
        }
    }
}
