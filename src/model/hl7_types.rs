//! The HL7 version 2.5 data types that Document Sharing metadata borrows (ITI TF-3: Table 4.2.3.1.7-2).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use super::ids::{InvalidIdentifier, Oid};

/// An identifier with its assigning authority in the only form the registry accepts: `id^^^&oid&ISO`
/// (ITI TF-3: Table 4.2.3.1.7-2, type CX). Names a patient, so it never goes into a technical log.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cx {
    id: String,
    assigning_authority: Oid,
}

const CX_SHAPE: InvalidIdentifier = InvalidIdentifier {
    expected: "an HL7 CX: an identifier, then ^^^&, the OID of its assigning authority, then &ISO, as in 1234^^^&1.2.3&ISO",
};

impl Cx {
    /// An identifier `id` issued by `assigning_authority`; refuses an empty or over-long id and HL7 delimiters.
    pub fn new(id: &str, assigning_authority: Oid) -> Result<Self, InvalidIdentifier> {
        let fits = !id.is_empty()
            && id.chars().count() <= 199
            && id.trim() == id
            && !id.chars().any(|c| c.is_control() || matches!(c, '^' | '&' | '|' | '~'));
        if fits { Ok(Self { id: id.to_owned(), assigning_authority }) } else { Err(CX_SHAPE) }
    }

    /// CX.1, the identifier alone.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// CX.4.2, the OID of the authority that issued the identifier.
    pub fn assigning_authority(&self) -> &Oid {
        &self.assigning_authority
    }
}

impl FromStr for Cx {
    type Err = InvalidIdentifier;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut components = text.split('^');
        let (Some(id), Some(""), Some(""), Some(authority), None) =
            (components.next(), components.next(), components.next(), components.next(), components.next())
        else {
            return Err(CX_SHAPE);
        };
        let oid = authority.strip_prefix('&').and_then(|rest| rest.strip_suffix("&ISO")).ok_or(CX_SHAPE)?;
        Self::new(id, oid.parse().map_err(|_| CX_SHAPE)?)
    }
}

impl TryFrom<String> for Cx {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<Cx> for String {
    fn from(cx: Cx) -> Self {
        cx.to_string()
    }
}

impl fmt::Display for Cx {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}^^^&{}&ISO", self.id, self.assigning_authority)
    }
}

impl fmt::Debug for Cx {
    /// Without the identifier: a debug print must not put a patient into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Cx(… of {})", self.assigning_authority)
    }
}

/// The patient identifier of the affinity domain under which the registry files documents (ITI TF-3: 4.2.3.2.16).
pub type PatientId = Cx;

/// A person: identifier, names and the authority that issued the identifier (type XCN). At least one of identifier
/// and family name is there. The text is kept as the source sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Xcn(String);

impl Xcn {
    /// XCN as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn component(&self, index: usize) -> &str {
        self.0.split('^').nth(index).unwrap_or("")
    }

    /// XCN.1, the person's identifier, or an empty text.
    pub fn id(&self) -> &str {
        self.component(0)
    }

    /// XCN.2.1, the family name, or an empty text.
    pub fn family(&self) -> &str {
        self.component(1).split('&').next().unwrap_or("")
    }

    /// XCN.3, the given name, or an empty text.
    pub fn given(&self) -> &str {
        self.component(2)
    }
}

impl TryFrom<String> for Xcn {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const SHAPE: InvalidIdentifier = InvalidIdentifier {
            expected: "an HL7 XCN with an identifier or a family name, and an assigning authority, if any, of the form &oid&ISO, as in 11^Weis^Claude^^^Dr^^^&1.2.3&ISO",
        };
        let person = Self(text);
        let named = !person.id().is_empty() || !person.family().is_empty();
        let authority = person.component(8);
        if named && (authority.is_empty() || is_iso_hierarchic_designator(authority)) { Ok(person) } else { Err(SHAPE) }
    }
}

impl From<Xcn> for String {
    fn from(xcn: Xcn) -> Self {
        xcn.0
    }
}

/// An organisation: its name, perhaps its identifier and the authority that issued it (type XON).
/// The text is kept as the source sent it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Xon(String);

impl Xon {
    /// XON as it stands on the wire.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    fn component(&self, index: usize) -> &str {
        self.0.split('^').nth(index).unwrap_or("")
    }

    /// XON.1, the organisation's name.
    pub fn name(&self) -> &str {
        self.component(0)
    }

    /// XON.10, the organisation's identifier, or an empty text.
    pub fn id(&self) -> &str {
        self.component(9)
    }
}

impl TryFrom<String> for Xon {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const SHAPE: InvalidIdentifier = InvalidIdentifier {
            expected: "an HL7 XON with a name, and with an assigning authority of the form &oid&ISO where the identifier is not itself an OID, as in Some Hospital^^^^^&1.2.3&ISO^^^^45",
        };
        let organisation = Self(text);
        let authority = organisation.component(5);
        let authority_fits = authority.is_empty() || is_iso_hierarchic_designator(authority);
        let id = organisation.id();
        let identified = id.is_empty() || !authority.is_empty() || id.parse::<Oid>().is_ok();
        if !organisation.name().is_empty() && authority_fits && identified { Ok(organisation) } else { Err(SHAPE) }
    }
}

impl From<Xon> for String {
    fn from(xon: Xon) -> Self {
        xon.0
    }
}

/// Whether a component is an HD in the form `&oid&ISO` (the namespace may be given before the first `&`).
fn is_iso_hierarchic_designator(text: &str) -> bool {
    let mut parts = text.split('&');
    let (_namespace, id, kind) = (parts.next(), parts.next(), parts.next());
    parts.next().is_none() && kind == Some("ISO") && id.is_some_and(|id| id.parse::<Oid>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_patient_id_names_its_authority_by_oid() {
        let id: Cx = "P1^^^&1.2.3&ISO".parse().unwrap();
        assert_eq!((id.id(), id.assigning_authority().as_str()), ("P1", "1.2.3"));
        assert_eq!(id.to_string(), "P1^^^&1.2.3&ISO");
        for bad in [
            "P1",
            "^^^&1.2.3&ISO",
            "P1^^^1.2.3",
            "P1^^^&x&ISO",
            "P1^^^&1.2.3&DNS",
            "P1^^^NS&1.2.3&ISO",
            "P1^^^&1.2.3&ISO^PI",
            "P1^2^^&1.2.3&ISO",
            "P|1^^^&1.2.3&ISO",
        ] {
            assert!(bad.parse::<Cx>().is_err(), "{bad}");
        }
    }

    #[test]
    fn debug_of_a_patient_id_does_not_show_it() {
        let id: Cx = "SECRET9^^^&1.2.3&ISO".parse().unwrap();
        assert!(!format!("{id:?}").contains("SECRET9"));
    }

    #[test]
    fn a_person_has_an_identifier_or_a_family_name() {
        for good in ["^Smitty^Gerald^^^", "11^Weis^Claude^^^^^^&1.2.3&ISO", "11"] {
            assert!(Xcn::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "^^Gerald", "11^Weis^^^^^^^1.2.3"] {
            assert!(Xcn::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }

    #[test]
    fn an_organisation_has_a_name_and_a_resolvable_identifier() {
        for good in ["Cleveland Clinic", "Parma Community^^^^^^^^^1.2.3", "Some Hospital^^^^^&1.2.3&ISO^^^^45"] {
            assert!(Xon::try_from(good.to_owned()).is_ok(), "{good}");
        }
        for bad in ["", "^^^^^^^^^1.2.3", "Some Hospital^^^^^^^^^45", "Some Hospital^^^^^1.2.3^^^^45"] {
            assert!(Xon::try_from(bad.to_owned()).is_err(), "{bad}");
        }
    }
}
