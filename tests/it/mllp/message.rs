//! HL7 v2 messages as feeds write them.

use crate::support::{AUTHORITY, TestServer, send_hl7};

/// PID-3 of this identifier.
pub fn pid_3(id: &str) -> String {
    format!("{id}^^^&{AUTHORITY}&ISO")
}

/// An ADT message of this event with these segments after EVN, each as `PID|…`.
pub fn adt(event: &str, structure: &str, segments: &[&str]) -> String {
    let head = format!("MSH|^~\\&|HIS|FICTIF|DOSSIER|REGISTRY|20250317085500+0100||ADT^{event}^{structure}|MSG1|P|2.5");
    [&[head.as_str(), "EVN||20250317085500+0100"], segments].concat().join("\r") + "\r"
}

/// Announces a patient with an A04.
pub fn announcement(id: &str) -> String {
    adt("A04", "ADT_A01", &[&format!("PID|||{}||Exemple^Jeanne^^^^^L||19901224|F", pid_3(id)), "PV1||O"])
}

/// Joins the record of `subsumed` to that of `surviving`.
pub fn merge(surviving: &str, subsumed: &str) -> String {
    adt("A40", "ADT_A39", &[&format!("PID|||{}", pid_3(surviving)), &format!("MRG|{}", pid_3(subsumed))])
}

/// Links the local patient `local` (an identifier as in PID-3) to `new`; `before` is what MRG-1 has.
pub fn link_change(new: &str, local: &str, before: &str) -> String {
    adt("A43", "ADT_A43", &[&format!("PID|||{}~{local}|| ", pid_3(new)), &format!("MRG|{before}")])
}

/// Makes patients known.
pub fn announce(server: &TestServer, ids: &[&str]) {
    for id in ids {
        let answer = send_hl7(server.mllp, &announcement(id));
        assert!(answer.contains("\rMSA|AA|MSG1"), "{answer}");
    }
}

/// An acknowledgement on lines, without its time and its own id.
pub fn readable(acknowledgement: &str) -> String {
    let segments = acknowledgement.trim_end_matches('\r').split('\r').map(|segment| {
        let mut fields: Vec<&str> = segment.split('|').collect();
        if fields[0] == "MSH" {
            assert!(!fields[6].is_empty() && !fields[9].is_empty(), "{segment}");
            (fields[6], fields[9]) = ("[time]", "[id]");
        }
        fields.join("|")
    });
    segments.collect::<Vec<_>>().join("\n")
}
