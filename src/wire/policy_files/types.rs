//! `types.csv`: which type of document a `typeCode` means.

use std::collections::BTreeMap;

use super::PolicyFault;
use super::table::Table;
use crate::model::dsp::{DocumentType, HabilitationMatrix, TypeCodes};

const FILE: &str = "types.csv";

/// The table: every type of the matrix has a code, and no code means two types.
pub(super) fn read(text: &str, matrix: &HabilitationMatrix) -> Result<TypeCodes, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["document_type", "code", "system"])?;
    let (mut codes, mut faults) = (BTreeMap::new(), Vec::new());
    for row in &table.rows {
        let document_type = DocumentType::from(row.cell(0));
        let (code, system) = (row.cell(1).to_owned(), row.cell(2).to_owned());
        if !matrix.knows(&document_type) {
            faults.push(table.fault(row.line, format!("{document_type} is no type of matrix.csv")));
        }
        if code.is_empty() || system.is_empty() {
            faults.push(table.fault(row.line, "a code has a text and a system; write both"));
        }
        if let Some(other) = codes.insert((code, system), document_type) {
            faults.push(table.fault(row.line, format!("the code means {other} on an earlier line; a code means one type")));
        }
    }
    let missing = matrix.types().filter(|known| !codes.values().any(|document_type| document_type == *known));
    faults.extend(missing.map(|document_type| table.fault(1, format!("{document_type} of matrix.csv has no code; add a line for it"))));
    if faults.is_empty() { Ok(TypeCodes::new(codes.into_iter().map(|((code, system), of)| (code, system, of)))) } else { Err(faults) }
}
