//! The settings file, in TOML.

use std::path::Path;

use toml::Spanned;
use toml::de::{DeArray, DeString, DeTable, DeValue};

use super::assignment::{Assignment, unknown_key};
use crate::settings::kinds::Given;
use crate::settings::nearest::nearest;
use crate::settings::{Origin, Problem, Settings};

type Outcome = Result<Assignment, Problem>;
type Entry<'a, 'i> = (&'a Spanned<DeString<'i>>, &'a Spanned<DeValue<'i>>);

pub(super) fn read(path: &Path) -> Vec<Outcome> {
    match std::fs::read_to_string(path) {
        Ok(text) => parse(path, &text),
        Err(error) => {
            let what = format!("the settings file cannot be read ({error})");
            vec![Err(Problem::new(path.display(), what, "check --config or DOSSIER_CONFIG"))]
        }
    }
}

fn parse(path: &Path, text: &str) -> Vec<Outcome> {
    let (table, mut errors) = DeTable::parse_recoverable(text);
    errors.sort_by_key(|error| error.span().map(|span| span.start));
    let file = File { path, text };
    if errors.is_empty() {
        let mut entries: Vec<Entry> = table.get_ref().iter().collect();
        // The table is sorted by name; problems are told in the order of the file.
        entries.sort_by_key(|(key, _)| key.span().start);
        entries.into_iter().flat_map(|entry| file.top(entry)).collect()
    } else {
        errors.iter().map(|error| Err(file.not_toml(error))).collect()
    }
}

struct File<'a> {
    path: &'a Path,
    text: &'a str,
}

impl File<'_> {
    /// An entry at the top of the file: a setting or a section.
    fn top(&self, (key, value): Entry) -> Vec<Outcome> {
        let name = key.get_ref().as_ref();
        let is_section = !name.is_empty() && Settings::SECTIONS.iter().any(|section| section.name == name);
        match value.get_ref().as_table() {
            Some(table) if is_section => {
                let mut entries: Vec<Entry> = table.iter().collect();
                entries.sort_by_key(|(key, _)| key.span().start);
                entries.into_iter().map(|entry| self.setting(&format!("{name}.{}", entry.0.get_ref()), entry)).collect()
            }
            Some(_) if Settings::declared(name).is_none() => {
                vec![Err(self.unknown_section(name, key))]
            }
            None if is_section => vec![Err(self.section_with_value(name, key))],
            Some(_) | None => vec![self.setting(name, (key, value))],
        }
    }

    fn setting(&self, dotted: &str, (key, value): Entry) -> Outcome {
        let origin = self.origin(key.span().start);
        let setting = Settings::declared(dotted).ok_or_else(|| unknown_key(dotted, &origin))?;
        Ok(Assignment { setting, given: given(value.get_ref()), origin })
    }

    fn unknown_section(&self, name: &str, key: &Spanned<DeString>) -> Problem {
        let sections = Settings::SECTIONS.iter().map(|section| section.name.to_owned());
        let mend = match nearest(name, sections) {
            Some(nearest) => format!("did you mean [{nearest}]?"),
            None => "dossier config print lists all settings".to_owned(),
        };
        let what = format!("there is no section [{}]", name.escape_debug());
        Problem::new(self.origin(key.span().start), what, mend)
    }

    fn section_with_value(&self, name: &str, key: &Spanned<DeString>) -> Problem {
        let what = format!("{name} is a section, not a setting");
        Problem::new(self.origin(key.span().start), what, format!("write [{name}] on a line of its own"))
    }

    /// Only the message is repeated, never the line: it may hold a secret.
    fn not_toml(&self, error: &toml::de::Error) -> Problem {
        let start = error.span().map_or(0, |span| span.start);
        let what = format!("this is not TOML: {}", error.message().replace('\n', ", "));
        Problem::new(self.origin(start), what, "see https://toml.io for how TOML is written")
    }

    /// The origin with the line (from 1) in which the byte at `offset` stands.
    fn origin(&self, offset: usize) -> Origin {
        let newlines = self.text.bytes().take(offset).filter(|byte| *byte == b'\n').count();
        Origin::File(self.path.to_owned(), newlines + 1)
    }
}

fn given(value: &DeValue) -> Given {
    match value {
        DeValue::String(text) => Given::Quoted(text.to_string()),
        DeValue::Integer(number) => Given::Number(number.to_string()),
        DeValue::Float(number) => Given::Number(number.to_string()),
        DeValue::Array(items) => list(items),
        DeValue::Boolean(value) => Given::Boolean(*value),
        DeValue::Datetime(_) => Given::Other("date"),
        DeValue::Table(_) => Given::Other("table"),
    }
}

fn list(items: &DeArray) -> Given {
    let texts = items.iter().map(|item| item.get_ref().as_str().map(str::to_owned));
    texts.collect::<Option<Vec<_>>>().map_or(Given::Other("list of something other than texts"), Given::List)
}
