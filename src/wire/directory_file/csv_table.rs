//! Comma-separated values with a header line to entries.

use serde_json::{Map, Value};

use super::Fault;
use super::fault::Place;
use super::fields::Item;

/// A column of a directory: its name, a path as in `address.city`, and what its cells hold.
pub(super) type Column = (&'static str, Cell);

/// What a cell holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cell {
    /// A text.
    Text,
    /// `true` or `false`.
    Flag,
    /// Texts, with `;` between them.
    Texts,
    /// Periods, with `;` between them: the first day, `/`, and the first day after it or nothing; the two names in the entry.
    Periods(&'static str, &'static str),
    /// Workplaces, with `;` between them: a kind, or a kind, `@` and the key of the establishment; then perhaps `|` and a period.
    Workplaces,
}

/// The entries of a file in UTF-8, with or without a byte order mark.
pub(super) fn items(bytes: &[u8], columns: &[Column]) -> Result<Vec<Item>, Vec<Fault>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let mut reader = csv::ReaderBuilder::new().from_reader(bytes);
    let header = reader.headers().map_err(|error| vec![unreadable(&error, 1)])?.clone();
    let columns = chosen(&header, columns)?;
    let (mut items, mut faults) = (Vec::new(), Vec::new());
    for record in reader.records() {
        match record {
            Ok(record) => items.push(item(&record, &columns)),
            Err(error) => faults.push(unreadable(&error, 0)),
        }
    }
    if faults.is_empty() { Ok(items) } else { Err(faults) }
}

/// The columns in the order of the header.
fn chosen(header: &csv::StringRecord, columns: &[Column]) -> Result<Vec<Column>, Vec<Fault>> {
    let known = || columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ");
    let (mut chosen, mut faults) = (Vec::<Column>::new(), Vec::new());
    for (number, name) in (1..).zip(header) {
        match columns.iter().find(|(column, _)| *column == name) {
            Some(column) if chosen.contains(column) => {
                faults.push(Fault::new(format!("line 1, column {}", column.0), "this column is there twice"));
            }
            Some(column) => chosen.push(*column),
            None => {
                let text = format!("the name of column {number} is not known; the first line names columns, known are {}", known());
                faults.push(Fault::new("line 1", text));
            }
        }
    }
    if header.is_empty() {
        faults.push(Fault::new("line 1", format!("the file is empty; the first line names columns, known are {}", known())));
    }
    if faults.is_empty() { Ok(chosen) } else { Err(faults) }
}

fn item(record: &csv::StringRecord, columns: &[Column]) -> Item {
    let line = record.position().map_or(0, csv::Position::line);
    let mut object = Map::new();
    for ((name, cell), text) in columns.iter().zip(record).filter(|(_, text)| !text.is_empty()) {
        let value = value(*cell, text);
        match name.split_once('.') {
            None => drop(object.insert((*name).to_owned(), value)),
            Some((outer, inner)) => {
                let outer = object.entry(outer).or_insert_with(|| Value::Object(Map::new()));
                if let Some(outer) = outer.as_object_mut() {
                    outer.insert(inner.to_owned(), value);
                }
            }
        }
    }
    Item { place: Place::Line(line), object }
}

fn value(cell: Cell, text: &str) -> Value {
    let parts = || text.split(';').map(str::trim);
    match cell {
        Cell::Text => text.into(),
        Cell::Flag => text.parse().map_or_else(|_| text.into(), Value::Bool),
        Cell::Texts => parts().collect(),
        Cell::Periods(from, until) => parts().map(|part| Value::Object(period(part, from, until))).collect(),
        Cell::Workplaces => parts().map(workplace).collect(),
    }
}

fn workplace(part: &str) -> Value {
    let (place, days) = part.split_once('|').unwrap_or((part, ""));
    let (kind, establishment) = place.split_once('@').map_or((place, Value::Null), |(kind, at)| (kind, at.into()));
    let mut workplace = Map::from_iter([("kind".to_owned(), kind.into()), ("establishment".to_owned(), establishment)]);
    workplace.extend(period(days, "from", "until"));
    Value::Object(workplace)
}

fn period(text: &str, from: &str, until: &str) -> Map<String, Value> {
    let (first, end) = text.split_once('/').unwrap_or((text, ""));
    let days = [(from, first), (until, end)].into_iter().filter(|(_, day)| !day.is_empty());
    days.map(|(name, day)| (name.to_owned(), day.into())).collect()
}

/// A record that is not CSV. The crate's own text is left out: it can quote the record.
fn unreadable(error: &csv::Error, line: u64) -> Fault {
    let line = error.position().map_or(line, csv::Position::line);
    let text = match error.kind() {
        csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
            format!("the line has {len} cells, the header names {expected_len}; put a cell that holds a comma into double quotation marks")
        }
        csv::ErrorKind::Utf8 { .. } => "the line is not UTF-8; save the file in that encoding".to_owned(),
        _ => "the line is not CSV".to_owned(),
    };
    Fault::new(Place::Line(line), text)
}
