//! `transitions.csv`: who may change which level into which other.

use super::PolicyFault;
use super::table::{Row, Table};
use crate::model::dsp::{ChangeRole, Level, LevelTransitions};

const FILE: &str = "transitions.csv";

/// The table; a transition that it does not list is open to nobody.
pub(super) fn read(text: &str) -> Result<LevelTransitions, Vec<PolicyFault>> {
    let table = Table::read(FILE, text, &["from", "to", "roles"])?;
    let (mut transitions, mut faults) = (Vec::new(), Vec::new());
    for row in &table.rows {
        match transition(row) {
            Ok((from, to, roles)) if transitions.iter().any(|(known_from, known_to, _)| (*known_from, *known_to) == (from, to)) => {
                faults.push(table.fault(row.line, format!("{from} to {to} is listed before; join its {} roles there", roles.len())));
            }
            Ok((from, to, roles)) => transitions.extend(roles.into_iter().map(|role| (from, to, role))),
            Err(text) => faults.push(table.fault(row.line, text)),
        }
    }
    if faults.is_empty() { Ok(LevelTransitions::new(transitions)) } else { Err(faults) }
}

fn transition(row: &Row) -> Result<(Level, Level, Vec<ChangeRole>), String> {
    let (from, to) = (level(row.cell(0))?, level(row.cell(1))?);
    if from == to {
        return Err(format!("{from} to {to} changes nothing; remove the line"));
    }
    if to == Level::Announcement {
        return Err(format!("{to} is chosen at submission only (access rules, 6); remove the line"));
    }
    Ok((from, to, row.cell(2).split_whitespace().map(role).collect::<Result<_, _>>()?))
}

fn level(code: &str) -> Result<Level, String> {
    let known = Level::ALL.map(Level::code).join(", ");
    Level::of_code(code).ok_or_else(|| format!("the level \"{code}\" is not known; known are {known}"))
}

fn role(code: &str) -> Result<ChangeRole, String> {
    let known = || ChangeRole::ALL.map(ChangeRole::code).join(", ");
    let found = ChangeRole::ALL.into_iter().find(|role| role.code() == code);
    found.ok_or_else(|| format!("the role \"{code}\" is not known; known are {}", known()))
}
