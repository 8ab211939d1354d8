//! What changes from one set of rules to another.

use std::collections::BTreeSet;

use super::table::{constraint_in_words, roles};
use crate::model::dsp::{DocumentType, Level, Right, Rules, UsageProfile};

/// A line for each difference.
pub(super) fn in_words(old: &Rules, new: &Rules) -> String {
    let mut lines = Vec::new();
    cells(old, new, &mut lines);
    constraints(old, new, &mut lines);
    transitions(old, new, &mut lines);
    if lines.is_empty() { "the rules are the same\n".to_owned() } else { lines.join("\n") + "\n" }
}

fn cells(old: &Rules, new: &Rules, lines: &mut Vec<String>) {
    let types: BTreeSet<&DocumentType> = old.matrix.types().chain(new.matrix.types()).collect();
    let profiles: BTreeSet<&UsageProfile> = old.matrix.profiles().union(&new.matrix.profiles()).copied().collect();
    for document_type in types {
        match (old.matrix.knows(document_type), new.matrix.knows(document_type)) {
            (true, false) => lines.push(format!("{document_type}: no longer a type of document")),
            (false, true) => lines.push(format!("{document_type}: a new type of document")),
            _ => {}
        }
        for profile in &profiles {
            let (before, after) = (old.matrix.right(profile, document_type), new.matrix.right(profile, document_type));
            if before != after {
                lines.push(format!("{document_type}, {profile}: {} becomes {}", word(before), word(after)));
            }
        }
    }
}

fn word(right: Right) -> &'static str {
    match (right.read, right.write) {
        (false, false) => "none",
        (true, false) => "read",
        (false, true) => "write",
        (true, true) => "read+write",
    }
}

fn constraints(old: &Rules, new: &Rules, lines: &mut Vec<String>) {
    let types: BTreeSet<&DocumentType> = old.constraints.keys().chain(new.constraints.keys()).collect();
    for document_type in types {
        let of = |rules: &Rules| rules.constraints.get(document_type).cloned().unwrap_or_default();
        let (before, after) = (of(old), of(new));
        let dropped = before.iter().filter(|constraint| !after.contains(constraint));
        lines.extend(dropped.map(|constraint| format!("{document_type}: no longer provided {}", constraint_in_words(constraint))));
        let added = after.iter().filter(|constraint| !before.contains(constraint));
        lines.extend(added.map(|constraint| format!("{document_type}: now provided {}", constraint_in_words(constraint))));
    }
}

fn transitions(old: &Rules, new: &Rules, lines: &mut Vec<String>) {
    for (from, to) in Level::ALL.into_iter().flat_map(|from| Level::ALL.map(|to| (from, to))) {
        let (before, after) = (roles(&old.transitions, from, to), roles(&new.transitions, from, to));
        if before != after {
            let words = |roles: Vec<&str>| if roles.is_empty() { "nobody".to_owned() } else { roles.join(", ") };
            lines.push(format!("{from} to {to}: {} becomes {}", words(before), words(after)));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::policy_files::PolicyFiles;

    #[test]
    fn each_difference_is_a_line() {
        let shipped = PolicyFiles::luxembourg_dsp();
        let (old, _) = shipped.read().unwrap();
        assert_eq!(in_words(&old, &old), "the rules are the same\n");
        let transitions = shipped.transitions.replace("PRIVE,STANDARD,holder assistant author", "PRIVE,STANDARD,holder");
        let constraints = shipped.constraints.replace("rpu,from,emergency-care", "rpu,from,laboratory");
        let files = PolicyFiles { transitions: &transitions, constraints: &constraints, ..shipped };
        let (new, _) = files.read().unwrap();
        assert_eq!(
            in_words(&old, &new),
            "rpu: no longer provided it comes from an establishment cleared for emergency care\n\
             rpu: now provided it comes from a laboratory\n\
             PRIVE to STANDARD: holder, assistant, author becomes holder\n"
        );
    }
}
