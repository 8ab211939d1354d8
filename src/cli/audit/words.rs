//! What a verification found, in words.

use std::fmt::Write as _;

use crate::model::civil_day::time_of;
use crate::model::trail::{Finding, Verification};

/// A line for each finding, and what was looked at.
pub(super) fn in_words(found: &Verification) -> String {
    let mut text = String::new();
    for finding in &found.findings {
        // Writing into a text does not fail.
        let _ = writeln!(text, "{}", finding_in_words(finding));
    }
    if found.more {
        text.push_str("and more; --limit lists more of them\n");
    }
    let Verification { records, chains, seals, unsealed, removed, redacted, unchained, .. } = found;
    let _ = writeln!(text, "{records} records in {chains} chains, {seals} seals");
    if let Some(at) = found.sealed_until {
        let _ = writeln!(text, "last sealed {}; {unsealed} records are newer", time_of(at));
    }
    if removed + redacted > 0 {
        let _ = writeln!(text, "{removed} records were removed when their time was over; from {redacted} a patient was taken out");
    }
    if *unchained > 0 {
        let _ = writeln!(text, "{unchained} records are in no chain");
    }
    text.push_str(if found.findings.is_empty() { "nothing is wrong\n" } else { "" });
    text
}

fn finding_in_words(finding: &Finding) -> String {
    match finding {
        Finding::Changed { writer, number, event } => format!("changed: record {event}, link {number} of chain {writer}"),
        Finding::Missing { writer, first, last } if first == last => format!("missing: link {first} of chain {writer}"),
        Finding::Missing { writer, first, last } => format!("missing: links {first} to {last} of chain {writer}"),
        Finding::Misplaced { writer, number, event } => format!("in a wrong place: record {event}, as link {number} of chain {writer}"),
        Finding::Unchained { event } => format!("not the server's: record {event} is in no chain"),
        Finding::SealedOtherwise { writer, number, seal } => {
            format!("sealed otherwise: link {number} of chain {writer} is not the one of seal {seal}")
        }
        Finding::UnknownSeal { writer, number } => {
            format!("seal unknown: chain {writer} is listed as sealed up to link {number}, and the seals say otherwise")
        }
        Finding::BrokenSeal { seal } => format!("broken: seal {seal} was changed, or its key is none of this server's"),
        Finding::MissingSeals { first, last } => format!("missing: seals {first} to {last}"),
        Finding::ReceivedChanged { event } => format!("changed: received record {event}"),
        Finding::ReceivedMissing { event } => format!("missing: received record {event}"),
        Finding::ReceivedUnknown { event } => format!("not the server's: received record {event} is in no chain"),
        Finding::Uncertified { removal } => format!("without certificate: what was removed as {removal}"),
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::model::timestamp::Instant;

    #[test]
    fn a_whole_trail_says_so_and_a_broken_one_says_where() {
        let whole = Verification { records: 3, chains: 1, seals: 1, sealed_until: Some(Instant(0)), unsealed: 1, ..Default::default() };
        assert!(in_words(&whole).ends_with("nothing is wrong\n"), "{}", in_words(&whole));
        let writer = Uuid::from_u128(5);
        let findings = vec![
            Finding::Missing { writer, first: 4, last: 4 },
            Finding::Changed { writer, number: 6, event: "e".to_owned() },
            Finding::BrokenSeal { seal: 2 },
        ];
        let words = in_words(&Verification { findings, more: true, ..whole });
        let expected = "missing: link 4 of chain 00000000-0000-0000-0000-000000000005\n\
            changed: record e, link 6 of chain 00000000-0000-0000-0000-000000000005\n\
            broken: seal 2 was changed, or its key is none of this server's\n\
            and more; --limit lists more of them\n\
            3 records in 1 chains, 1 seals\n";
        assert!(words.starts_with(expected), "{words}");
        assert!(!words.contains("nothing is wrong"));
    }
}
