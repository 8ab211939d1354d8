//! `constraints.csv`: rules of single types of documents that no cell of the matrix can hold.

use std::collections::BTreeMap;

use super::PolicyFault;
use super::table::{Row, Table};
use crate::model::dsp::{DocumentType, Format, HabilitationMatrix, TypeConstraint, UsageProfile};

const FILE: &str = "constraints.csv";

/// The rules of each type that has some.
pub(super) fn read(text: &str, matrix: &HabilitationMatrix) -> Result<BTreeMap<DocumentType, Vec<TypeConstraint>>, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["document_type", "constraint", "value"])?;
    let (mut constraints, mut faults) = (BTreeMap::<_, Vec<_>>::new(), Vec::new());
    for row in &table.rows {
        let document_type = DocumentType::from(row.cell(0));
        if !matrix.knows(&document_type) {
            faults.push(table.fault(row.line, format!("{document_type} is no type of matrix.csv")));
        }
        match constraint(row, matrix) {
            Ok(constraint) => constraints.entry(document_type).or_default().push(constraint),
            Err(text) => faults.push(table.fault(row.line, text)),
        }
    }
    if faults.is_empty() { Ok(constraints) } else { Err(faults) }
}

fn constraint(row: &Row, matrix: &HabilitationMatrix) -> Result<TypeConstraint, String> {
    let value = row.cell(2);
    match (row.cell(1), value) {
        ("from", "laboratory") => Ok(TypeConstraint::FromLaboratory),
        ("from", "emergency-care") => Ok(TypeConstraint::FromEmergencyCare),
        ("from", _) => Err(format!("from \"{value}\": write laboratory or emergency-care")),
        ("with", "referring-physician") => Ok(TypeConstraint::WithReferringPhysician),
        ("with", _) => Err(format!("with \"{value}\": write referring-physician")),
        ("format", _) => formats(value).map(TypeConstraint::InFormat),
        ("also-written-by", _) => {
            let profile = UsageProfile::from(value);
            let known = matrix.profiles().contains(&profile);
            if known { Ok(TypeConstraint::AlsoWrittenBy(profile)) } else { Err(format!("{value} is no usage profile of matrix.csv")) }
        }
        (unknown, _) => Err(format!("the constraint \"{unknown}\" is not known; known are from, with, format and also-written-by")),
    }
}

fn formats(value: &str) -> Result<Vec<Format>, String> {
    let known = |word: &str| match word {
        "text" => Ok(Format::Text),
        "pdf-a" => Ok(Format::PdfA),
        _ => Err(format!("the format \"{word}\" is not known; known are text and pdf-a")),
    };
    let formats: Vec<_> = value.split_whitespace().map(known).collect::<Result<_, _>>()?;
    if formats.is_empty() { Err("no format is listed; write text, pdf-a or both with a space between".to_owned()) } else { Ok(formats) }
}
