//! The same events leave the same registry, whether they come in version 2 (ITI-8) or in version 3 (ITI-44).

use dossier::model::patient_feed::PatientDemographics;
use dossier::store::{PatientState, Store, StoreError};

use super::message::{ADDED, JEANNE, acknowledged, added, merge, message, own, revised, role};
use crate::mllp;
use crate::mllp::message::{adt, pid_3};
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};
use crate::xds::metadata::patient_id;

on_both_databases!(the_same_events_leave_the_same_registry);

const LOCAL: &str = "L7^^^&2.999.5&ISO";

/// Each event in version 2 and in version 3.
fn history() -> Vec<(String, String)> {
    let person = |event: &str, pid: &str| adt(event, "ADT_A01", &[pid, "PV1||N"]);
    let jeanne = |event: &str, ids: &str| person(event, &format!("PID|||{ids}||Exemple^Jeanne^^^^^L||19901224|F"));
    let other_id = "<asOtherIDs classCode=\"PAT\"><id root=\"2.999.5\" extension=\"L7\"/><scopingOrganization classCode=\"ORG\" \
                    determinerCode=\"INSTANCE\"><id root=\"2.999.5\"/></scopingOrganization></asOtherIDs>";
    let renamed = "<name use=\"L\"><given>Jeanne</given><given>Marie</given><family>Autre</family></name><birthTime nullFlavor=\"NI\"/>\
                   <addr><streetAddressLine>1 rue du Lac</streetAddressLine><city>Esch</city></addr>";
    let died = "<name nullFlavor=\"NP\"/><deceasedInd value=\"true\"/><deceasedTime value=\"20251231\"/>";
    vec![
        (jeanne("A28", &format!("{}~{LOCAL}", pid_3("P1"))), message(ADDED, &role(&own("P1"), &format!("{JEANNE}{other_id}")), "")),
        (jeanne("A04", &pid_3("P1")), added("P1")),
        (jeanne("A01", &pid_3("P2")), added("P2")),
        (person("A08", &format!("PID|||{}||Autre^Jeanne^Marie^^^^L||\"\"||||1 rue du Lac^^Esch", pid_3("P1"))), revised("P1", renamed)),
        (jeanne("A31", &pid_3("P3")), revised("P3", JEANNE)),
        (mllp::message::merge("P1", "P2"), merge("P1", "P2")),
        (mllp::message::merge("P1", "P2"), merge("P1", "P2")),
        (mllp::message::merge("P2", "P1"), merge("P2", "P1")),
        (mllp::message::merge("P1", "P9"), merge("P1", "P9")),
        (jeanne("A01", LOCAL), message(ADDED, &role("<id root=\"2.999.5\" extension=\"L7\"/>", JEANNE), "")),
        (jeanne("A08", &pid_3("P2")), revised("P2", JEANNE)),
        (person("A08", &format!("PID|||{}{}20251231|Y", pid_3("P1"), "|".repeat(26))), revised("P1", died)),
    ]
}

fn the_same_events_leave_the_same_registry(database: Database) {
    let (older, newer) = (TestServer::start(database), TestServer::start(database));
    let mut answers = String::new();
    for (version_2, version_3) in history() {
        let ack = send_hl7(older.mllp, &version_2);
        let code = if ack.contains("\rMSA|AA|") { 'A' } else { 'E' };
        let answer = acknowledged(&newer, &version_3);
        assert!(answer.contains(&format!("<typeCode code=\"C{code}\"/>")), "{ack}\n{answer}");
        answers.push(code);
    }
    assert_eq!(answers, "AAAAAAAEEEEA");
    let [older, newer] = [&older, &newer].map(|server| state(&server.database_url));
    assert!(older == newer, "{older:?}\n{newer:?}");
    let known: Vec<_> = older.0.iter().map(|patient| patient.as_ref().map(|(_, state)| state)).collect();
    assert!(
        matches!(known[..], [Some(PatientState::Active), Some(PatientState::MergedInto(_)), Some(PatientState::Active), None]),
        "{known:?}"
    );
    assert!(older.1.is_some_and(|patient| patient.to_string() == patient_id("P1")));
}

type Known = Option<(PatientDemographics, PatientState)>;

/// The patients P1, P2, P3 and P9, and whom the local identifier names.
fn state(url: &str) -> ([Known; 4], Option<dossier::model::hl7_types::PatientId>) {
    let store = Store::open(url, 1).unwrap();
    store
        .read::<_, StoreError>(|tx| {
            let mut patients = [None, None, None, None];
            for (place, id) in patients.iter_mut().zip(["P1", "P2", "P3", "P9"]) {
                *place = tx.patient(&patient_id(id).parse().unwrap())?.map(|known| (known.demographics, known.state));
            }
            Ok((patients, tx.patient_of_alias(&LOCAL.parse().unwrap())?))
        })
        .unwrap()
}
