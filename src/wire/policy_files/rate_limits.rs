//! `rate-limits.csv`: how often presence codes may be tried.

use super::PolicyFault;
use super::table::{Row, Table};
use crate::model::dsp::{AttemptLimit, PresenceCodeLimits};

const FILE: &str = "rate-limits.csv";

/// The limits; what is not listed keeps the default of the access rules.
pub(super) fn read(text: &str) -> Result<PresenceCodeLimits, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["what", "attempts", "window_minutes", "lock_minutes"])?;
    let (mut limits, mut faults) = (PresenceCodeLimits::default(), Vec::new());
    for row in &table.rows {
        match (row.cell(0), limit(row)) {
            ("presence-code-of-a-patient", Ok(limit)) => limits.of_patient = limit,
            ("presence-codes-of-a-professional", Ok(limit)) => limits.of_professional = limit,
            (_, Err(text)) => faults.push(table.fault(row.line, text)),
            (unknown, Ok(_)) => faults.push(table.fault(
                row.line,
                format!("\"{unknown}\" is not known; known are presence-code-of-a-patient and presence-codes-of-a-professional"),
            )),
        }
    }
    if faults.is_empty() { Ok(limits) } else { Err(faults) }
}

fn limit(row: &Row) -> Result<AttemptLimit, String> {
    let number = |column: usize| {
        let number: Option<u32> = row.cell(column).parse().ok().filter(|number| *number > 0);
        number.ok_or_else(|| format!("\"{}\" is no number from 1 up", row.cell(column)))
    };
    Ok(AttemptLimit { attempts: number(1)?, window_minutes: number(2)?, lock_minutes: number(3)? })
}
