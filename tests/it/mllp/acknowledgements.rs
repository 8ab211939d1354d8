//! What a feed is answered: AA, AE, AR.

use super::message::{adt, announcement, merge, pid_3, readable};
use crate::on_both_databases;
use crate::support::{Database, TestServer, send_hl7};

on_both_databases!(each_kind_of_acknowledgement);

fn each_kind_of_acknowledgement(database: Database) {
    let server = TestServer::start(database);
    let person = |event: &str, pid: &str| adt(event, "ADT_A01", &[pid, "PV1||O"]);
    let pid = format!("PID|||{}||Exemple^Jeanne", pid_3("P1"));
    let cases = [
        ("AA: a patient is announced", announcement("P1")),
        ("AA: in version 2.3.1", announcement("P2").replace("|2.5\r", "|2.3.1\r")),
        ("AA: an update", person("A08", &pid)),
        ("AA: an update of somebody unknown announces them", person("A08", &pid.replace("P1", "P3"))),
        ("AA: two patients are merged", merge("P1", "P2")),
        ("AE: the survivor is not known", merge("P9", "P1")),
        ("AE: a patient is merged with themselves", merge("P1", "P1")),
        ("AE: no PID-3", person("A01", "PID|||||Exemple^Jeanne")),
        ("AE: no PID-3, version 2.3.1", person("A01", "PID|||||Exemple^Jeanne").replace("|2.5\r", "|2.3.1\r")),
        ("AE: an assigning authority of elsewhere", person("A01", "PID|||X1^^^&2.999.1&ISO")),
        ("AE: an assigning authority that is no OID", person("A01", "PID|||X1^^^&hospital&ISO")),
        ("AE: a birth date that is none", person("A01", &format!("{pid}||tomorrow"))),
        ("AE: no PID", adt("A01", "ADT_A01", &["PV1||O"])),
        ("AE: a merge without MRG", adt("A40", "ADT_A39", &[&pid])),
        ("AR: another event", person("A03", &pid)),
        ("AR: another message", announcement("P1").replace("ADT^A04^ADT_A01", "ORU^R01^ORU_R01")),
        ("AR: another version", announcement("P1").replace("|2.5\r", "|3.0\r")),
        ("AR: no HL7", "GET / HTTP/1.1".to_owned()),
        ("AR: empty", String::new()),
        ("AR: a character that no text has", person("A01", &format!("{pid}\u{0}"))),
        ("AE: an identifier without end", person("A01", &format!("PID|||{}", pid_3(&"9".repeat(5000))))),
        ("AA: a name of any length", person("A01", &format!("{pid}{}", "e".repeat(20_000)))),
    ];
    let answers = cases.iter().map(|(name, message)| {
        let answer = readable(&send_hl7(server.mllp, message));
        assert!(answer.contains(&format!("\nMSA|{}|", &name[..2])), "{name}: {answer}");
        format!("{name}\n{answer}\n")
    });
    insta::assert_snapshot!("acknowledgements", answers.collect::<Vec<_>>().join("\n"));
}
