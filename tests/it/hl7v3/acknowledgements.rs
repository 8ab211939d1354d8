//! What a feed is answered: CA, CE, CR.

use std::path::Path;
use std::process::Command;

use super::message::{ADDED, JEANNE, RESOLVED, REVISED, acknowledged, added, merge, message, own, patient, replacement_of, revised, role};
use crate::on_both_databases;
use crate::support::schema_validity::xmllint_is_there;
use crate::support::{Database, TestServer, get};

on_both_databases!(each_kind_of_acknowledgement);

fn each_kind_of_acknowledgement(database: Database) {
    let server = TestServer::start(database);
    let foreign = "<id root=\"2.999.1\" extension=\"X1\"/>";
    let cases = [
        ("CA: a patient is added", added("P1")),
        ("CA: the same message again", added("P1")),
        ("CA: another patient", added("P2").replace("extension=\"MSG1\"", "")),
        ("CA: a revision", revised("P1", JEANNE)),
        ("CA: a revision of somebody unknown announces them", revised("P3", JEANNE)),
        ("CA: an identifier of elsewhere beside one of here", message(ADDED, &role(&format!("{foreign}{}", own("P4")), JEANNE), "")),
        ("CA: two patients are merged", merge("P1", "P2")),
        ("CA: the same merge again", merge("P1", "P2")),
        ("CE: the subsumed patient is added again", added("P2")),
        ("CE: the survivor is not known", merge("P9", "P1")),
        ("CE: the subsumed patient is not known", merge("P1", "P9")),
        ("CE: a patient is merged with themselves", merge("P1", "P1")),
        ("CE: the survivor was subsumed", merge("P2", "P1")),
        ("CE: a merge without the prior registration", message(RESOLVED, &patient("P1", JEANNE), "")),
        ("CE: a merge of two at once", message(RESOLVED, &patient("P1", JEANNE), &replacement_of(&format!("{}{}", own("P3"), own("P4"))))),
        ("CE: a merge of an identifier of elsewhere", message(RESOLVED, &patient("P1", JEANNE), &replacement_of(foreign))),
        ("CE: a replacement in an addition", message(ADDED, &patient("P1", JEANNE), &replacement_of(&own("P3")))),
        ("CE: an assigning authority of elsewhere", message(ADDED, &role(foreign, JEANNE), "")),
        ("CE: an assigning authority that is no OID", message(REVISED, &role(&foreign.replace("2.999.1", "hospital"), JEANNE), "")),
        ("CE: no identifier", message(ADDED, &role("", JEANNE), "")),
        ("CE: an identifier without end", added(&"9".repeat(5000))),
        ("CE: a birth time that is none", added("P1").replace("19901224", "tomorrow")),
        ("CE: a sex that is none", added("P1").replace("code=\"F\"", "code=\"X\"")),
        ("CE: no patient", added("P1").replace("patient", "guest")),
        ("CE: another trigger event", added("P1").replace("PRPA_TE201301UV02", "PRPA_TE201303UV02")),
        ("CE: a patient who is no longer active", added("P1").replace("active", "terminated")),
        ("CE: no message id", added("P1").replace("<id root=\"2.999.442.9.8\" extension=\"MSG1\"/>", "")),
        ("CR: another interaction id", added("P1").replace("extension=\"PRPA_IN201301UV02\"", "extension=\"PRPA_IN201303UV02\"")),
        ("CR: another processing code", added("P1").replace("processingCode code=\"P\"", "processingCode code=\"Z\"")),
        ("CR: a message out of the archive", added("P1").replace("ModeCode code=\"T\"", "ModeCode code=\"A\"")),
    ];
    let answers = cases.iter().map(|(name, message)| {
        let answer = acknowledged(&server, message);
        assert!(answer.contains(&format!("<typeCode code=\"{}\"/>", &name[..2])), "{name}: {answer}");
        assert_valid(&answer);
        format!("{name}\n{}\n", readable(&answer))
    });
    let mut answers: Vec<_> = answers.collect();
    // Those after the first differ in what they say of the message alone.
    for answer in answers.iter_mut().skip(1) {
        let (head, acknowledgement) = answer.split_once("<acknowledgement>").unwrap();
        *answer = format!("{}\n<acknowledgement>{acknowledgement}", head.lines().next().unwrap());
    }
    insta::assert_snapshot!("acknowledgements", answers.join("\n"));
}

/// An element a line, without time and own id.
fn readable(answer: &str) -> String {
    let (head, rest) = answer.split_once("<id root=\"").unwrap();
    let (id, rest) = rest.split_once("\"/><creationTime value=\"").unwrap();
    let (time, rest) = rest.split_once('"').unwrap();
    assert!(id.len() == 36 && time.len() == 19, "{answer}");
    format!("{head}<id root=\"[id]\"/><creationTime value=\"[time]\"{rest}").replace("><", ">\n<")
}

/// Valid by the schema that the server publishes.
fn assert_valid(answer: &str) {
    if !xmllint_is_there() {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("answer.xml");
    std::fs::write(&file, answer).unwrap();
    let schema = Path::new(env!("CARGO_MANIFEST_DIR")).join("profiles/ihe/schemas/hl7v3.xsd");
    let output = Command::new("xmllint").args(["--noout", "--nonet", "--schema"]).args([&schema, &file]).output().unwrap();
    assert!(output.status.success(), "{}\n{answer}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn the_endpoint_describes_itself() {
    let server = TestServer::start(Database::Sqlite);
    let wsdl = get(server.http, "/hl7v3/patient-feed?wsdl").text();
    assert!(wsdl.contains("<wsdl:definitions name=\"DocumentRegistry\"") && wsdl.contains("/hl7v3/patient-feed\"/>"), "{wsdl}");
    let schema = get(server.http, "/hl7v3/schemas/hl7v3.xsd");
    assert!(schema.status == 200 && schema.text().contains("targetNamespace=\"urn:hl7-org:v3\""));
    assert_eq!(get(server.http, "/hl7v3/patient-feed").status, 405);
}
