//! Entries of the directories as FHIR R4 resources, and back: values in, values out.
//!
//! What R4 has no element for are extensions `urn:dossier:fhir:NAME`. A period of FHIR includes its last day (FHIR R4,
//! datatypes.html#Period), a period of the directories ends with the first day after it: both directions shift by a day.

mod bundle;
mod device;
mod elements;
mod feed;
mod matching;
mod organization;
mod patient;
mod places;
mod practitioner;
mod related_person;
mod role;

pub use bundle::{Entries, read_bundle};
pub use device::{device, read_device};
pub use feed::{feed_acknowledgement, read_feed_event, read_feed_message};
pub use matching::{MatchRequest, matches, read_match_request};
pub use organization::{organization, read_organization};
pub use patient::{patient, patient_of_logical_id, read_demographics, read_patient};
pub use places::{location, services_of};
pub use practitioner::{practitioner, read_practitioner};
pub use related_person::{read_related_person, related_person, representation_of_logical_id};
pub use role::{read_role, role, roles_of};
