//! `confidentiality.csv`: which level a `confidentialityCode` of another system means in the header of a document.

use std::collections::BTreeMap;

use super::PolicyFault;
use super::table::Table;
use crate::model::dsp::{Level, LevelCodes};

const FILE: &str = "confidentiality.csv";

/// The table; no code means two levels.
pub(super) fn read(text: &str) -> Result<LevelCodes, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["level", "code", "system"])?;
    let (mut codes, mut faults) = (BTreeMap::new(), Vec::new());
    for row in &table.rows {
        let Some(level) = Level::of_code(row.cell(0)) else {
            faults.push(
                table.fault(row.line, format!("\"{}\" is no level; levels are STANDARD, CONFIDENTIEL, PRIVE and ANNONCE", row.cell(0))),
            );
            continue;
        };
        let (code, system) = (row.cell(1).to_owned(), row.cell(2).to_owned());
        if code.is_empty() || system.is_empty() {
            faults.push(table.fault(row.line, "a code has a text and a system; write both"));
        }
        if let Some(other) = codes.insert((code, system), level) {
            faults.push(table.fault(row.line, format!("the code means {other} on an earlier line; a code means one level")));
        }
    }
    let level_codes = || LevelCodes::new(codes.into_iter().map(|((code, system), level)| (code, system, level)));
    if faults.is_empty() { Ok(level_codes()) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_fault_is_told_with_its_line() {
        let faults = read("level,code,system\nSECRET,R,1.2\nPRIVE,V,1.2\nSTANDARD,V,1.2\nSTANDARD,,1.2\n").unwrap_err();
        let lines: Vec<_> = faults.iter().map(ToString::to_string).collect();
        assert_eq!(lines.len(), 3, "{lines:?}");
        for (line, words) in lines.iter().zip(["no level", "means PRIVE", "write both"]) {
            assert!(line.contains(words), "{line}");
        }
    }
}
