//! `durations.csv`: how many calendar days what lasts.

use super::PolicyFault;
use super::table::{Row, Table};
use crate::model::dsp::Durations;

const FILE: &str = "durations.csv";

/// The durations; what is not listed keeps the default of the Charte.
pub(super) fn read(text: &str) -> Result<Durations, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["what", "establishment_kind", "days"])?;
    let (mut durations, mut faults, mut seen) = (Durations::default(), Vec::new(), Vec::new());
    for row in &table.rows {
        let what = (row.cell(0), row.cell(1));
        if seen.contains(&what) {
            faults.push(table.fault(row.line, format!("{} {} is listed before; give it one line", what.0, what.1)));
        }
        seen.push(what);
        if let Err(text) = take(&mut durations, row) {
            faults.push(table.fault(row.line, text));
        }
    }
    if faults.is_empty() { Ok(durations) } else { Err(faults) }
}

fn take(durations: &mut Durations, row: &Row) -> Result<(), String> {
    let (what, kind) = (row.cell(0), row.cell(1));
    let longest = Durations::LONGEST_FOLLOW_UP;
    let unfit = || format!("\"{}\" is no number of days from 0 to {longest}", row.cell(2));
    let days: u16 = row.cell(2).parse().ok().filter(|days| *days <= longest).ok_or_else(unfit)?;
    match (what, kind) {
        ("activation", "") => durations.activation = days,
        ("consultation", "") => durations.consultation = days,
        ("emergency", "") => durations.emergency = days,
        ("establishment" | "subcontract", "") => return Err(format!("{what} needs a kind of establishment")),
        ("establishment", kind) => drop(durations.establishment.insert(kind.to_owned(), days)),
        ("subcontract", kind) => drop(durations.subcontract.insert(kind.to_owned(), days)),
        ("activation" | "consultation" | "emergency", _) => {
            return Err(format!("{what} has no kind of establishment; leave the cell empty"));
        }
        _ => {
            return Err(format!("\"{what}\" is not known; known are activation, consultation, emergency, establishment and subcontract"));
        }
    }
    Ok(())
}
