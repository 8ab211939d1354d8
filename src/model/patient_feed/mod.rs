//! What a patient identity feed asks, whatever protocol brought it: ITI-8 (HL7 version 2), ITI-44 (version 3), ITI-93 (FHIR).

mod demographics;
mod feed;
mod identification_domain;
mod link_change;
mod matching;
mod partial_date;
mod person;

pub use demographics::{DemographicElement, PatientDemographics};
pub use feed::{FeedEvent, FeedParty, PatientFeed, PatientMerge};
pub use identification_domain::PatientIdentificationDomain;
pub use link_change::LinkChange;
pub use matching::{Match, MatchGrade};
pub use partial_date::PartialDate;
pub use person::{Address, AdministrativeSex, PersonName};

#[cfg(test)]
mod tests;
