use proptest::prelude::*;

use super::*;

fn text_at(message: &str, segment: SegmentId, field: u16, component: u16, subcomponent: u16) -> Option<String> {
    let message = Message::parse(message.as_bytes()).unwrap();
    message.segment(segment).unwrap().field(field).component(component).subcomponent(subcomponent).owned().unwrap()
}

#[test]
fn elements_are_found_by_their_numbers() {
    let message = "MSH|^~\\&|APP|FAC\rPID|||P1^^^NS&1.2.3&ISO~P2||Mu\\T\\er^Eva||\"\"\r";
    assert_eq!(text_at(message, SegmentId::MSH, 3, 1, 1).as_deref(), Some("APP"));
    assert_eq!(text_at(message, SegmentId::PID, 3, 4, 2).as_deref(), Some("1.2.3"));
    assert_eq!(text_at(message, SegmentId::PID, 5, 1, 1).as_deref(), Some("Mu&er"));
    assert_eq!(text_at(message, SegmentId::PID, 7, 1, 1), None);
    assert_eq!(text_at(message, SegmentId::PID, 99, 9, 9), None);
    let message = Message::parse(message.as_bytes()).unwrap();
    let pid = message.segment(SegmentId::PID).unwrap();
    assert!(pid.field(7).is_null() && !pid.field(8).is_null());
    let second = pid.field(3).repetitions().nth(1).unwrap();
    assert_eq!((second.owned().unwrap().as_deref(), second.location().to_string().as_str()), (Some("P2"), "PID-3[2]"));
}

#[test]
fn lines_may_end_as_they_like_and_delimiters_may_be_others() {
    for end in ["\r", "\n", "\r\n", "\r\r\n"] {
        let message = format!("MSH*%!?$*APP{end}PID*1**A!B%C$D{end}PID*2{end}");
        let message = Message::parse(message.as_bytes()).unwrap();
        assert_eq!(message.segments().map(|s| s.location().to_string()).collect::<Vec<_>>(), ["MSH", "PID", "PID[2]"]);
        let second = message.segment(SegmentId::PID).unwrap().field(3).repetitions().nth(1).unwrap();
        assert_eq!(second.component(2).subcomponent(2).owned().unwrap().as_deref(), Some("D"));
    }
}

#[test]
fn the_character_set_is_that_of_msh_18() {
    let with = |charset: &str, name: &[u8]| {
        let mut bytes = format!("MSH|^~\\&|||||||||||||||| {charset}\rPID|||||").replace("| ", "|").into_bytes();
        bytes.extend_from_slice(name);
        Message::parse(&bytes).and_then(|message| message.segment(SegmentId::PID).unwrap().field(5).owned())
    };
    for (charset, bytes) in [("8859/1", &b"M\xfcller"[..]), ("8859/15", b"M\xfcller"), ("", b"M\xfcller"), ("", "Müller".as_bytes())] {
        assert_eq!(with(charset, bytes).unwrap().as_deref(), Some("Müller"), "{charset}");
    }
    for (charset, bytes) in
        [("ASCII", &b"M\xfcller"[..]), ("UNICODE UTF-8", b"M\xfcller"), ("ISO IR87", b"Muller"), ("8859/1", b"M\x81ller")]
    {
        let error = with(charset, bytes).unwrap_err();
        assert_eq!(
            (error.refusal, error.location.unwrap().to_string().as_str()),
            (crate::wire::hl7v2::error::Refusal::Reject, "MSH-18"),
            "{charset}"
        );
    }
}

#[test]
fn what_is_no_message_is_rejected() {
    for bad in [
        "",
        "PID|1",
        "MSH|^~\\&|A\rpid|1",
        "MSH|^~\\&|A\rPID^1",
        "MSH|^~\\&|A\rPID|1\rloose text",
        "MSH|^~\\&|A\rPID|1\rMSH|^~\\&|B",
        "MSH|^~\\&|A\0",
    ] {
        assert!(Message::parse(bad.as_bytes()).is_err(), "{bad:?}");
    }
}

#[test]
fn limits_hold() {
    let refused = |rest: String| Message::parse(format!("MSH|^~\\&|A\r{rest}").as_bytes()).err().map(|e| e.condition);
    assert_eq!(refused("NTE|\r".repeat(MAX_SEGMENTS - 1)), None);
    assert_eq!(refused("NTE|\r".repeat(MAX_SEGMENTS)), Some(ErrorCondition::ValueTooLong));
    assert_eq!(refused(format!("NTE{}", "|".repeat(MAX_FIELDS))), None);
    assert_eq!(refused(format!("NTE{}", "|".repeat(MAX_FIELDS + 1))), Some(ErrorCondition::ValueTooLong));
    assert_eq!(refused(format!("NTE|{}", "~".repeat(MAX_REPETITIONS))), Some(ErrorCondition::ValueTooLong));
    assert_eq!(refused(format!("NTE|{}", "x".repeat(MAX_FIELD_BYTES + 1))), Some(ErrorCondition::ValueTooLong));
}

proptest! {
    #[test]
    fn any_bytes_give_a_message_or_an_error(start in prop::bool::ANY, bytes in prop::collection::vec(prop::num::u8::ANY, 0..200)) {
        let message = [if start { &b"MSH|^~\\&|"[..] } else { b"" }, &bytes].concat();
        if let Ok(message) = Message::parse(&message) {
            for segment in message.segments() {
                let parts = (0..9).flat_map(|n| segment.field(n).repetitions().collect::<Vec<_>>());
                parts.for_each(|part| drop(part.component(2).subcomponent(2).text()));
            }
        }
    }
}
