//! What every transaction works with.

use crate::access::Door;
use crate::model::dsp::Professions;
use crate::model::ids::{HomeCommunityId, Oid};
use crate::wire::mtom::MultipartLimits;
use crate::wire::policy_files::PolicyFiles;
use crate::wire::xml::XmlLimits;

use super::on_demand::OnDemand;
use super::{CallbackRules, PersonRules, Places, TokenRules};

/// The parts of the running server that transactions use. One value for the whole process.
pub struct Services {
    /// The only way to the store.
    pub door: Door,
    /// The community of this server.
    pub home_community_id: HomeCommunityId,
    /// Whose patient identifiers documents are filed under; the first is the affinity domain's own.
    pub assigning_authorities: Vec<Oid>,
    /// How documents are made when they are asked for.
    pub on_demand: OnDemand,
    /// What has to be known of the people behind requests.
    pub persons: PersonRules,
    /// What has to be known of the people behind FHIR requests.
    pub tokens: TokenRules,
    /// Origins of pages in browsers that may use the FHIR interface, such as `https://app.example`.
    pub origins: Vec<String>,
    /// What a request may cost.
    pub limits: Limits,
    /// Large messages that may be taken apart at one time.
    pub large_messages: Places,
    /// Where answers may be sent, and how many may wait for it.
    pub callbacks: CallbackRules,
    /// Queries about all patients that may look for them at one time.
    pub queries_of_all_patients: Places,
}

impl Services {
    /// The professions of the access rules in force; without any, those that come with the program.
    pub fn professions(&self) -> Professions {
        self.door.professions().cloned().unwrap_or_else(|| PolicyFiles::luxembourg_dsp().professions())
    }
}

/// Limits on one request.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Bytes of XML held in memory, documents sent inline included.
    pub soap_message_bytes: usize,
    /// Bytes of a FHIR resource or bundle held in memory.
    pub fhir_body_bytes: usize,
    /// Shape of that XML.
    pub xml: XmlLimits,
    /// Shape of a multipart message.
    pub multipart: MultipartLimits,
    /// Metadata objects of one submission, associations included.
    pub submission_objects: usize,
    /// Objects in the answer to a query.
    pub query_results: usize,
}
