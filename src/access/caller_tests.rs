//! Each branch of the question who calls, asked of the sample population.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::*;
use crate::access::Door;
use crate::access::test_registry::{TestRegistry, call};
use crate::model::audit_event::Transaction;
use crate::model::connected_system::{Attestation, ConnectedSystem};
use crate::model::directory::{Directory, LegalRepresentative};
use crate::model::node::{Node, NodeProof};
use crate::model::patient_feed::{PartialDate, PatientDemographics};
use crate::model::person::{CodedClaim, InstanceIdentifier, QUALITY_ROLES};
use crate::store::test_database::Database;

const PATIENTS: &str = include_str!("../../fixtures/population/patients.json");
const ESTABLISHMENTS: &str = include_str!("../../fixtures/population/establishments.json");
const PROFESSIONALS: &str = include_str!("../../fixtures/population/professionals.json");

/// The child, its mother, and a doctor who is a patient too.
pub(in crate::access) const P05: &str = "2019093098526^^^&1.3.182.4.4&ISO";
pub(in crate::access) const P04: &str = "1991050998408^^^&1.3.182.4.4&ISO";
pub(in crate::access) const P06: &str = "1975011898682^^^&1.3.182.4.4&ISO";

fn entries(file: &str, list: &str) -> Vec<Value> {
    let mut file: Value = serde_json::from_str(file).unwrap();
    let authority = file["assigning_authority"].clone();
    let mut entries = file[list].take();
    let entries = entries.as_array_mut().unwrap();
    entries.iter_mut().for_each(|entry| entry["assigning_authority"] = authority.clone());
    std::mem::take(entries)
}

fn of<T: DeserializeOwned>(file: &str, list: &str) -> Vec<T> {
    entries(file, list).into_iter().map(|entry| serde_json::from_value(entry).unwrap()).collect()
}

fn patients() -> Directory {
    let patient = |entry: Value| {
        let text = |name: &str| entry[name].as_str().unwrap().to_owned();
        let birth_date = PartialDate::try_from(text("birth_date").replace('-', "")).unwrap();
        let id: PatientId = format!("{}^^^&{}&ISO", text("matricule"), text("assigning_authority")).parse().unwrap();
        (id, PatientDemographics { birth_date: Some(birth_date), ..PatientDemographics::default() })
    };
    Directory::Patients(entries(PATIENTS, "patients").into_iter().map(patient).collect())
}

/// A system for each establishment with the certificate `dns:KEY.example`, one of the CNS, one of practice software.
fn systems() -> Directory {
    let system = |name: &str, operator: SystemOperator| ConnectedSystem {
        id: name.to_owned(),
        name: name.to_owned(),
        operator,
        certificates: vec![format!("dns:{name}.example").parse().unwrap()],
        attestation: Attestation { issued: "2025-01-01".to_owned(), expires: "2025-06-01".to_owned() },
        suspended_from: (name == "e4").then(|| "2025-03-17".to_owned()),
        contact: "us".to_owned(),
    };
    let establishments = ["E1", "E2", "E4", "E7", "CNS"];
    let theirs = establishments.map(|id| system(&id.to_lowercase(), SystemOperator::Establishment(id.to_owned())));
    let software = system("software", SystemOperator::PracticeSoftware("P 1.0".to_owned()));
    Directory::Systems(theirs.into_iter().chain([software]).collect())
}

fn cns() -> Establishment {
    let entry =
        serde_json::json!({ "id": "CNS", "assigning_authority": "2.999.442.2.3", "name": "CNS", "kinds": ["cns"], "attested": true });
    serde_json::from_value(entry).unwrap()
}

fn mother_of_p05() -> LegalRepresentative {
    LegalRepresentative {
        child: P05.parse().unwrap(),
        representative: P04.parse().unwrap(),
        from: "2019-09-30".to_owned(),
        until: None,
        revoked: None,
    }
}

/// The sample population on one database.
pub(in crate::access) fn population(database: Database) -> (TestRegistry, Door) {
    let (behind, door) = TestRegistry::open_on(database);
    let establishments = of::<Establishment>(ESTABLISHMENTS, "establishments").into_iter().chain([cns()]).collect();
    for directory in [
        patients(),
        Directory::Establishments(establishments),
        Directory::Professionals(of(PROFESSIONALS, "professionals")),
        systems(),
        Directory::Representatives(vec![mother_of_p05()]),
    ] {
        door.import(&call(), &directory).unwrap();
    }
    (behind, door)
}

/// What a test says of a caller.
#[derive(Default, Clone, Copy)]
pub(in crate::access) struct Said<'a> {
    pub(in crate::access) roles: &'a [&'a str],
    pub(in crate::access) id: &'a str,
    pub(in crate::access) organisations: &'a [&'a str],
    pub(in crate::access) person: Option<&'a str>,
    pub(in crate::access) representative: Option<&'a str>,
    pub(in crate::access) reason: Option<&'a str>,
    pub(in crate::access) through: Option<&'a str>,
}

pub(in crate::access) fn node(name: &str) -> NodeProof {
    NodeProof::Proven(Node {
        fingerprint: "0".repeat(64),
        subject: format!("CN={name}"),
        issuer: "CN=ca".to_owned(),
        serial: "01".to_owned(),
        dns_names: vec![format!("{name}.example")],
        uris: Vec::new(),
    })
}

fn person(said: Said<'_>) -> Person {
    let role = |code: &&str| CodedClaim { code: (*code).to_owned(), system: QUALITY_ROLES.to_owned(), display: None };
    let identifier = InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: said.id.to_owned() };
    let claims = SubjectClaims {
        roles: said.roles.iter().map(role).collect(),
        provider_identifiers: Some(identifier).filter(|_| !said.id.is_empty()).into_iter().collect(),
        organization_ids: said.organisations.iter().map(|id| (*id).to_owned()).collect(),
        person: said.person.map(|id| id.parse().unwrap()),
        representative: said.representative.map(|id| id.parse().unwrap()),
        access_reason: said.reason.map(str::to_owned),
        ..SubjectClaims::default()
    };
    Person { issuer: "urn:issuer".to_owned(), name_id: "somebody".to_owned(), alias: None, token: None, claims }
}

/// The call of a person, or of the system alone where nothing but the connection is said.
pub(in crate::access) fn call_of(said: Said<'_>) -> Call {
    Call { person: Some(person(said)), node: said.through.map(node).unwrap_or_default(), ..call() }
}

/// A caller in one line: the quality with what distinguishes it, then the organisation with what is true of it.
fn shown(caller: &Caller) -> String {
    let quality = match &caller.quality {
        Quality::Patient { person, representative: None } => format!("patient {person}"),
        Quality::Patient { person, representative: Some(by) } => format!("patient {person} by {} until {}", by.person, day_of(by.until)),
        Quality::Professional { id, profile, state, self_employed } => {
            format!("{profile} {id} {state:?}{}", if *self_employed { " self-employed" } else { "" })
        }
        Quality::RecordAdministrator { id, state, reason_stated } => format!("administrator {id} {state:?} {reason_stated}"),
        Quality::HealthFund => "health fund".to_owned(),
        Quality::Establishment => "establishment".to_owned(),
        Quality::Operator => "operator".to_owned(),
    };
    let Some(at) = &caller.organisation else { return quality };
    let facts = [
        (at.attested, "attested"),
        (at.linked, "linked"),
        (at.own_connection, "own"),
        (at.laboratory, "laboratory"),
        (at.emergency_cleared, "emergency"),
    ];
    facts.iter().filter(|(is, _)| *is).fold(format!("{quality} at {}", at.id), |text, (_, fact)| format!("{text} {fact}"))
}

fn who(door: &Door, call: &Call) -> String {
    door.caller(call).unwrap().as_ref().map_or("none".to_owned(), shown)
}

const NOBODY: &str = "  Unknown";

type Case = (&'static str, Said<'static>, &'static str);

fn cases() -> Vec<Case> {
    [professionals(), accounts(), other_qualities()].concat()
}

fn professionals() -> Vec<Case> {
    let said = Said::default();
    let doctor = |id| Said { id, ..said };
    let at = |id, organisations: &'static [&'static str], through| Said { id, organisations, through, ..said };
    vec![
        ("a physician", doctor("D01"), "medecin D01 Valid self-employed"),
        ("who names their profession", Said { roles: &["medecin"], ..doctor("D01") }, "medecin D01 Valid self-employed"),
        ("who names another", Said { roles: &["pharmacien"], ..doctor("D01") }, "medecin D01 Valid self-employed"),
        ("a pharmacist", doctor("F01"), "pharmacien F01 Valid self-employed"),
        ("at a school", doctor("O02"), "intervenant-social O02 Valid"),
        ("who lost the licence", doctor("D09"), "medecin D09 Unlicensed self-employed"),
        ("whom nobody knows", doctor("D99"), NOBODY),
        ("without an identifier", said, NOBODY),
        ("two qualities", Said { roles: &["patient", "medecin"], person: Some(P06), ..doctor("D03") }, NOBODY),
        ("at work", at("D05", &["urn:oid:2.999.442.2.3.1"], Some("e1")), "medecin D05 Valid at E1 attested linked own emergency"),
        ("by key", at("D05", &["E1", " E1"], Some("e1")), "medecin D05 Valid at E1 attested linked own emergency"),
        ("over another's", at("D05", &["2.999.442.2.3.1"], Some("e2")), "medecin D05 Valid at E1 attested linked emergency"),
        ("over the software's", at("D05", &["E1"], Some("software")), "medecin D05 Valid at E1 attested linked emergency"),
        ("over nobody's", at("D05", &["E1"], None), "medecin D05 Valid at E1 attested linked emergency"),
        ("elsewhere", at("D05", &["E2"], Some("e2")), "medecin D05 Valid at E2 attested own laboratory"),
        ("two of them", at("D05", &["E1", "E2"], Some("e1")), "medecin D05 Valid at E1"),
        ("an unknown one", at("D05", &["urn:oid:2.999.7"], Some("e1")), "medecin D05 Valid at urn:oid:2.999.7"),
        ("not attested", at("D05", &["E7"], Some("e7")), "medecin D05 Valid at E7 own"),
        ("a suspended system", at("D08", &["E4"], Some("e4")), "medecin D08 Valid at E4 linked own"),
    ]
}

fn accounts() -> Vec<Case> {
    let said = Said::default();
    let doctor = |id| Said { id, ..said };
    let patient = |person| Said { roles: &["patient"], person: Some(person), ..said };
    let by = |person, by| Said { roles: &["representant-legal"], person: Some(person), representative: Some(by), ..said };
    vec![
        ("a patient", patient(P06), "patient 1975011898682^^^&1.3.182.4.4&ISO"),
        ("who is a doctor", Said { id: "D03", ..patient(P06) }, "patient 1975011898682^^^&1.3.182.4.4&ISO"),
        ("a doctor who is a patient", Said { person: Some(P06), ..doctor("D03") }, "medecin D03 Valid self-employed"),
        ("whom nobody announced", patient("1^^^&1.3.182.4.4&ISO"), NOBODY),
        ("a patient without a record", Said { roles: &["patient"], ..said }, NOBODY),
        ("for another", Said { roles: &["patient"], ..by(P05, P04) }, NOBODY),
        ("a mother", by(P05, P04), "patient 2019093098526^^^&1.3.182.4.4&ISO by 1991050998408^^^&1.3.182.4.4&ISO until 2037-09-30"),
        ("not the mother", by(P05, P06), NOBODY),
        ("the other way round", by(P04, P05), NOBODY),
        ("of nobody", Said { roles: &["representant-legal"], person: Some(P05), ..said }, NOBODY),
    ]
}

fn other_qualities() -> Vec<Case> {
    let said = Said::default();
    let doctor = |id| Said { id, ..said };
    let with_role = |roles: &'static [&'static str], id, through| Said { roles, id, through, ..said };
    vec![
        (
            "an administrator",
            Said { reason: Some("complaint 7"), ..with_role(&["administrateur-dossier"], "Z01", None) },
            "administrator Z01 Valid true",
        ),
        ("without a reason", with_role(&["administrateur-dossier"], "Z01", None), "administrator Z01 Valid false"),
        (
            "with a blank one",
            Said { reason: Some(" "), ..with_role(&["administrateur-dossier"], "Z01", None) },
            "administrator Z01 Valid false",
        ),
        ("a doctor as such", with_role(&["administrateur-dossier"], "D01", None), NOBODY),
        ("as a professional", doctor("Z01"), "administrateur-dossier Z01 Unknown"),
        ("the CNS by its entry", with_role(&["cns"], "SYS", None), "health fund"),
        ("as a professional too", doctor("SYS"), "cns SYS Unknown"),
        ("the CNS by its system", with_role(&["cns"], "", Some("cns")), "health fund at CNS attested linked own"),
        ("a doctor as the CNS", with_role(&["cns"], "D01", Some("e1")), NOBODY),
        ("an establishment", with_role(&["etablissement"], "", Some("e2")), "establishment at E2 attested linked own laboratory"),
        (
            "which names itself",
            Said { organisations: &["urn:oid:2.999.442.2.3.2"], ..with_role(&["etablissement"], "", Some("e2")) },
            "establishment at E2 attested linked own laboratory",
        ),
        (
            "which names another",
            Said { organisations: &["E1"], ..with_role(&["etablissement"], "", Some("e2")) },
            "establishment at E1 attested linked emergency",
        ),
        ("without a connection", with_role(&["etablissement"], "", None), "establishment"),
        ("the operator", with_role(&["admin"], "", None), "operator"),
    ]
}

fn each_case(database: Database) {
    let (_behind, door) = population(database);
    for (name, said, expected) in cases() {
        assert_eq!(who(&door, &call_of(said)), expected, "{name}");
    }
    let alone = |name: &str| who(&door, &Call { node: node(name), ..call() });
    assert_eq!(alone("e1"), "establishment at E1 attested linked own emergency");
    assert_eq!(alone("e7"), "establishment at E7 linked own");
    assert_eq!(alone("e4"), "establishment at E4 linked own");
    assert_eq!(alone("cns"), "health fund at CNS attested linked own");
    assert_eq!([alone("software"), alone("stranger"), who(&door, &call())], ["none", "none", "none"].map(str::to_owned));
    let withdrawn = NodeProof::Withdrawn(node("e1").proven().unwrap().clone());
    assert_eq!(who(&door, &Call { node: withdrawn, ..call() }), "none");
}

#[test]
fn each_caller_is_what_the_directories_say() {
    each_case(Database::Sqlite);
}

#[test]
fn each_caller_is_what_the_directories_say_on_postgres() {
    Database::on_postgres("each_caller_is_what_the_directories_say_on_postgres", each_case);
}

/// Whatever the identifiers of others say, a role of another code system is none.
#[test]
fn a_role_of_another_code_system_names_no_quality() {
    let (_behind, door) = population(Database::Sqlite);
    let mut call = call_of(Said { roles: &["admin"], id: "D01", ..Said::default() });
    call.person.as_mut().unwrap().claims.roles[0].system = "2.999.442.1.6".to_owned();
    assert_eq!(who(&door, &call), "medecin D01 Valid self-employed");
    let second = InstanceIdentifier { root: "2.999.442.2.1".to_owned(), extension: "D02".to_owned() };
    call.person.as_mut().unwrap().claims.provider_identifiers.push(second);
    assert_eq!(who(&door, &call), NOBODY, "two professionals in one session");
    call.person.as_mut().unwrap().claims.provider_identifiers.pop();
    call.person.as_mut().unwrap().claims.provider_identifiers[0].root = "2.999.9".to_owned();
    assert_eq!(who(&door, &call), NOBODY, "the key of somebody else's directory");
}

#[test]
fn a_merged_identifier_and_one_of_another_authority_name_the_surviving_record() {
    let (_behind, door) = population(Database::Sqlite);
    let [child, mother]: [PatientId; 2] = ["C1^^^&1.2.9&ISO", "M1^^^&1.2.9&ISO"].map(|id| id.parse().unwrap());
    let done = door.write(&call(), Transaction::Iti8, |writing| {
        writing.put_patient(&child, PatientDemographics::default(), &[])?;
        let identifiers = vec![P04.parse().unwrap(), mother.clone()];
        writing.put_patient(&P04.parse().unwrap(), PatientDemographics { identifiers, ..PatientDemographics::default() }, &[])?;
        // The record under which the representative was entered is the one that goes.
        writing.merge_patients(&child, &P05.parse().unwrap())
    });
    done.unwrap();
    let by_old_names =
        Said { roles: &["representant-legal"], person: Some(P05), representative: Some("M1^^^&1.2.9&ISO"), ..Said::default() };
    // Nothing is known of the birth of the surviving record, so that nobody represents it.
    assert_eq!(who(&door, &call_of(by_old_names)), NOBODY);
    let born = PatientDemographics { birth_date: PartialDate::try_from("201909".to_owned()).ok(), ..PatientDemographics::default() };
    door.write(&call(), Transaction::Iti8, |writing| writing.put_patient(&child, born, &[])).unwrap();
    assert_eq!(who(&door, &call_of(by_old_names)), "patient C1^^^&1.2.9&ISO by 1991050998408^^^&1.3.182.4.4&ISO until 2037-10-01");
}

/// What the directory loses is lost for the next call: nothing is kept between two of them.
#[test]
fn losing_a_right_counts_from_the_next_call_on() {
    let (_behind, door) = population(Database::Sqlite);
    let import = |directory| assert!(door.import(&call(), &directory).is_ok());
    let doctor = call_of(Said { id: "D05", organisations: &["E1"], through: Some("e1"), ..Said::default() });
    let mut entry: Professional = of::<Professional>(PROFESSIONALS, "professionals").into_iter().find(|one| one.id == "D05").unwrap();
    entry.account.suspensions = serde_json::from_str(r#"[{"from": "2025-03-17"}]"#).unwrap();
    import(Directory::Professionals(vec![entry.clone()]));
    assert_eq!(who(&door, &doctor), "medecin D05 Suspended at E1 attested linked own emergency");
    entry.account = Default::default();
    entry.workplaces[0].until = Some("2025-03-17".to_owned());
    import(Directory::Professionals(vec![entry]));
    assert_eq!(who(&door, &doctor), "medecin D05 Valid at E1 attested own emergency");
    let mut hospital = of::<Establishment>(ESTABLISHMENTS, "establishments").remove(0);
    hospital.attested_until = Some("2025-03-17".to_owned());
    import(Directory::Establishments(vec![hospital]));
    assert_eq!(who(&door, &doctor), "medecin D05 Valid at E1 own emergency");
    let mother = call_of(Said { roles: &["representant-legal"], person: Some(P05), representative: Some(P04), ..Said::default() });
    import(Directory::Representatives(vec![LegalRepresentative { revoked: Some("2025-03-17".to_owned()), ..mother_of_p05() }]));
    let represented = door.caller(&mother).unwrap().unwrap();
    let Quality::Patient { representative: Some(by), .. } = represented.quality else { panic!("{represented:?}") };
    assert!(by.until <= mother.now, "the rules refuse them: {:?}", by.until);
}
