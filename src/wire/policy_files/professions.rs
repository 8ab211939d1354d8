//! `professions.csv`: the usage profile of each profession.

use super::PolicyFault;
use super::table::Table;
use crate::model::dsp::{HabilitationMatrix, Professions, UsageProfile};

const FILE: &str = "professions.csv";

/// The professions; every profile is a column of the matrix.
pub(super) fn read(text: &str, matrix: &HabilitationMatrix) -> Result<Professions, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["profession", "usage_profile"])?;
    let (mut professions, mut faults) = (Professions::default(), Vec::new());
    for row in &table.rows {
        let (profession, profile) = (row.cell(0), UsageProfile::from(row.cell(1)));
        if profession.is_empty() {
            faults.push(table.fault(row.line, "the profession is missing in the first column"));
        }
        if !matrix.knows_profile(&profile) {
            faults.push(table.fault(row.line, format!("{profile} is no usage profile of matrix.csv")));
        }
        if !professions.add(profession, profile) {
            faults.push(table.fault(row.line, format!("{profession} is there already; give each profession one line")));
        }
    }
    if faults.is_empty() { Ok(professions) } else { Err(faults) }
}
