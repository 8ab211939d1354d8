//! What transactions work with, over a registry in a folder of its own.

use std::sync::Arc;

use super::{CallbackRules, Limits, Places, Services};
use crate::access::test_registry::{Database, TestRegistry};
use crate::access::{Door, Policy};
use crate::model::dsp::Rules;
use crate::wire::mtom::MultipartLimits;
use crate::wire::xml::XmlLimits;

/// An empty registry whose patients are those of 1.2.3 and, secondly, of 1.2.4, and what lies behind it.
pub(super) fn test_services() -> (Services, TestRegistry) {
    services_of(TestRegistry::open())
}

/// The same under the access rules, with follow-up periods for hospitals and laboratories.
pub(super) fn services_under_rules(database: Database) -> (Services, TestRegistry) {
    let mut rules = Rules::default();
    rules.durations.establishment = [("hopital", 30), ("laboratoire", 20)].map(|(kind, days)| (kind.to_owned(), days)).into();
    services_of(TestRegistry::open_under(database, Policy::CareRecord(Arc::new(rules))))
}

fn services_of((behind, door): (TestRegistry, Door)) -> (Services, TestRegistry) {
    let limits = Limits {
        soap_message_bytes: 1024 * 1024,
        fhir_body_bytes: 64 * 1024,
        xml: XmlLimits::default(),
        multipart: MultipartLimits::default(),
        submission_objects: 10,
        query_results: 1,
    };
    let services = Services {
        door,
        home_community_id: "urn:oid:2.999.442.9.1".parse().unwrap(),
        assigning_authorities: ["1.2.3", "1.2.4"].map(|oid| oid.parse().unwrap()).to_vec(),
        on_demand: Default::default(),
        persons: Default::default(),
        tokens: Default::default(),
        origins: Vec::new(),
        limits,
        large_messages: Places::new(1),
        queries_of_all_patients: Places::new(1),
        callbacks: CallbackRules::default(),
    };
    (services, behind)
}
