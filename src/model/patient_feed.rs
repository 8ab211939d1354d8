//! What a patient identity feed asks, whatever protocol brought it: ITI-8 (HL7 version 2), ITI-44 (version 3), ITI-93 (FHIR).

use std::fmt;

use serde::{Deserialize, Serialize};

use super::hl7_types::{Cx, PatientId};
use super::ids::{InvalidIdentifier, Oid};
use super::timestamp::Dtm;

/// One message of a Patient Identity Source (ITI TF-2: 3.8.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientFeed {
    /// What the source asks.
    pub event: FeedEvent,
    /// MSH-10, the source's own id of the message; goes into the audit record.
    pub message_control_id: String,
    /// MSH-3 and MSH-4, who sends.
    pub sender: FeedParty,
    /// MSH-5 and MSH-6, whom the sender means to reach.
    pub receiver: FeedParty,
    /// MSH-7 as sent: `YYYYMMDDHHMMSS`, perhaps shorter, perhaps with a zone.
    pub message_time: Option<String>,
}

/// An application at a facility; the audit record names it as `facility|application` (ITI TF-2: 3.8.5.1).
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FeedParty {
    /// MSH-3 or MSH-5, the namespace, or where that is missing the universal id.
    pub application: String,
    /// MSH-4 or MSH-6, likewise.
    pub facility: String,
}

/// What a feed can ask (ITI TF-2: 3.8.4.1.1, 3.8.4.2.1; 3.44.4.1.1, 3.44.4.2.1; 3.64.4.1.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeedEvent {
    /// A patient's identity is established: A01, A04, A05, A28. Sources send it again at each visit, so the patient may be known.
    Add(PatientDemographics),
    /// What is known of a patient changed: A08, A31.
    Revise {
        /// The patient, and the elements that have a value now. An element that is not there stays as it was.
        patient: PatientDemographics,
        /// The elements whose value the source takes away, sent as `""` (ITI TF-2: C).
        removed: Vec<DemographicElement>,
    },
    /// Identifiers turned out to name the same patient: A40. Each pair in the order it came.
    Merge(Vec<PatientMerge>),
    /// A local patient turned out to be another patient of the affinity domain: A43.
    ChangeLink(LinkChange),
}

/// One patient merged into another (ITI TF-2: 3.8.4.2.4). Not reversible.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientMerge {
    /// PID-3, the patient's identifiers whose use continues; at least one.
    pub surviving: Vec<Cx>,
    /// MRG-1, the patient's identifiers whose use ends; at least one.
    pub subsumed: Vec<Cx>,
}

/// A change of the link between a patient of one source and a patient of the affinity domain, the XAD-PID
/// (ITI TF-2: 3.64.4.1.2). Local ids are what sources write into `sourcePatientId`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkChange {
    /// PID-3, first: the XAD-PID to which the local patient belongs.
    pub new_xad_pid: PatientId,
    /// PID-3, second: the local patient.
    pub local_id: Cx,
    /// MRG-1, first: the XAD-PID to which the local patient was linked; the new one where only local ids are merged.
    pub previous_xad_pid: PatientId,
    /// MRG-1, second: the local id that was merged into `local_id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subsumed_local_id: Option<Cx>,
    /// MSH-3, where it holds an OID as it should (ITI TF-2: 3.64.4.1.2.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source_id: Option<Oid>,
}

impl LinkChange {
    /// The local ids whose documents under the previous XAD-PID are affected; none if the change changes nothing.
    pub fn affected_local_ids(&self) -> Vec<&Cx> {
        let moved = (self.new_xad_pid != self.previous_xad_pid).then_some(&self.local_id);
        let merged = self.subsumed_local_id.as_ref().filter(|subsumed| **subsumed != self.local_id);
        moved.into_iter().chain(merged).collect()
    }
}

/// The identification domain of the affinity domain, as the registry is configured with it (ITI TF-2: 3.8.4.1.4.1).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PatientIdentificationDomain {
    /// The short name that sources may send instead of the OID.
    pub namespace_id: Option<String>,
    /// The OID, the universal id of type ISO.
    pub universal_id: Oid,
}

impl PatientIdentificationDomain {
    /// The identifiers of this domain among `identifiers`; those of other domains are to be ignored (ITI TF-2: 3.8.4.1.4).
    pub fn identifiers_among<'a>(&'a self, identifiers: &'a [Cx]) -> impl Iterator<Item = &'a Cx> {
        identifiers.iter().filter(|id| *id.assigning_authority() == self.universal_id)
    }
}

/// Who a patient is. Everything but the identifiers may be missing: sources need not send it to a registry.
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PatientDemographics {
    /// PID-3, identifiers of all domains that have an OID; at least one.
    pub identifiers: Vec<Cx>,
    /// PID-5, the legal name where the source says which one it is, else the first.
    pub name: Option<PersonName>,
    /// PID-7.
    pub birth_date: Option<PartialDate>,
    /// PID-8.
    pub sex: Option<AdministrativeSex>,
    /// PID-11, in the source's order.
    pub addresses: Vec<Address>,
    /// PID-15, the code of the primary language, as sent.
    pub language: Option<String>,
    /// PID-30: whether the patient died; nothing if the source does not say.
    pub deceased: Option<bool>,
    /// PID-29.
    pub death_date: Option<PartialDate>,
}

impl fmt::Debug for PatientDemographics {
    /// Without any value: a debug print must not put a patient into a log.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PatientDemographics").field("identifiers", &self.identifiers).finish_non_exhaustive()
    }
}

/// An element of [`PatientDemographics`] that a source can take away.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DemographicElement {
    /// PID-5.
    Name,
    /// PID-7.
    BirthDate,
    /// PID-8.
    Sex,
    /// PID-11.
    Addresses,
    /// PID-15.
    Language,
    /// PID-30.
    Deceased,
    /// PID-29.
    DeathDate,
}

impl PatientDemographics {
    /// What is known after a revision: new values replace old ones, `removed` elements go, the rest stays; identifiers
    /// that were known remain, because only a merge ends one (ITI TF-2: 3.8.4.2.2).
    pub fn revised(self, newer: Self, removed: &[DemographicElement]) -> Self {
        use DemographicElement as Element;
        fn choose<T>(gone: bool, newer: Option<T>, older: Option<T>) -> Option<T> {
            if gone { None } else { newer.or(older) }
        }
        let gone = |element| removed.contains(&element);
        let mut identifiers = self.identifiers;
        for identifier in newer.identifiers {
            if !identifiers.contains(&identifier) {
                identifiers.push(identifier);
            }
        }
        let addresses = match (gone(Element::Addresses), newer.addresses.is_empty()) {
            (true, _) => Vec::new(),
            (false, true) => self.addresses,
            (false, false) => newer.addresses,
        };
        Self {
            identifiers,
            name: choose(gone(Element::Name), newer.name, self.name),
            birth_date: choose(gone(Element::BirthDate), newer.birth_date, self.birth_date),
            sex: choose(gone(Element::Sex), newer.sex, self.sex),
            addresses,
            language: choose(gone(Element::Language), newer.language, self.language),
            deceased: choose(gone(Element::Deceased), newer.deceased, self.deceased),
            death_date: choose(gone(Element::DeathDate), newer.death_date, self.death_date),
        }
    }
}

/// A person's name (type XPN).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PersonName {
    /// XPN.1.1.
    pub family: Option<String>,
    /// XPN.2 and XPN.3, the first given name first.
    pub given: Vec<String>,
    /// XPN.4, as in "junior".
    pub suffix: Option<String>,
    /// XPN.5, as in "Dr".
    pub prefix: Option<String>,
}

/// A postal address (type XAD).
#[derive(Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Address {
    /// XAD.1 and XAD.2, street and number, then what is needed besides.
    pub lines: Vec<String>,
    /// XAD.3.
    pub city: Option<String>,
    /// XAD.4, state or province.
    pub state: Option<String>,
    /// XAD.5.
    pub postal_code: Option<String>,
    /// XAD.6, as sent, ISO 3166 if the source keeps to the standard.
    pub country: Option<String>,
}

/// HL7 table 0001.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdministrativeSex {
    /// `F`.
    Female,
    /// `M`.
    Male,
    /// `O`.
    Other,
    /// `U`.
    Unknown,
    /// `A`.
    Ambiguous,
    /// `N`.
    NotApplicable,
}

impl AdministrativeSex {
    const CODES: [(Self, &'static str); 6] = [
        (Self::Female, "F"),
        (Self::Male, "M"),
        (Self::Other, "O"),
        (Self::Unknown, "U"),
        (Self::Ambiguous, "A"),
        (Self::NotApplicable, "N"),
    ];

    /// The value that a code of table 0001 stands for.
    pub fn from_code(code: &str) -> Option<Self> {
        Self::CODES.iter().find(|(_, known)| known.eq_ignore_ascii_case(code)).map(|(sex, _)| *sex)
    }

    /// The code of table 0001.
    pub fn code(self) -> &'static str {
        Self::CODES.iter().find(|(sex, _)| *sex == self).map_or("U", |(_, code)| code)
    }
}

/// A date as precise as it is known: `YYYY`, `YYYYMM` or `YYYYMMDD`, a day that exists in the calendar.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartialDate(String);

impl PartialDate {
    /// The digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for PartialDate {
    type Error = InvalidIdentifier;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        const SHAPE: InvalidIdentifier =
            InvalidIdentifier { expected: "a date of the form YYYY, YYYYMM or YYYYMMDD that exists in the calendar" };
        let exists = text.len() <= 8 && !text.starts_with("0000") && Dtm::try_from(text.clone()).is_ok();
        if exists { Ok(Self(text)) } else { Err(SHAPE) }
    }
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> Self {
        date.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Option<PartialDate> {
        PartialDate::try_from(text.to_owned()).ok()
    }

    fn known() -> PatientDemographics {
        PatientDemographics {
            identifiers: vec!["P1^^^&1.2.3&ISO".parse().unwrap()],
            name: Some(PersonName { family: Some("Muster".into()), given: vec!["Eva".into()], ..PersonName::default() }),
            birth_date: date("1971"),
            sex: Some(AdministrativeSex::Female),
            addresses: vec![Address { city: Some("Esch".into()), ..Address::default() }],
            ..PatientDemographics::default()
        }
    }

    #[test]
    fn a_date_may_be_partial_but_must_exist() {
        for good in ["1971", "197102", "20240229"] {
            assert!(date(good).is_some(), "{good}");
        }
        for bad in ["", "71", "19711", "197113", "20230229", "1971-01-01", "0000", "1971010112", "١٩٧١"] {
            assert!(date(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn a_revision_replaces_removes_and_keeps() {
        let newer = PatientDemographics {
            identifiers: vec!["P1^^^&1.2.3&ISO".parse().unwrap(), "L7^^^&1.2.4&ISO".parse().unwrap()],
            birth_date: date("19710203"),
            ..PatientDemographics::default()
        };
        let revised = known().revised(newer, &[DemographicElement::Addresses, DemographicElement::Sex]);
        assert_eq!(revised.identifiers.len(), 2);
        assert!(revised.birth_date == date("19710203"));
        assert_eq!((revised.sex, revised.addresses.len()), (None, 0));
        assert!(revised.name == known().name);
    }

    #[test]
    fn a_feed_survives_json_and_debug_shows_no_patient() {
        let feed = PatientFeed {
            event: FeedEvent::Revise { patient: known(), removed: vec![DemographicElement::Name] },
            message_control_id: "M1".into(),
            sender: FeedParty { application: "ADT".into(), facility: "CHL".into() },
            receiver: FeedParty::default(),
            message_time: None,
        };
        let json = serde_json::to_string(&feed).unwrap();
        assert_eq!(serde_json::from_str::<PatientFeed>(&json).unwrap(), feed);
        let debug = format!("{feed:?}");
        assert!(["Muster", "Eva", "1971", "Esch", "P1"].iter().all(|secret| !debug.contains(secret)), "{debug}");
    }

    #[test]
    fn identifiers_of_other_domains_are_left_aside() {
        let domain = PatientIdentificationDomain { namespace_id: None, universal_id: "1.2.3".parse().unwrap() };
        let all = ["A^^^&1.2.4&ISO".parse().unwrap(), "B^^^&1.2.3&ISO".parse().unwrap()];
        assert_eq!(domain.identifiers_among(&all).map(Cx::id).collect::<Vec<_>>(), ["B"]);
    }
}
