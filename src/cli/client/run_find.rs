//! `dossier client find`, done.

use serde_json::{Value, json};

use crate::cli::{Failure, print_json, print_text};
use crate::client::soap::{FIND_DOCUMENTS, ReturnType, Timeouts, WrittenParameter, quoted, quoted_list};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::code::Code;
use crate::model::document_entry::DocumentEntry;
use crate::model::timestamp::Dtm;

use super::caller::Services;
use super::printable::{printable, table};
use super::refusal::in_words;
use super::{CodeText, Find, Status, note};

/// How much of a title a table shows, in characters.
const TITLE: usize = 40;

impl Find {
    /// Runs the subcommand.
    ///
    /// # Errors
    /// All that can keep the registry from answering.
    pub fn run(&self) -> Result<(), Failure> {
        let timeouts = Timeouts { answer: self.timeout, ..Timeouts::default() };
        let (client, _) = self.caller.client(&Services { registry: self.url.as_deref(), repository: None }, timeouts)?;
        let return_type = if self.object_refs { ReturnType::ObjectRef } else { ReturnType::LeafClass };
        let found = client.stored_query(FIND_DOCUMENTS, return_type, &self.parameters()?)?;
        found.outcome.errors.iter().for_each(|error| note(&in_words(error)));
        found.unreadable.iter().for_each(|fault| note(&printable(&format!("left out, cannot be read: {}", fault.context))));
        let ids: Vec<String> = found.object_refs.iter().map(ToString::to_string).collect();
        let entries = &found.objects.entries;
        match (self.object_refs, self.json) {
            (true, true) => print_json(&ids.iter().map(|id| json!({"entryUUID": id})).collect()),
            (false, true) => print_json(&entries.iter().map(in_json).collect()),
            (true, false) if !ids.is_empty() => print_text(&(ids.join("\n") + "\n")),
            (false, false) if !entries.is_empty() => {
                let rows: Vec<_> = entries.iter().map(row).collect();
                print_text(&table(["TITLE", "TYPE", "TIME (UTC)", "STATUS", "UNIQUE ID"], &rows))
            }
            (_, false) => print_text("no documents\n"),
        }
    }

    fn parameters(&self) -> Result<Vec<WrittenParameter<'static>>, Failure> {
        let statuses = match self.status {
            Status::Approved => vec![AvailabilityStatus::Approved],
            Status::Deprecated => vec![AvailabilityStatus::Deprecated],
            Status::All => vec![AvailabilityStatus::Approved, AvailabilityStatus::Deprecated],
        };
        let time = |flag: &str, text: &Option<String>| match text {
            Some(text) => super::submission::parsed(flag, Dtm::try_from(text.clone())).map(|time| vec![time.to_string()]),
            None => Ok(Vec::new()),
        };
        let all = [
            ("$XDSDocumentEntryPatientId", vec![quoted(&self.patient)]),
            ("$XDSDocumentEntryStatus", quoted_list(statuses.iter().map(|status| status.urn()))),
            ("$XDSDocumentEntryClassCode", quoted_list(self.class_codes.iter().map(code_and_scheme))),
            ("$XDSDocumentEntryTypeCode", quoted_list(self.type_codes.iter().map(code_and_scheme))),
            ("$XDSDocumentEntryCreationTimeFrom", time("--from", &self.from)?),
            ("$XDSDocumentEntryCreationTimeTo", time("--to", &self.to)?),
        ];
        Ok(all.into_iter().filter(|(_, values)| !values.is_empty()).collect())
    }
}

/// `code^^scheme` (ITI TF-2: 3.18.4.1.2.3.4).
fn code_and_scheme(code: &CodeText) -> String {
    format!("{}^^{}", code.code, code.scheme)
}

fn row(entry: &DocumentEntry) -> [String; 5] {
    let title = printable(entry.title.first().unwrap_or("-"));
    let kind = entry.type_code.display.first().unwrap_or(&entry.type_code.code);
    let time = entry.creation_time.as_ref().map_or("-", Dtm::as_str);
    [shortened(title), shortened(printable(kind)), readable(time), status(entry).to_owned(), entry.unique_id.to_string()]
}

fn shortened(text: String) -> String {
    if text.chars().count() <= TITLE {
        return text;
    }
    text.chars().take(TITLE - 1).chain(['…']).collect()
}

/// `YYYY-MM-DD hh:mm:ss`, as far as it is known.
fn readable(dtm: &str) -> String {
    let marks = [(4, '-'), (6, '-'), (8, ' '), (10, ':'), (12, ':')];
    let mut text = String::new();
    for (position, digit) in dtm.chars().enumerate() {
        text.extend(marks.iter().find(|(at, _)| *at == position).map(|(_, mark)| *mark));
        text.push(digit);
    }
    text
}

fn status(entry: &DocumentEntry) -> &'static str {
    match entry.availability_status {
        AvailabilityStatus::Approved => "Approved",
        AvailabilityStatus::Deprecated => "Deprecated",
    }
}

/// The attributes under their names in ITI TF-3: Table 4.2.3.2-1.
fn in_json(entry: &DocumentEntry) -> Value {
    let code = |code: &Code| json!({"code": code.code, "codingScheme": code.scheme, "displayName": code.display.first()});
    let codes = |codes: &[Code]| codes.iter().map(code).collect::<Value>();
    json!({
        "entryUUID": entry.entry_uuid.to_string(),
        "uniqueId": entry.unique_id.as_str(),
        "repositoryUniqueId": entry.repository_unique_id.as_ref().map(|id| id.as_str()),
        "availabilityStatus": status(entry),
        "title": entry.title.first(),
        "creationTime": entry.creation_time.as_ref().map(Dtm::as_str),
        "author": entry.authors.iter().filter_map(|author| author.person.as_ref()).map(|person| person.as_str()).collect::<Vec<_>>(),
        "classCode": code(&entry.class_code),
        "typeCode": code(&entry.type_code),
        "formatCode": code(&entry.format_code),
        "healthcareFacilityTypeCode": code(&entry.healthcare_facility_type_code),
        "practiceSettingCode": code(&entry.practice_setting_code),
        "confidentialityCode": codes(&entry.confidentiality_codes),
        "eventCodeList": codes(&entry.event_codes),
        "languageCode": entry.language_code,
        "mimeType": entry.mime_type,
        "hash": entry.hash.as_ref().map(|hash| hash.as_str()),
        "size": entry.size,
    })
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct Line {
        #[command(flatten)]
        find: Find,
    }

    fn parameters(more: &[&str]) -> Result<Vec<WrittenParameter<'static>>, Failure> {
        let line = ["find", "--patient", "P1^^^&1.3.182.4.4&ISO"];
        Line::try_parse_from(line.iter().chain(more)).unwrap().find.parameters()
    }

    #[test]
    fn a_question_has_the_parameters_that_were_asked_for() {
        let names = |more: &[&str]| parameters(more).unwrap().iter().map(|(name, _)| *name).collect::<Vec<_>>();
        assert_eq!(names(&[]), ["$XDSDocumentEntryPatientId", "$XDSDocumentEntryStatus"]);
        let all = parameters(&["--status", "all", "--type-code", "t'^s", "--from", "2026"]).unwrap();
        let values = all.iter().map(|(_, values)| values.join(" ")).collect::<Vec<_>>();
        assert_eq!(values[0], "'P1^^^&1.3.182.4.4&ISO'");
        assert!(values[1].contains("Approved') ('urn") && values[1].ends_with("Deprecated')"), "{}", values[1]);
        assert_eq!(values[2..], ["('t''^^s')", "2026"]);
        assert!(parameters(&["--to", "20261332"]).unwrap_err().to_string().starts_with("--to"));
    }

    #[test]
    fn times_and_titles_are_made_readable() {
        assert_eq!((readable("20260401093000").as_str(), readable("202604").as_str()), ("2026-04-01 09:30:00", "2026-04"));
        assert_eq!(shortened("a".repeat(41)).chars().count(), 40);
        assert_eq!(shortened("a".repeat(40)), "a".repeat(40));
    }
}
