//! Notify XAD-PID Link Change, ADT^A43 (ITI TF-2: 3.64.4.1.2).

use crate::model::hl7_types::Cx;
use crate::model::ids::Oid;
use crate::model::patient_feed::LinkChange;

use super::Hl7Error;
use super::adt::{out_of_sequence, single_pid};
use super::er7::{Element, Message};
use super::error::{ErrorCondition, Location, SegmentId};
use super::pid::identifiers;

/// What a link change asks. Its identifiers are told apart by their places, so each has to be there, in its place and
/// with the OID of its assigning authority (ITI TF-2: 3.64.4.1.2.3, 3.64.4.1.2.4).
pub(super) fn link_change(message: &Message<'_>) -> Result<LinkChange, Hl7Error> {
    const PID_3: &str = "a link change has two identifiers here: the new XAD-PID, then the local patient id";
    const MRG_1: &str = "a link change has one or two identifiers here: the previous XAD-PID, then the subsumed local patient id, if any";
    let pid_3 = single_pid(message)?.field(3);
    let mrg_1 = single_mrg_1(message)?;
    let (mut linked, mut before) = (in_places(pid_3)?.into_iter(), in_places(mrg_1)?.into_iter());
    let (Some(new_xad_pid), Some(local_id), None) = (linked.next(), linked.next(), linked.next()) else {
        return Err(pid_3.error(ErrorCondition::DataType, PID_3));
    };
    let (Some(previous_xad_pid), subsumed_local_id, None) = (before.next(), before.next(), before.next()) else {
        return Err(mrg_1.error(ErrorCondition::DataType, MRG_1));
    };
    Ok(LinkChange { new_xad_pid, local_id, previous_xad_pid, subsumed_local_id, source_id: sending_application(message)? })
}

fn single_mrg_1<'m>(message: &'m Message<'_>) -> Result<Element<'m>, Hl7Error> {
    let mut mrgs = message.segments().filter(|segment| segment.id() == SegmentId::MRG);
    let missing = out_of_sequence(Location::segment(SegmentId::MRG, 1), "the message has no MRG segment");
    let mrg = mrgs.next().ok_or(missing)?;
    match mrgs.next() {
        None => Ok(mrg.field(1)),
        Some(second) => Err(out_of_sequence(second.location(), "the message may have one MRG segment only; send one message per link")),
    }
}

/// The identifiers of a field, none left aside.
fn in_places(field: Element<'_>) -> Result<Vec<Cx>, Hl7Error> {
    const SHAPE: &str =
        "no repetition may be empty, and each needs an identifier and the OID of its assigning authority, as in 1234^^^&1.2.3&ISO";
    let found = identifiers(field, None)?;
    let places = field.repetitions().filter_map(|repetition| repetition.location().repetition);
    let complete = places.eq((1..).take(found.len()));
    if complete { Ok(found) } else { Err(field.error(ErrorCondition::DataType, SHAPE)) }
}

/// MSH-3, an OID or a name and an OID (type HD).
fn sending_application(message: &Message<'_>) -> Result<Option<Oid>, Hl7Error> {
    let Some(msh_3) = message.segment(SegmentId::MSH).map(|msh| msh.field(3)) else { return Ok(None) };
    let oid = |component: u16| Ok(msh_3.component(component).text()?.and_then(|text| text.parse().ok()));
    let universal_id: Option<Oid> = oid(2)?;
    universal_id.map_or_else(|| oid(1), |oid| Ok(Some(oid)))
}

#[cfg(test)]
mod tests {
    use super::super::adt::read;
    use super::*;
    use crate::model::patient_feed::FeedEvent;

    const NEW: &str = "N^^^&1.2.3&ISO";
    const LOCAL: &str = "L1^^^&1.9&ISO";
    const OLD: &str = "O^^^NS&1.2.3&ISO^PI";
    const SUBSUMED: &str = "L2^^^&1.9&ISO";

    fn message(sender: &str, pid_3: &str, mrg_1: &str) -> String {
        format!("MSH|^~\\&|{sender}|F|R|D|2026||ADT^A43^ADT_A43|M1|P|2.5\rEVN|A43|2026\rPID|||{pid_3}|| \rPD1|\rMRG|{mrg_1}\r")
    }

    fn changed(sender: &str, pid_3: &str, mrg_1: &str) -> LinkChange {
        match read(message(sender, pid_3, mrg_1).as_bytes(), None).unwrap().event {
            FeedEvent::ChangeLink(change) => change,
            other => panic!("{other:?}"),
        }
    }

    fn refusal(message: &str) -> (&'static str, String) {
        let error = read(message.as_bytes(), None).unwrap_err();
        (error.condition.code_and_text().0, error.location.unwrap().to_string())
    }

    #[test]
    fn identifiers_have_their_roles_by_place() {
        let change = changed("1.2.7", &format!("{NEW}~{LOCAL}"), &format!("{OLD}~{SUBSUMED}"));
        let ids = [&change.new_xad_pid, &change.local_id, &change.previous_xad_pid, change.subsumed_local_id.as_ref().unwrap()];
        assert_eq!(ids.map(Cx::id), ["N", "L1", "O", "L2"]);
        let plain = changed("1.2.7", &format!("{NEW}~{LOCAL}"), OLD);
        assert_eq!((plain.affected_local_ids(), &plain.subsumed_local_id), (vec![&plain.local_id], &None));
    }

    #[test]
    fn the_sender_is_named_by_an_oid_if_it_can_be() {
        let source = |sender| changed(sender, &format!("{NEW}~{LOCAL}"), OLD).source_id.map(String::from);
        assert_eq!(source("1.2.7").as_deref(), Some("1.2.7"));
        assert_eq!(source("PIXM^1.2.8^ISO").as_deref(), Some("1.2.8"));
        assert_eq!(source("PIXM"), None);
    }

    #[test]
    fn an_identifier_too_few_or_too_many_or_out_of_place_is_refused() {
        let both = format!("{NEW}~{LOCAL}");
        for (pid_3, mrg_1, code, place) in [
            ("", OLD, "101", "PID-3"),
            (NEW, OLD, "102", "PID-3"),
            (&format!("{both}~{LOCAL}"), OLD, "102", "PID-3"),
            (&format!("~{both}"), OLD, "102", "PID-3"),
            (&format!("{both}~"), OLD, "", ""),
            (&format!("X^^^LAB~{both}"), OLD, "102", "PID-3"),
            (&format!("P1~{LOCAL}"), OLD, "102", "PID-3"),
            (&both, "", "101", "MRG-1"),
            (&both, &format!("~{OLD}"), "102", "MRG-1"),
            (&both, &format!("{OLD}~{SUBSUMED}~{LOCAL}"), "102", "MRG-1"),
            (&both, &format!("{OLD}~L2"), "102", "MRG-1"),
        ] {
            let message = message("1.2.7", pid_3, mrg_1);
            if code.is_empty() {
                assert!(read(message.as_bytes(), None).is_ok(), "{message}");
            } else {
                assert_eq!(refusal(&message), (code, place.to_owned()), "{message}");
            }
        }
    }

    #[test]
    fn one_message_changes_one_link() {
        let good = message("1.2.7", &format!("{NEW}~{LOCAL}"), OLD);
        assert_eq!(refusal(&good.replace("MRG|", "ZZZ|")), ("100", "MRG".into()));
        assert_eq!(refusal(&good.replace("PID|", "ZZZ|")), ("100", "PID".into()));
        assert_eq!(refusal(&format!("{good}MRG|{OLD}\r")), ("100", "MRG[2]".into()));
        assert_eq!(refusal(&format!("{good}PID|||{NEW}~{LOCAL}\r")), ("100", "PID[2]".into()));
        assert_eq!(refusal(&good.replace("EVN|A43", "EVN|A40")), ("103", "EVN-1".into()));
        assert_eq!(refusal(&good.replace("ADT_A43", "ADT_A39")), ("200", "MSH-9.3".into()));
    }
}
