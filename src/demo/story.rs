//! What happens in the story of the sample population up to the time at which it is described, and when.

use std::fmt;

use time::macros::{datetime, format_description};
use time::{OffsetDateTime, PrimitiveDateTime};

use super::{BrokenFixture, SampleDocument};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

/// The time at which the sample population is described: 2025-03-17, 9 o'clock in Luxembourg.
pub const DESCRIBED_AT: Instant = instant(datetime!(2025-03-17 09:00 +1));
/// When directories and records are handed over, before anybody acts.
pub const BEGINNING: Instant = instant(datetime!(2024-05-01 10:00 +2));

/// P10 closes their own record.
const CLOSES: &str = "1968101099061";
const CLOSING: Instant = instant(datetime!(2024-11-04 16:20 +1));

/// Documents that are sent at the standard level, and made private by their patients at that time.
const MADE_PRIVATE: [(&str, Instant); 2] =
    [("K08.xml", instant(datetime!(2024-10-15 20:00 +2))), ("K17.xml", instant(datetime!(2024-07-23 20:00 +2)))];

const fn instant(at: OffsetDateTime) -> Instant {
    Instant(at.unix_timestamp() * 1_000_000)
}

/// An act of somebody. A patient who acts is named by the id alone (a matricule).
#[derive(Debug, Clone)]
pub enum Event<'a> {
    /// The author sends a document, at the standard level if its patient makes it private later.
    Submit(&'a SampleDocument),
    /// The patient makes a document private.
    MakePrivate(&'a SampleDocument, PatientId),
    /// The patient closes the record.
    Close(&'static str),
}

impl fmt::Display for Event<'_> {
    fn fmt(&self, text: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Submit(document) if document.refused => write!(text, "{} (refused, as it has to be)", document.file_name),
            Self::Submit(document) => text.write_str(document.file_name),
            Self::MakePrivate(document, _) => write!(text, "{} made private", document.file_name),
            Self::Close(_) => text.write_str("a record closed"),
        }
    }
}

impl SampleDocument {
    /// Whether its patient makes it private after it was sent.
    pub fn is_made_private(&self) -> bool {
        MADE_PRIVATE.iter().any(|(file, _)| *file == self.file_name)
    }
}

/// All of them in order, each with its time. The last one is a document that is accepted.
///
/// # Errors
/// A document has no time.
pub fn events(documents: &[SampleDocument]) -> Result<Vec<(Instant, Event<'_>)>, BrokenFixture> {
    let mut events = vec![(CLOSING, Event::Close(CLOSES))];
    for document in documents {
        events.push((submitted_at(document)?, Event::Submit(document)));
        let private = MADE_PRIVATE.into_iter().find(|(file, _)| *file == document.file_name);
        let patient = || document.request.submission_set.patient_id.clone();
        events.extend(private.map(|(_, at)| (at, Event::MakePrivate(document, patient()))));
    }
    events.sort_by_key(|(at, _)| *at);
    Ok(events)
}

fn submitted_at(document: &SampleDocument) -> Result<Instant, BrokenFixture> {
    let text = document.request.submission_set.submission_time.first_second();
    let format = format_description!("[year][month][day][hour][minute][second]");
    let time = PrimitiveDateTime::parse(&text, format).map_err(|error| BrokenFixture(format!("{}: {error}", document.file_name)))?;
    Ok(instant(time.assume_utc()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::{all_documents, patients};

    #[test]
    fn everything_happens_in_order_before_the_time_of_the_description() {
        let documents = all_documents(&patients().unwrap()).unwrap();
        let events = events(&documents).unwrap();
        assert!(events.is_sorted_by_key(|(at, _)| *at));
        assert!(BEGINNING < events[0].0 && events.last().unwrap().0 < DESCRIBED_AT);
        assert!(matches!(events.last().unwrap().1, Event::Submit(document) if !document.refused));
        let count = |is: fn(&Event<'_>) -> bool| events.iter().filter(|(_, event)| is(event)).count();
        assert_eq!(count(|event| matches!(event, Event::Submit(document) if document.refused)), 2);
        assert_eq!(count(|event| matches!(event, Event::MakePrivate(..))), 2);
    }
}
