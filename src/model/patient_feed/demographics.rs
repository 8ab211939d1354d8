//! Who a patient is, and how a revision changes it.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::{Address, AdministrativeSex, PartialDate, PersonName};
use crate::model::hl7_types::Cx;

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
    /// The elements of which nothing is said: those that a whole description of the patient takes away.
    pub fn not_said(&self) -> Vec<DemographicElement> {
        use DemographicElement as Element;
        let said = [
            (Element::Name, self.name.is_some()),
            (Element::BirthDate, self.birth_date.is_some()),
            (Element::Sex, self.sex.is_some()),
            (Element::Addresses, !self.addresses.is_empty()),
            (Element::Language, self.language.is_some()),
            (Element::Deceased, self.deceased.is_some()),
            (Element::DeathDate, self.death_date.is_some()),
        ];
        said.into_iter().filter(|(_, is_said)| !is_said).map(|(element, _)| element).collect()
    }

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
