//! Multi-Patient Stored Query (ITI TF-2: 3.51) over a socket.

use crate::on_both_databases;
use crate::support::Database;
use crate::xds_scene::{FAILURE, SUCCESS, Scene, entry, folder, query, submission};

on_both_databases!(
    documents_of_several_patients_come_in_one_answer,
    folders_of_several_patients_come_in_one_answer,
    too_many_results_are_refused_whatever_patients_they_are_of,
    the_error_names_the_limit_that_is_configured,
    queries_that_are_none_are_refused,
);

const DOCUMENTS: &str = "urn:uuid:3d1bdb10-39a2-11de-89c2-2f44d94eaa9f";
const FOLDERS: &str = "urn:uuid:50d3f5ac-39a2-11de-a1ca-b366239e58df";
const APPROVED: &str = "('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')";
const CONFIGURED: &str = "more than the 3 objects this registry gives at once";
const OF_CLASS: (&str, &str) = ("$XDSDocumentEntryClassCode", "('c^^2.999.1')");
const OF_KIND: (&str, &str) = ("$XDSFolderCodeList", "('k^^2.999.1')");

/// Three patients, each with an entry and a folder of the class and kind asked about and with others.
fn start(database: Database, changes: &[(&str, &str)]) -> (Scene, Vec<String>) {
    let scene = Scene::start(database, changes);
    let patients: Vec<_> = (1..4).map(|n| scene.announce(&format!("MANY{n}"))).collect();
    for (n, patient) in patients.iter().enumerate() {
        let entries = vec![entry(patient, &format!("2.999.51.{n}.1"), "c"), entry(patient, &format!("2.999.51.{n}.2"), "d")];
        let folders = vec![folder(patient, &format!("2.999.51.{n}.3"), "k"), folder(patient, &format!("2.999.51.{n}.4"), "l")];
        scene.provide(&submission(patient, &format!("2.999.51.{n}.5"), entries, folders, Vec::new()), b"Exemple");
    }
    (scene, patients)
}

fn ask(scene: &Scene, id: &str, return_type: &str, parameters: &[(&str, &str)]) -> String {
    let status = if id == FOLDERS { "$XDSFolderStatus" } else { "$XDSDocumentEntryStatus" };
    let parameters: Vec<_> = std::iter::once((status, APPROVED)).chain(parameters.iter().copied()).collect();
    let answer = scene.send("registry", "urn:ihe:iti:2009:MultiPatientStoredQuery", &query(id, return_type, &parameters));
    assert!(answer.contains("urn:ihe:iti:2009:MultiPatientStoredQueryResponse"), "{answer}");
    answer
}

/// Which of these unique ids the answer holds.
fn found<const N: usize>(answer: &str, unique_ids: [&str; N]) -> [bool; N] {
    assert!(answer.contains(SUCCESS), "{answer}");
    unique_ids.map(|id| answer.contains(&format!("\"{id}\"")))
}

fn named(patients: &[String]) -> String {
    format!("('{}')", patients.join("','"))
}

fn documents_of_several_patients_come_in_one_answer(database: Database) {
    let (scene, patients) = start(database, &[]);
    let ids = ["2.999.51.0.1", "2.999.51.0.2", "2.999.51.1.1", "2.999.51.1.2", "2.999.51.2.1"];
    let two = named(&patients[..2]);
    let of_two = ("$XDSDocumentEntryPatientId", two.as_str());
    assert_eq!(found(&ask(&scene, DOCUMENTS, "LeafClass", &[of_two]), ids), [true, true, true, true, false]);
    assert_eq!(found(&ask(&scene, DOCUMENTS, "LeafClass", &[of_two, OF_CLASS]), ids), [true, false, true, false, false]);
    assert_eq!(found(&ask(&scene, DOCUMENTS, "LeafClass", &[OF_CLASS]), ids), [true, false, true, false, true]);
    let references = ask(&scene, DOCUMENTS, "ObjectRef", &[OF_CLASS]);
    assert_eq!(references.matches("ObjectRef ").count(), 3, "{references}");
    let nobody = named(&["NOBODY^^^&1.2.3&ISO".to_owned()]);
    let nothing = ask(&scene, DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryPatientId", &nobody), OF_CLASS]);
    assert_eq!(found(&nothing, ids), [false; 5]);
}

fn folders_of_several_patients_come_in_one_answer(database: Database) {
    let (scene, patients) = start(database, &[]);
    let ids = ["2.999.51.0.3", "2.999.51.0.4", "2.999.51.1.3", "2.999.51.2.3"];
    let two = named(&patients[1..]);
    let of_two = ("$XDSFolderPatientId", two.as_str());
    assert_eq!(found(&ask(&scene, FOLDERS, "LeafClass", &[of_two, OF_KIND]), ids), [false, false, true, true]);
    assert_eq!(found(&ask(&scene, FOLDERS, "LeafClass", &[OF_KIND]), ids), [true, false, true, true]);
    assert_eq!(found(&ask(&scene, FOLDERS, "LeafClass", &[of_two]), ids), [false, false, true, true]);
}

fn too_many_results_are_refused_whatever_patients_they_are_of(database: Database) {
    let (scene, patients) = start(database, &[("limits.query_results", "3")]);
    assert!(ask(&scene, DOCUMENTS, "LeafClass", &[OF_CLASS]).contains(SUCCESS), "as many as there may be");
    let all = named(&patients);
    for parameters in [[("$XDSDocumentEntryPatientId", all.as_str())], [("$XDSDocumentEntryClassCode", "('c^^2.999.1','d^^2.999.1')")]] {
        let answer = ask(&scene, DOCUMENTS, "LeafClass", &parameters);
        assert!(answer.contains(FAILURE) && answer.contains("XDSTooManyResults"), "{answer}");
        assert!(!answer.contains("ExtrinsicObject"), "{answer}");
        assert!(answer.contains(CONFIGURED), "{answer}");
    }
}

/// What earlier patients have used up of the limit is not taken off the limit that the error names.
fn the_error_names_the_limit_that_is_configured(database: Database) {
    let (scene, _) = start(database, &[("limits.query_results", "3")]);
    let ids = ["2.999.51.0.1", "2.999.51.0.2", "2.999.51.1.1", "2.999.51.1.2", "2.999.51.2.1"];
    let get_documents = |ids: &[&str]| {
        let named = format!("('{}')", ids.join("','"));
        let body = query("urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4", "ObjectRef", &[("$XDSDocumentEntryUniqueId", &named)]);
        scene.send("registry", "urn:ihe:iti:2007:RegistryStoredQuery", &body)
    };
    assert!(get_documents(&ids[..3]).contains(SUCCESS), "as many as there may be, of two patients");
    let answer = get_documents(&ids);
    assert!(answer.contains("XDSTooManyResults") && answer.contains(CONFIGURED), "{answer}");
}

fn queries_that_are_none_are_refused(database: Database) {
    let scene = Scene::start(database, &[]);
    let of_one_patient = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
    let type_code = [("$XDSDocumentEntryTypeCode", "('t^^2.999.1')")];
    let cases = [
        (DOCUMENTS, &type_code[..], "XDSStoredQueryMissingParam"),
        (FOLDERS, &[][..], "XDSStoredQueryMissingParam"),
        (of_one_patient, &[OF_CLASS][..], "XDSUnknownStoredQuery"),
        (DOCUMENTS, &[OF_CLASS, OF_CLASS][..], "XDSStoredQueryParamNumber"),
        (DOCUMENTS, &[("$XDSDocumentEntryPatientId", "('x')")][..], "XDSRegistryError"),
    ];
    for (id, parameters, code) in cases {
        let answer = ask(&scene, id, "LeafClass", parameters);
        assert!(answer.contains(FAILURE) && answer.contains(&format!("errorCode=\"{code}\"")), "{code}: {answer}");
    }
    let single = query(DOCUMENTS, "LeafClass", &[("$XDSDocumentEntryStatus", APPROVED), OF_CLASS]);
    let answer = scene.send("registry", "urn:ihe:iti:2007:RegistryStoredQuery", &single);
    assert!(answer.contains("XDSUnknownStoredQuery"), "{answer}");
}
