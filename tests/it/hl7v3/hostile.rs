//! What is no message of the feed: a SOAP fault, a record in the trail, and nothing changed.

use dossier::model::audit_event::{AuditOutcome, Transaction};

use super::message::{accepted, acknowledged, added, post_envelope};
use crate::durability::audit_trail::events_after;
use crate::on_both_databases;
use crate::support::{Database, TestServer};
use crate::xds::answer::Answer;
use crate::xds::envelope::{PROVIDE, SOAP, envelope};

on_both_databases!(what_is_no_message_of_the_feed_is_a_fault, many_feeds_at_once_lose_nothing);

fn what_is_no_message_of_the_feed_is_a_fault(database: Database) {
    let server = TestServer::start(database);
    let add = "urn:hl7-org:v3:PRPA_IN201301UV02";
    let good = envelope(add, &added("P1"));
    let entity = "<!DOCTYPE x [<!ENTITY file SYSTEM \"file:///etc/passwd\">]><soap:Envelope";
    let cases = [
        ("HTTP 400", SOAP, good.replace("<soap:Envelope", entity).replace("Jeanne", "&file;")),
        ("HTTP 400", SOAP, good[..good.len() - 200].to_owned()),
        ("HTTP 400", SOAP, envelope(add, &"<a>".repeat(70))),
        ("HTTP 400", SOAP, envelope(add, "<PRPA_IN201301UV02/>")),
        ("HTTP 400", SOAP, envelope(add, "<ClinicalDocument xmlns=\"urn:hl7-org:v3\"/>")),
        ("HTTP 400", SOAP, envelope("urn:hl7-org:v3:PRPA_IN201302UV02", &added("P1"))),
        ("HTTP 400", SOAP, envelope("urn:hl7-org:v3:PRPA_IN201305UV02", &added("P1"))),
        ("HTTP 400", SOAP, envelope(PROVIDE, &added("P1"))),
        ("HTTP 415", "application/json", "{\"resourceType\": \"Patient\"}".to_owned()),
        ("HTTP 415", "text/xml", good.clone()),
        ("HTTP 500", SOAP, good.replace("http://www.w3.org/2003/05/soap-envelope", "http://schemas.xmlsoap.org/soap/envelope/")),
    ];
    let said = cases.iter().map(|(status, content_type, body)| {
        let said = Answer::read(&post_envelope(&server, content_type, body)).said();
        assert!(said.starts_with(status), "{said}");
        said
    });
    insta::assert_snapshot!("faults", said.collect::<Vec<_>>().join("\n"));
    let (events, _) = events_after(&server.database_url, 0);
    assert_eq!(events.len(), cases.len());
    assert!(events.iter().all(|event| event.outcome == AuditOutcome::MinorFailure && event.patient_ids.is_empty()));
    assert_eq!(events.iter().filter(|event| event.transaction == Transaction::Iti44).count(), 3);
    let elsewhere = crate::support::post(server.http, "/xds/registry", SOAP, good.as_bytes()).text();
    assert!(elsewhere.contains("send it to /hl7v3/patient-feed"), "{elsewhere}");
    accepted(&server, &added("P1"));
}

/// Messages for one patient that come at once are carried out one after the other, each acknowledged after its commit.
fn many_feeds_at_once_lose_nothing(database: Database) {
    let server = TestServer::start(database);
    std::thread::scope(|scope| {
        for sender in 0..4 {
            let server = &server;
            scope.spawn(move || {
                for number in 0..10 {
                    let local = format!("<id root=\"2.999.5.{sender}\" extension=\"L{number}\"/><statusCode");
                    let answer = acknowledged(
                        server,
                        &added("P1").replacen(
                            "<statusCode code=\"active\"/><patientPerson",
                            &format!("{local} code=\"active\"/><patientPerson"),
                            1,
                        ),
                    );
                    assert!(answer.contains("<typeCode code=\"CA\"/>"), "{answer}");
                }
            });
        }
    });
    let store = dossier::store::Store::open(&server.database_url, 1).unwrap();
    let patient = crate::xds::metadata::patient_id("P1").parse().unwrap();
    let known = store.read::<_, dossier::store::StoreError>(|tx| tx.patient(&patient)).unwrap().unwrap();
    assert_eq!(known.demographics.identifiers.len(), 41);
}
