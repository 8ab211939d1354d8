//! `dossier client feed`, done.

use serde_json::json;
use uuid::Uuid;

use crate::cli::{Exit, Failure, print_json, print_text};
use crate::client::Acknowledgement;
use crate::client::patient_feed::{TriggerEvent, feed};
use crate::model::patient_feed::{
    AdministrativeSex, FeedEvent, FeedParty, PartialDate, PatientDemographics, PatientFeed, PatientMerge, PersonName,
};
use crate::server::clock;

use super::printable::printable;
use super::submission::parsed;
use super::{Event, Feed, Sex};

impl Feed {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// A wrong value, no answer, or an answer other than AA.
    pub fn run(&self) -> Result<(), Failure> {
        let control_id: String = Uuid::new_v4().simple().to_string().chars().take(20).collect();
        let asked = self.feed(&control_id, clock::instant().to_dtm().to_string())?;
        let failed = |error: &dyn std::error::Error| Failure::new(Exit::Failed, printable(&format!("{}: {error}", self.mllp)));
        let tls = self.trust.load()?;
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(|error| failed(&error))?;
        let answer =
            runtime.block_on(feed(&self.mllp, &tls, &asked, self.event.trigger(), self.timeout)).map_err(|error| failed(&error))?;
        self.report(&answer)
    }

    fn report(&self, answer: &Acknowledgement) -> Result<(), Failure> {
        let error = answer.error.as_deref().map(printable);
        if self.json {
            print_json(&json!({"acknowledgement": answer.code, "controlId": answer.control_id, "error": error}))?;
        }
        let words = match answer.code.as_str() {
            "AA" | "CA" if self.json => return Ok(()),
            "AA" | "CA" => return print_text(&format!("accepted ({}), message {}\n", answer.code, answer.control_id)),
            "AE" | "CE" => "the server refuses the message for its content",
            "AR" | "CR" => "the server rejects the message",
            _ => "the server gives an acknowledgement code that HL7 does not know",
        };
        Err(Failure::new(Exit::Refused, format!("{words} ({})", printable(&answer.code))).with_details(error))
    }

    fn feed(&self, control_id: &str, now: String) -> Result<PatientFeed, Failure> {
        Ok(PatientFeed {
            event: self.feed_event()?,
            message_control_id: control_id.to_owned(),
            sender: FeedParty { application: "DOSSIER-CLIENT".to_owned(), facility: "TEST".to_owned() },
            receiver: FeedParty { application: "DOSSIER".to_owned(), facility: "TEST".to_owned() },
            message_time: Some(now),
        })
    }

    fn feed_event(&self) -> Result<FeedEvent, Failure> {
        let patient_id = parsed("--patient", self.patient.parse())?;
        if let Event::A40 = self.event {
            let replaced = self.replaces.as_deref().ok_or_else(|| Failure::new(Exit::Usage, "--replaces is needed with A40"))?;
            let subsumed = vec![parsed("--replaces", replaced.parse())?];
            return Ok(FeedEvent::Merge(vec![PatientMerge { surviving: vec![patient_id], subsumed }]));
        }
        let birth_date = self.birth_date.clone().map(|date| parsed("--birth-date", PartialDate::try_from(date))).transpose()?;
        let patient = PatientDemographics {
            identifiers: vec![patient_id],
            name: self.name.as_deref().map(name),
            birth_date,
            sex: self.sex.map(Sex::administrative),
            ..PatientDemographics::default()
        };
        Ok(match self.event {
            Event::A08 | Event::A31 => FeedEvent::Revise { patient, removed: Vec::new() },
            Event::A01 | Event::A04 | Event::A05 | Event::A28 | Event::A40 => FeedEvent::Add(patient),
        })
    }
}

/// FAMILY^GIVEN^FURTHER…
fn name(text: &str) -> PersonName {
    let mut parts = text.split('^').map(str::trim).map(str::to_owned);
    let family = parts.next().filter(|family| !family.is_empty());
    PersonName { family, given: parts.filter(|given| !given.is_empty()).collect(), ..PersonName::default() }
}

impl Event {
    fn trigger(self) -> TriggerEvent {
        match self {
            Self::A01 => TriggerEvent::A01,
            Self::A04 => TriggerEvent::A04,
            Self::A05 => TriggerEvent::A05,
            Self::A08 => TriggerEvent::A08,
            Self::A28 => TriggerEvent::A28,
            Self::A31 => TriggerEvent::A31,
            Self::A40 => TriggerEvent::A40,
        }
    }
}

impl Sex {
    fn administrative(self) -> AdministrativeSex {
        match self {
            Self::F => AdministrativeSex::Female,
            Self::M => AdministrativeSex::Male,
            Self::O => AdministrativeSex::Other,
            Self::U => AdministrativeSex::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;
    use crate::client::patient_feed::message;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        feed: Feed,
    }

    fn line(event: &str, more: &[&str]) -> Feed {
        let line = ["feed", event, "--patient", "P1^^^&1.3.182.4.4&ISO"];
        Line::try_parse_from(line.iter().chain(more)).unwrap().feed
    }

    #[test]
    fn every_event_becomes_a_message_that_says_the_same() {
        for event in ["A01", "A04", "A05", "A08", "A28", "A31", "A40"] {
            let more = ["--replaces", "P2^^^&1.3.182.4.4&ISO", "--name", "MUSTER^ERIKA", "--birth-date", "1960", "--sex", "F"];
            let line = line(event, &more);
            let asked = line.feed("M1", "20260401".to_owned()).unwrap();
            let message = String::from_utf8(message(&asked, line.event.trigger()).unwrap()).unwrap();
            let expected = if event == "A40" { "\rMRG|P2^^^&1.3.182.4.4&ISO\r" } else { "|MUSTER^ERIKA^^^^^L||1960|F\r" };
            assert!(message.contains(expected) && message.contains("|M1|P|2.3.1\r"), "{event}: {message}");
        }
    }

    #[test]
    fn answers_are_told_apart_by_their_code() {
        let report = |code: &str, error: Option<&str>| {
            let answer = Acknowledgement { code: code.into(), control_id: "M1".into(), error: error.map(str::to_owned) };
            line("A01", &[]).report(&answer)
        };
        assert!(report("AA", None).is_ok());
        let refused = report("AE", Some("PID-3: send it")).unwrap_err();
        assert_eq!((refused.exit_code, refused.details.as_slice()), (Exit::Refused, &["PID-3: send it".to_owned()][..]));
        assert_eq!(report("", None).unwrap_err().exit_code, Exit::Refused);
    }

    #[test]
    fn a_birth_date_is_a_day_at_most() {
        let failure = line("A01", &["--birth-date", "196004010930"]).feed_event().unwrap_err();
        assert!(failure.to_string().starts_with("--birth-date"), "{failure}");
    }
}
