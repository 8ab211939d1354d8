use super::*;
use crate::model::connected_system::SystemOperator;
use crate::model::directory::DirectoryKind;
use crate::wire::directory_file::{FileFormat, read};
use crate::wire::fhir_directory::{organization, patient, practitioner, related_person, roles_of};
use crate::wire::policy_files::PolicyFiles;

const OWN: &str = "1.3.182.4.4";

fn own() -> Vec<Oid> {
    vec![OWN.parse().unwrap()]
}

fn sample(kind: DirectoryKind, file: &str) -> Directory {
    let bytes = std::fs::read(format!("fixtures/population/{file}")).unwrap();
    read(kind, FileFormat::Json, &bytes, &PolicyFiles::luxembourg_dsp().professions(), &own()).unwrap()
}

fn read_text(bundle: &str) -> Result<Entries, Vec<String>> {
    let professions = PolicyFiles::luxembourg_dsp().professions();
    read_bundle(bundle.as_bytes(), &own(), &professions).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

/// The whole sample population as resources, and back: nothing is lost but notes, which are the operator's own.
#[test]
fn every_entry_of_the_sample_population_comes_back() {
    let day = "2025-03-17";
    let own = &own()[0];
    let mut resources = Vec::new();
    let Directory::Patients(patients) = sample(DirectoryKind::Patients, "patients.json") else { panic!() };
    resources.extend(patients.iter().map(|(id, known)| patient(id, known, own)));
    let Directory::Establishments(mut establishments) = sample(DirectoryKind::Establishments, "establishments.json") else { panic!() };
    establishments.iter_mut().for_each(|one| one.note = None);
    establishments[0].attested_until = Some("2026-01-01".to_owned());
    establishments[0].emergency_clearance = true;
    resources.extend(establishments.iter().map(|one| organization(one, day)));
    let Directory::Professionals(mut professionals) = sample(DirectoryKind::Professionals, "professionals.json") else { panic!() };
    professionals.iter_mut().for_each(|one| one.note = None);
    professionals[0].account.closed = Some("2030-01-01".to_owned());
    professionals[0].self_employed = Some(true);
    professionals[1].workplaces[0].from = Some("2020-01-01".to_owned());
    resources.extend(professionals.iter().map(|one| practitioner(one, day, true)));
    resources.extend(professionals.iter().flat_map(|one| roles_of(one, day)));
    let Directory::Representatives(links) = sample(DirectoryKind::Representatives, "representatives.json") else { panic!() };
    resources.extend(links.iter().map(|link| related_person(link, own)));
    let entries: Vec<_> = resources.into_iter().map(|resource| serde_json::json!({ "resource": resource })).collect();
    let bundle = serde_json::json!({ "resourceType": "Bundle", "type": "collection", "entry": entries });
    let read = read_text(&bundle.to_string()).unwrap().into_directories();
    let expected = vec![
        Directory::Patients(patients),
        Directory::Establishments(establishments),
        Directory::Professionals(professionals),
        Directory::Representatives(links),
    ];
    assert_eq!(read, expected);
}

#[test]
fn references_lead_to_entries_by_their_url_or_id() {
    let bundle = r#"{"resourceType": "Bundle", "type": "transaction", "entry": [
      {"fullUrl": "urn:uuid:1", "resource": {"resourceType": "Practitioner", "id": "a",
        "identifier": [{"system": "urn:oid:2.999.1", "value": "D7"}], "name": [{"family": "Weis"}],
        "qualification": [{"code": {"text": "Sage-femme"}, "period": {"start": "2020-01-01", "end": "2025-12-31"}}]}},
      {"fullUrl": "urn:uuid:2", "resource": {"resourceType": "Organization", "id": "b", "name": "Clinic",
        "identifier": [{"system": "urn:oid:2.999.2", "value": "E7"}], "type": [{"coding": [{"code": "hopital"}]}]}},
      {"resource": {"resourceType": "PractitionerRole", "practitioner": {"reference": "urn:uuid:1"},
        "organization": {"reference": "Organization/b"}, "code": [{"coding": [{"code": "hopital"}]}]}},
      {"resource": {"resourceType": "Device", "owner": {"reference": "urn:uuid:2"}, "deviceName": [{"name": "S"}],
        "identifier": [{"system": "urn:dossier:connected-system", "value": "s"}, {"system": "urn:dossier:certificate", "value": "dns:s.example"}],
        "contact": [{"value": "us"}],
        "extension": [{"url": "urn:dossier:fhir:attestation", "valuePeriod": {"start": "2025-01-01", "end": "2025-12-31"}}]}}]}"#;
    let directories = read_text(bundle).unwrap().into_directories();
    let [Directory::Establishments(clinics), Directory::Systems(systems), Directory::Professionals(people)] = directories.as_slice() else {
        panic!("{directories:?}")
    };
    assert_eq!(systems[0].operator, SystemOperator::Establishment("E7".to_owned()));
    assert!(!clinics[0].attested, "an attestation is never assumed");
    assert_eq!(people[0].usage_profile.as_deref(), Some("sage-femme"));
    assert_eq!(people[0].licences[0].valid_until.as_deref(), Some("2026-01-01"));
    assert_eq!(people[0].workplaces[0].establishment.as_deref(), Some("E7"));
}

#[test]
fn each_fault_has_its_line_and_its_place() {
    let bundle = r#"{"resourceType": "Bundle", "type": "collection", "entry": [
      {"resource": {"resourceType": "Practitioner", "name": [{"family": "\"{[Weis"}]}},
      {"resource": {"resourceType": "Patient",
        "identifier": [{"system": "urn:oid:1.3.182.4.4", "value": "1958031498123"}]}},

      {"resource": {"resourceType": "Basic", "code": {"text": "x"}}}]}"#;
    let faults = read_text(bundle).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].starts_with("line 2, /entry/0/resource/identifier: "), "{faults:?}");
    assert!(faults[1].starts_with("line 3, /entry/1/resource/identifier: ") && faults[1].contains("Verhoeff"), "{faults:?}");
    assert!(faults[2].starts_with("line 6, /entry/2/resource/resourceType: "), "{faults:?}");
    assert!(read_text(r#"{"resourceType": "Bundle", "type": "history"}"#).unwrap_err()[0].starts_with("/type: "));
    assert!(read_text("[").unwrap_err()[0].starts_with("the file: "));
}
