//! The values of one entry, whichever form it came in.

use serde_json::{Map, Value};

use super::Fault;
use super::fault::Place;
use crate::model::patient_feed::PartialDate;

/// One entry as it stands in the file.
#[derive(Debug)]
pub(super) struct Item {
    pub(super) place: Place,
    pub(super) object: Map<String, Value>,
}

/// An entry, or an object inside one, being read. A value that is missing or wrong becomes a fault, and reading goes on,
/// so that all faults are told at once.
pub(super) struct Fields<'a> {
    place: Place,
    prefix: String,
    object: &'a Map<String, Value>,
    faults: &'a mut Vec<Fault>,
}

impl<'a> Fields<'a> {
    /// The values of an entry, which may have these `names` only.
    pub(super) fn of(item: &'a Item, names: &[&str], faults: &'a mut Vec<Fault>) -> Self {
        let fields = Self { place: item.place, prefix: String::new(), object: &item.object, faults };
        fields.knowing(names)
    }

    fn knowing(self, names: &[&str]) -> Self {
        for unknown in self.object.keys().filter(|key| !names.contains(&key.as_str())) {
            let text = format!("this name is not known here; known are {}", names.join(", "));
            self.faults.push(Fault::new(self.place.of(&format!("{}{unknown}", self.prefix)), text));
        }
        self
    }

    /// Notes a fault of the value `name`.
    pub(super) fn fault(&mut self, name: &str, text: impl Into<String>) {
        self.faults.push(Fault::new(self.place.of(&format!("{}{name}", self.prefix)), text));
    }

    fn present(&self, name: &str) -> Option<&'a Value> {
        self.object.get(name).filter(|value| !value.is_null())
    }

    /// A text, if there is one; blank is none.
    pub(super) fn text(&mut self, name: &str) -> Option<String> {
        match self.present(name)? {
            Value::String(text) if text.trim().is_empty() => None,
            Value::String(text) if text.trim() == text && !text.chars().any(char::is_control) => Some(text.clone()),
            Value::String(_) => {
                self.fault(name, "a text has no white space at its ends and no control characters");
                None
            }
            _ => {
                self.fault(name, "a text is expected");
                None
            }
        }
    }

    /// A text that has to be there; an empty one and a fault where it is not.
    pub(super) fn required(&mut self, name: &str) -> String {
        let before = self.faults.len();
        let text = self.text(name);
        if text.is_none() && self.faults.len() == before {
            self.fault(name, "a value is required");
        }
        text.unwrap_or_default()
    }

    /// A text in a form of its own.
    pub(super) fn parsed<T>(&mut self, name: &str, parse: impl FnOnce(String) -> Result<T, String>) -> Option<T> {
        let text = self.text(name)?;
        parse(text).map_err(|expected| self.fault(name, expected)).ok()
    }

    /// Yes or no, which has to be said.
    pub(super) fn flag(&mut self, name: &str) -> bool {
        match self.present(name) {
            Some(Value::Bool(value)) => *value,
            _ => {
                self.fault(name, "true or false is required");
                false
            }
        }
    }

    /// Yes or no, where it is said.
    pub(super) fn optional_flag(&mut self, name: &str) -> Option<bool> {
        self.present(name).is_some().then(|| self.flag(name))
    }

    /// A day of the calendar.
    pub(super) fn day(&mut self, name: &str) -> Option<String> {
        self.parsed(name, |text| if is_day(&text) { Ok(text) } else { Err(DAY.to_owned()) })
    }

    /// The first day of something and the first day after it, as far as they are given.
    pub(super) fn period(&mut self, from: &str, until: &str) -> (Option<String>, Option<String>) {
        let (first, end) = (self.day(from), self.day(until));
        if first.is_some() && end.is_some() && end <= first {
            self.fault(until, format!("this day comes after {from}: it is the first one on which it no longer holds"));
        }
        (first, end)
    }

    /// A list of texts in a form of their own.
    pub(super) fn all_parsed<T>(&mut self, name: &str, parse: impl Fn(String) -> Result<T, String>) -> Vec<T> {
        let read: Result<Vec<_>, _> = self.texts(name).into_iter().map(parse).collect();
        read.unwrap_or_else(|expected| {
            self.fault(name, expected);
            Vec::new()
        })
    }

    /// A list of texts, perhaps empty.
    pub(super) fn texts(&mut self, name: &str) -> Vec<String> {
        let Some(value) = self.present(name) else { return Vec::new() };
        let text = |value: &Value| value.as_str().filter(|text| !text.trim().is_empty()).map(str::to_owned);
        let texts = value.as_array().and_then(|list| list.iter().map(text).collect());
        texts.unwrap_or_else(|| {
            self.fault(name, "a list of texts is expected, none of them empty");
            Vec::new()
        })
    }

    /// An object inside, which may have these `names` only, if there is one.
    pub(super) fn inside<T>(&mut self, name: &str, names: &[&str], read: impl FnOnce(&mut Fields<'_>) -> T) -> Option<T> {
        match self.present(name)? {
            Value::Object(object) => {
                let prefix = format!("{}{name}.", self.prefix);
                Some(read(&mut Fields { place: self.place, prefix, object, faults: self.faults }.knowing(names)))
            }
            _ => {
                self.fault(name, "an object is expected");
                None
            }
        }
    }

    /// The objects of a list, each of which may have these `names` only.
    pub(super) fn objects<T>(&mut self, name: &str, names: &[&str], read: impl Fn(&mut Fields<'_>) -> T) -> Vec<T> {
        let Some(value) = self.present(name) else { return Vec::new() };
        let objects: Option<Vec<_>> = value.as_array().and_then(|list| list.iter().map(Value::as_object).collect());
        let Some(objects) = objects else {
            self.fault(name, "a list of objects is expected");
            return Vec::new();
        };
        let numbered = objects.into_iter().enumerate();
        let each = numbered.map(|(index, object)| {
            let prefix = format!("{}{name}[{index}].", self.prefix);
            read(&mut Fields { place: self.place, prefix, object, faults: self.faults }.knowing(names))
        });
        each.collect()
    }
}

/// What a day looks like.
pub(super) const DAY: &str = "a day has the form YYYY-MM-DD and exists in the calendar";

/// Whether it is a day of the calendar.
pub(super) fn is_day(text: &str) -> bool {
    let dashes_fit = text.len() == 10 && text.bytes().enumerate().all(|(at, byte)| (byte == b'-') == matches!(at, 4 | 7));
    dashes_fit && PartialDate::try_from(text.replace('-', "")).is_ok()
}
