//! `matrix.csv`: a row for each type of document, a column for each usage profile.

use std::collections::HashMap;

use super::PolicyFault;
use super::files::TypeLabels;
use super::table::Table;
use crate::model::dsp::{DocumentType, HabilitationMatrix, Right, UsageProfile};

const FILE: &str = "matrix.csv";

/// Columns without which the rules of mandates have nothing to refer to.
const ROLES: [&str; 5] = ["medecin-referent", "patient", "assistant-dsp", "cns", "administrateur-dossier"];

/// The matrix, with the label of each type.
pub(super) fn read(text: &str) -> Result<(HabilitationMatrix, TypeLabels), Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["document_type", "label"])?;
    let mut faults = check_columns(&table);
    let (mut cells, mut labels) = (Vec::new(), Vec::new());
    let mut lines: HashMap<&str, u64> = HashMap::new();
    for row in &table.rows {
        let name = row.cell(0);
        if name.is_empty() {
            faults.push(table.fault(row.line, "the type of document is missing in the first column"));
        }
        if let Some(first) = lines.insert(name, row.line) {
            faults.push(table.fault(row.line, format!("{name} is on line {first} already; give each type one line")));
        }
        labels.push((DocumentType::from(name), row.cell(1).to_owned()));
        for (index, profile) in table.columns.iter().enumerate().skip(2) {
            match right(row.cell(index)) {
                Some(right) => cells.push((UsageProfile::from(profile.as_str()), DocumentType::from(name), right)),
                None => faults.push(table.fault(row.line, cell_fault(name, profile, row.cell(index)))),
            }
        }
    }
    if faults.is_empty() { Ok((HabilitationMatrix::new(cells), labels)) } else { Err(faults) }
}

fn check_columns(table: &Table) -> Vec<PolicyFault> {
    let mut faults = Vec::new();
    for (index, name) in table.columns.iter().enumerate().skip(2) {
        if table.columns.iter().take(index).any(|earlier| earlier == name) {
            faults.push(table.fault(1, format!("the column {name} is there twice; give each usage profile one column")));
        }
    }
    for role in ROLES.iter().filter(|role| !table.columns.iter().any(|name| name == *role)) {
        faults.push(table.fault(1, format!("the column {role} is missing; the mandates of the access rules need it")));
    }
    if table.rows.is_empty() {
        faults.push(table.fault(1, "no type of document is listed; without one nobody may read or write anything"));
    }
    faults
}

fn right(cell: &str) -> Option<Right> {
    match cell {
        "none" => Some(Right { read: false, write: false }),
        "read" => Some(Right { read: true, write: false }),
        "write" => Some(Right { read: false, write: true }),
        "read+write" => Some(Right { read: true, write: true }),
        _ => None,
    }
}

fn cell_fault(document_type: &str, profile: &str, cell: &str) -> String {
    let found = if cell.is_empty() { "is empty".to_owned() } else { format!("says \"{cell}\"") };
    format!("the cell of {document_type} and {profile} {found}; write none, read, write or read+write")
}
