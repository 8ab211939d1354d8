//! What lists a record does not change when something is filed that the reader does not see.

use serde_json::Value;

use super::answers::{Leaks, told};
use super::ids::Ids;
use super::queries::{EITHER, by_reference_id, cx};
use super::row::{ITI18, ITI51, REGISTRY, Row, adhoc_query};
use super::scene::{Caller, Scene};
use crate::story::people::{Who, number};

/// Searches of P01's record and of others: counts, pages, orders, histories.
const SEARCHES: &[&str] = &[
    "DocumentReference?patient=Patient/{patient}",
    "DocumentReference?patient=Patient/{patient}&_summary=count",
    "DocumentReference?patient=Patient/{patient}&_count=1&_sort=-date",
    "DocumentReference?patient=Patient/{patient}&_count=2&status=current&_sort=creation",
    "DocumentReference?patient=Patient/{patient}&date=ge2025-03-17T08:05:00Z",
    // What is not like something, what has no value, what comes beside the matches, chains, totals.
    "DocumentReference?patient=Patient/{patient}&type:not=urn:oid:2.999.442.1.1|nothing&status:not=superseded&_total=accurate",
    "DocumentReference?patient=Patient/{patient}&event:missing=true&creation=ne1990&category:not=nothing&_count=1",
    "DocumentReference?patient=Patient/{patient}&_include=DocumentReference:relatesto&_revinclude=List:item&_total=accurate",
    "DocumentReference?patient.identifier=urn:oid:1.3.182.4.4|{patient}&author.given:contains=a&_total=estimate",
    "List?patient=Patient/{patient}&designationType:not=nothing&_sort=-date&_include=List:item",
    "List?patient.identifier=urn:oid:1.3.182.4.4|{patient}&code=submissionset&source.family:contains=e&_include=List:item&_total=accurate",
    "List?patient=Patient/{patient}",
    "List?patient=Patient/{patient}&_count=1",
    "List?patient=Patient/{patient}&_summary=count&code=folder",
    "List?patient=Patient/{patient}&code=folder&date=ge2025-03-17T08:05:00Z",
    "List?patient=Patient/{patient}&code=folder&date=le2025-03-17T08:05:00Z",
    "List/{folder}",
    "List/{set}",
    "Consent?patient=Patient/{patient}",
    "Encounter?patient=Patient/{patient}",
    "AuditEvent?patient=Patient/{patient}&subtype=ITI-41",
    "AuditEvent?patient=Patient/{patient}&subtype=ITI-61",
    "AuditEvent?patient=Patient/{patient}&subtype=ITI-41&_count=1",
];

fn rows() -> Vec<Row> {
    let mut rows: Vec<_> = SEARCHES.iter().map(Row::get).collect();
    let (patient, both) = (format!("'{}'", cx("{patient}")), format!("('{}','{}')", cx("{patient}"), cx(number("P02"))));
    let query = |name: &str, action, id: &str, return_type: &str, parameters: &[(&str, &str)]| {
        Row::soap(format!("{name} {return_type}"), REGISTRY, action, adhoc_query(id, return_type, parameters))
    };
    for return_type in ["LeafClass", "ObjectRef"] {
        let documents = [("$XDSDocumentEntryPatientId", patient.as_str()), ("$XDSDocumentEntryStatus", EITHER)];
        let sets = [("$XDSSubmissionSetPatientId", patient.as_str()), ("$XDSSubmissionSetStatus", EITHER)];
        let folders = [("$XDSFolderPatientId", patient.as_str()), ("$XDSFolderStatus", EITHER)];
        let since = [folders.as_slice(), &[("$XDSFolderLastUpdateTimeFrom", "20250317080500")]].concat();
        let until = [folders.as_slice(), &[("$XDSFolderLastUpdateTimeTo", "20250317080500")]].concat();
        let all = [
            ("$patientId", patient.as_str()),
            ("$XDSDocumentEntryStatus", EITHER),
            ("$XDSSubmissionSetStatus", EITHER),
            ("$XDSFolderStatus", EITHER),
        ];
        rows.extend([
            query("FindDocuments", ITI18, "14d4debf-8f97-4251-9a74-a90016b0af0d", return_type, &documents),
            query("FindSubmissionSets", ITI18, "f26abbcb-ac74-4422-8a30-edb644bbc1a9", return_type, &sets),
            query("FindFolders", ITI18, "958f3006-baad-4929-a4de-ff1114824431", return_type, &folders),
            query("FindFolders since", ITI18, "958f3006-baad-4929-a4de-ff1114824431", return_type, &since),
            query("FindFolders until", ITI18, "958f3006-baad-4929-a4de-ff1114824431", return_type, &until),
            query("GetAll", ITI18, "10b545ea-725c-446d-9b95-8aeb444eddf3", return_type, &all),
        ]);
        let documents = [("$XDSDocumentEntryPatientId", both.as_str()), ("$XDSDocumentEntryStatus", EITHER)];
        let folders = [("$XDSFolderPatientId", both.as_str()), ("$XDSFolderStatus", EITHER)];
        rows.extend([
            query("FindDocumentsForMultiplePatients", ITI51, "3d1bdb10-39a2-11de-89c2-2f44d94eaa9f", return_type, &documents),
            query("FindFoldersForMultiplePatients", ITI51, "50d3f5ac-39a2-11de-a1ca-b366239e58df", return_type, &folders),
        ]);
    }
    rows.push(Row::soap("FindDocumentsByReferenceId", REGISTRY, ITI18, by_reference_id("{patient}", "{reference}")));
    rows
}

/// What a caller is told by every listing, page after page.
pub fn told_to(scene: &Scene, who: &Who, open: &Ids) -> Vec<(String, String)> {
    let (caller, ids) = (Caller::is(who), open.clone().with("patient", number("P01")));
    let mut all = Vec::new();
    for row in rows() {
        let mut response = row.ask(scene, &caller, &ids);
        let mut pages = vec![told(scene, &response, &ids)];
        while let Some(next) = next(&response.body) {
            response = scene.fhir(&caller, "GET", &next, &[], "");
            pages.push(told(scene, &response, &ids));
        }
        all.push((row.name.clone(), pages.join("\n")));
    }
    all
}

/// The address of the next page, below the host.
fn next(body: &[u8]) -> Option<String> {
    let bundle: Value = serde_json::from_slice(body).ok()?;
    let link = bundle["link"].as_array()?.iter().find(|link| link["relation"] == "next")?;
    let url = link["url"].as_str().unwrap();
    Some(url[url.find("/fhir/").unwrap()..].to_owned())
}

/// Holds what a caller was told before against what they are told now.
pub fn hold(leaks: &mut Leaks, before: &[(String, String)], now: &[(String, String)], what: &str) {
    for ((name, before), (_, now)) in before.iter().zip(now) {
        leaks.hold(&format!("{what}: {name}"), now, before);
    }
}
