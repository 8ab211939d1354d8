//! Reading a resource and noting every fault in it.

use serde_json::Value;

use super::codes::code_of_concept;
use super::times::dtm_of;
use crate::model::code::Code;
use crate::model::timestamp::Dtm;
use crate::wire::fhir::fields::{at, text};
use crate::wire::fhir::{Issue, IssueCode};

/// A resource at a place, and the faults found so far.
pub(super) struct Reading<'v> {
    pub(super) resource: &'v Value,
    path: String,
    pub(super) faults: Vec<Issue>,
}

impl<'v> Reading<'v> {
    /// A resource; `path` is where it stands, such as `DocumentReference` or `Bundle.entry[1].resource`.
    pub(super) fn new(resource: &'v Value, path: &str) -> Self {
        Self { resource, path: path.to_owned(), faults: Vec::new() }
    }

    /// Notes a fault in an element of the resource.
    pub(super) fn fault(&mut self, code: IssueCode, element: &str, what: &str) {
        let place = format!("{}.{}", self.path, indexed(element));
        self.faults.push(Issue::error(code, format!("{place}: {what}")).at(place));
    }

    /// The text of an element, if it is there.
    pub(super) fn text(&self, element: &str) -> Option<&'v str> {
        text(self.resource, element)
    }

    /// The time of an element; a fault if it is none.
    pub(super) fn time(&mut self, element: &str) -> Option<Dtm> {
        let text = self.text(element)?;
        let time = dtm_of(text);
        if time.is_none() {
            self.fault(
                IssueCode::Value,
                element,
                "not a dateTime, such as 2025-03-17T09:00:00+01:00 or 2025-03 (FHIR R4, datatypes.html#dateTime)",
            );
        }
        time
    }

    /// The code of a CodeableConcept; a fault if it is there and has no coding with system and code.
    pub(super) fn code(&mut self, element: &str) -> Option<Code> {
        let concept = at(self.resource, element)?;
        let code = code_of_concept(concept);
        if code.is_none() {
            self.fault(
                IssueCode::Required,
                element,
                "no coding has both system and code, which Document Sharing needs (ITI TF-3: 4.2.3.1.2)",
            );
        }
        code
    }

    /// The codes of a repeating CodeableConcept.
    pub(super) fn codes(&mut self, element: &str) -> Vec<Code> {
        let count = at(self.resource, element).and_then(Value::as_array).map_or(0, Vec::len);
        (0..count).filter_map(|number| self.code(&format!("{element}.{number}"))).collect()
    }
}

/// `content.0.format` as FHIRPath writes it: `content[0].format`.
fn indexed(element: &str) -> String {
    let mut path = String::new();
    for step in element.split('.') {
        match step.parse::<usize>() {
            Ok(number) => path.push_str(&format!("[{number}]")),
            Err(_) if path.is_empty() => path.push_str(step),
            Err(_) => path.push_str(&format!(".{step}")),
        }
    }
    path
}
