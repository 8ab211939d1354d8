use super::*;
use crate::model::patient_feed::AdministrativeSex;
use crate::wire::policy_files::PolicyFiles;

const PATIENTS: &[u8] = include_bytes!("../../../fixtures/population/patients.json");
const ESTABLISHMENTS: &[u8] = include_bytes!("../../../fixtures/population/establishments.json");
const RECORDS: &[u8] = include_bytes!("../../../fixtures/population/records.json");
const PROFESSIONALS: &[u8] = include_bytes!("../../../fixtures/population/professionals.json");

fn try_to_read(kind: DirectoryKind, format: FileFormat, bytes: &[u8]) -> Result<Directory, Vec<String>> {
    let authorities = ["1.3.182.4.4", "1.2.4"].map(|oid| oid.parse().unwrap());
    let professions = PolicyFiles::luxembourg_dsp().professions();
    read(kind, format, bytes, &professions, &authorities).map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

fn faults(kind: DirectoryKind, format: FileFormat, text: &str) -> Vec<String> {
    try_to_read(kind, format, text.as_bytes()).unwrap_err()
}

#[test]
fn the_sample_records_are_read_and_bring_the_same_each_time() {
    let read = || try_to_read(DirectoryKind::Records, FileFormat::Json, RECORDS).unwrap();
    assert_eq!(read().len(), 12);
    assert!(read() == read());
}

#[test]
fn a_record_says_what_its_status_needs() {
    let records = r#"{"records": [
        {"patient": "1958031498124", "status": "closed", "created_at": "2021-02-03T00:00:00+01:00"},
        {"patient": "1986070298269", "status": "inactive", "created_at": "2021-02-03T00:00:00+01:00"},
        {"patient": "1947112398312", "status": "active", "created_at": "yesterday", "assistants": [{"patient": "1947112398312", "start": "2021-02-03T00:00:00Z"}],
         "trusted_circle": [{"professional": "D01", "start": "2021-02-03T00:00:00Z", "end": "2020-02-03T00:00:00Z"}],
         "episodes": [{"visit_number": "V1", "establishment": "E1", "emergency": false, "start": "2021-02-03T00:00:00Z", "end": "2021-02-04T00:00:00Z"}]}
    ]}"#;
    let found = faults(DirectoryKind::Records, FileFormat::Json, records);
    assert_eq!(found.len(), 6, "{found:#?}");
}

#[test]
fn a_presence_code_is_read_and_an_unfit_one_is_not_repeated() {
    let records = |code: &str| {
        format!(
            r#"{{"records": [{{"patient": "1958031498124", "status": "active", "created_at": "2021-02-03T00:00:00Z", "presence_code": {code}}}]}}"#
        )
    };
    let read = try_to_read(DirectoryKind::Records, FileFormat::Json, records("\"K7M4Q2WX\"").as_bytes()).unwrap();
    let Directory::Records(read) = read else { panic!() };
    assert_eq!(read[0].presence_code, crate::model::presence_code::PresenceCode::new("K7M4Q2WX".to_owned()).ok());
    for unfit in ["\"K7M4 2WX\"", "\"K7M4Q2\"", "74152396"] {
        let found = faults(DirectoryKind::Records, FileFormat::Json, &records(unfit));
        assert!(found.len() == 1 && found[0].contains("records[0].presence_code"), "{found:?}");
        assert!(!found[0].contains(unfit.trim_matches('"')), "{found:?}");
    }
}

#[test]
fn the_sample_population_is_without_fault() {
    let read = |kind, bytes| try_to_read(kind, FileFormat::Json, bytes).unwrap();
    assert_eq!(read(DirectoryKind::Patients, PATIENTS).len(), 12);
    assert_eq!(read(DirectoryKind::Establishments, ESTABLISHMENTS).len(), 7);
    let professionals = read(DirectoryKind::Professionals, PROFESSIONALS);
    assert_eq!(professionals.len(), 27);
    let Directory::Professionals(professionals) = professionals else { panic!() };
    let json = serde_json::to_string(&professionals[0]).unwrap();
    assert_eq!(serde_json::from_str::<crate::model::directory::Professional>(&json).unwrap(), professionals[0]);
}

#[test]
fn a_patient_reads_the_same_from_both_forms() {
    let json = r#"{"assigning_authority": "1.3.182.4.4", "patients": [{"matricule": "1995000098999", "family": "Weber, von",
        "given": "Luc", "sex": "male", "birth_date": "1995", "languages": ["lb", "fr"],
        "address": {"postal_code": "4010", "city": "Esch", "country": "LU"}}]}"#;
    let csv = "\u{feff}matricule,family,given,sex,birth_date,languages,address.postal_code,address.city,address.country\r\n\
               1995000098999,\"Weber, von\",Luc,male,1995,lb;fr,4010,Esch,LU\r\n";
    let from_json = try_to_read(DirectoryKind::Patients, FileFormat::Json, json.as_bytes()).unwrap();
    assert_eq!(try_to_read(DirectoryKind::Patients, FileFormat::Csv, csv.as_bytes()).unwrap(), from_json);
    let Directory::Patients(patients) = from_json else { panic!() };
    let (id, patient) = &patients[0];
    assert_eq!(id.to_string(), "1995000098999^^^&1.3.182.4.4&ISO");
    assert_eq!((patient.sex, patient.language.as_deref()), (Some(AdministrativeSex::Male), Some("lb")));
}

#[test]
fn an_older_matricule_is_a_further_identifier_whose_form_is_checked() {
    let file = |matricule: &str, other: &str| {
        let csv = format!("matricule,other_identifiers,family\n{matricule},{other}^^^&1.3.182.4.4&ISO;A7^^^&2.999.1&ISO,Weber\n");
        try_to_read(DirectoryKind::Patients, FileFormat::Csv, csv.as_bytes())
    };
    let Ok(Directory::Patients(patients)) = file("1995000098999", "19950000989") else { panic!("the older form is taken") };
    assert_eq!(patients[0].1.identifiers.len(), 3);
    for (matricule, other, place, told) in [
        ("1995000098999", "19951300989", "line 2, column other_identifiers", "digits 1 to 8"),
        ("1995000098999", "199500009899", "line 2, column other_identifiers", "it has 12 digits"),
        ("1995000098999", "1995000098998", "line 2, column other_identifiers", "digit 13 is 8"),
        ("19950000989", "19950000989", "line 2, column matricule", "it has 11 digits"),
    ] {
        let faults = file(matricule, other).unwrap_err();
        assert!(faults[0].starts_with(place) && faults[0].contains(told), "{faults:?}");
    }
}

#[test]
fn directories_read_the_same_from_both_forms() {
    let csv = "id,assigning_authority,name,kinds,oid,attested,subcontractor_of,note\nE1,2.999.1,Hôpital,hopital;urgences,2.999.2,true,,\n";
    let json = r#"{"assigning_authority": "2.999.1", "establishments": [{"id": "E1", "name": "Hôpital", "kinds": ["hopital", "urgences"],
        "oid": "2.999.2", "attested": true, "subcontractor_of": null}]}"#;
    let both = |kind, csv: &str, json: &str| {
        let from = |format, text: &str| try_to_read(kind, format, text.as_bytes()).unwrap();
        assert_eq!(from(FileFormat::Csv, csv), from(FileFormat::Json, json));
    };
    both(DirectoryKind::Establishments, csv, json);
    let csv = "id,assigning_authority,family,given,profession,usage_profile,licence.valid_from,workplaces,languages\n\
               D1,2.999.1,Weis,Claude,Médecin,medecin,1998-09-01,cabinet;hopital@E1,fr;lb\n";
    let json = r#"{"assigning_authority": "2.999.1", "professionals": [{"id": "D1", "family": "Weis", "given": "Claude",
        "profession": "Médecin", "usage_profile": "medecin", "licence": {"valid_from": "1998-09-01", "valid_until": null},
        "workplaces": [{"kind": "cabinet", "establishment": null}, {"kind": "hopital", "establishment": "E1"}],
        "languages": ["fr", "lb"]}]}"#;
    both(DirectoryKind::Professionals, csv, json);
}

#[test]
fn all_faults_of_all_lines_are_told_with_line_and_column() {
    let csv = "matricule,family,sex,birth_date,address.country,assigning_authority\n\
               1995000098998,Weber,m,1995-02-30,Lux,1.9\n\
               1995000098999,,male,95,LU,\n\
               1995000098999,Weber,male,1995,LU,1.2.4\n\
               1995000098999,Weber,male,1995,LU,1.2.4\n";
    let faults = faults(DirectoryKind::Patients, FileFormat::Csv, csv);
    let places: Vec<_> = faults.iter().map(|fault| fault.split_once(": ").unwrap().0).collect();
    assert_eq!(
        places,
        [
            "line 2, column matricule",
            "line 2, column assigning_authority",
            "line 2, column sex",
            "line 2, column birth_date",
            "line 2, column address.country",
            "line 3, column family",
            "line 3, column birth_date",
            "line 5, column matricule",
        ]
    );
    assert!(faults[7].contains("line 4"), "{}", faults[7]);
    assert!(faults.iter().all(|fault| !fault.contains("Weber") && !fault.contains("1995000")), "{faults:?}");
}

#[test]
fn faults_in_json_name_the_element() {
    let json = r#"{"assigning_authority": "2.999.1", "professionals": [{"id": "D1", "family": "W", "profession": "Médecin",
        "usage_profile": "medecin", "licence": {"valid_from": "2020-01-01", "valid_until": "2019-01-01"},
        "workplaces": [{"kind": "a"}, {"kin": "a"}]}, 7]}"#;
    assert_eq!(faults(DirectoryKind::Professionals, FileFormat::Json, json), ["professionals[1]: an object is expected"]);
    let found = faults(DirectoryKind::Professionals, FileFormat::Json, &json.replace(", 7]", "]"));
    let places: Vec<_> = found.iter().map(|fault| fault.split_once(": ").unwrap().0).collect();
    let expected = ["licence.valid_until", "workplaces[1].kin", "workplaces[1].kind"].map(|name| format!("professionals[0].{name}"));
    assert_eq!(places, expected);
}

#[test]
fn a_connected_system_has_one_operator_certificates_and_an_attestation() {
    let header = "id,name,establishment,practice_software,certificates,attestation.issued,attestation.expires,suspended_from,contact\n";
    let fingerprint = format!("sha256:{}", "AB:".repeat(31) + "AB");
    let csv = format!("{header}S1,One,E1,,{fingerprint};dns:one.example,2026-01-01,2027-01-01,,us\n");
    let json = format!(
        r#"{{"systems": [{{"id": "S1", "name": "One", "establishment": "E1", "certificates": ["{fingerprint}", "dns:One.example"],
        "attestation": {{"issued": "2026-01-01", "expires": "2027-01-01"}}, "contact": "us"}}]}}"#
    );
    let from = |format, text: &str| try_to_read(DirectoryKind::Systems, format, text.as_bytes()).unwrap();
    assert_eq!(from(FileFormat::Csv, &csv), from(FileFormat::Json, &json));
    let wrong =
        format!("{header}S1,One,E1,P,dns:a,2026-01-01,2027-01-01,,us\nS2,Two,,,ip:1,2026-01-01,2025-01-01,soon,\nS3,Three,E1,,,,,,us\n");
    let found = faults(DirectoryKind::Systems, FileFormat::Csv, &wrong);
    let places: Vec<_> = found.iter().map(|fault| fault.split_once(": ").unwrap().0).collect();
    let expected = [
        "line 2, column establishment",
        "line 3, column contact",
        "line 3, column establishment",
        "line 3, column certificates",
        "line 3, column attestation.expires",
        "line 3, column suspended_from",
        "line 4, column certificates",
        "line 4, column attestation",
    ];
    assert_eq!(places, expected);
}

#[test]
fn a_flag_must_be_true_or_false() {
    let csv = "id,assigning_authority,name,kinds,attested\nE1,2.999.1,H,hopital,yes\nE2,2.999.1,H,,\n";
    let faults = faults(DirectoryKind::Establishments, FileFormat::Csv, csv);
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(faults[0].starts_with("line 2, column attested: ") && faults[1].starts_with("line 3, column kinds: "));
}

#[test]
fn what_is_no_table_or_no_list_is_refused_at_its_place() {
    use DirectoryKind::{Establishments, Patients};
    for (kind, format, text, place) in [
        (Patients, FileFormat::Csv, "matricule,nom\n1,2\n", "line 1: the name of column 2"),
        (Patients, FileFormat::Csv, "family,family\n1,2\n", "line 1, column family: "),
        (Patients, FileFormat::Csv, "matricule,family\n1,2\n1,2,3\n", "line 3: the line has 3 cells"),
        (Patients, FileFormat::Csv, "", "line 1: the file is empty"),
        (Patients, FileFormat::Json, "{\"patients\": [", "line 1, character 14"),
        (Patients, FileFormat::Json, "[]", "the file"),
        (Patients, FileFormat::Json, "{}", "patients"),
        (Establishments, FileFormat::Json, "{\"establishments\": [], \"x\": 1}", "x"),
    ] {
        let found = faults(kind, format, text);
        assert!(found[0].starts_with(place), "{text}: {found:?}");
    }
    let latin_1 = b"matricule,family\n1,M\xfcller\n";
    let found = try_to_read(Patients, FileFormat::Csv, latin_1).unwrap_err();
    assert!(found[0].starts_with("line 2: ") && found[0].contains("UTF-8"), "{found:?}");
}
