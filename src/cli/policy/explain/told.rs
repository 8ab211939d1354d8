//! An explanation as text or JSON.

use serde_json::{Value, json};

use super::words::{self, RuleWords};
use crate::model::civil_day::time_of;
use crate::model::dsp::{Ground, MandateKind, Scope, Verdict};
use crate::model::explanation::{AskedAct, Explanation};
use crate::model::timestamp::Instant;
use crate::wire::fhir::dates;
use crate::wire::policy_files::{PolicyFiles, PolicyRow};

/// Everything that is told.
pub(super) struct Told<'a> {
    /// What would be done, as part of a sentence.
    pub(super) act: &'a str,
    /// Who, as the question names them.
    pub(super) who: &'a str,
    /// Whose record, as the question names it.
    pub(super) patient: &'a str,
    pub(super) at: Instant,
    pub(super) explanation: &'a Explanation,
    pub(super) facts: Vec<String>,
    pub(super) rows: Vec<PolicyRow>,
}

impl Told<'_> {
    fn rule(&self) -> Option<RuleWords> {
        self.explanation.verdict.map(|verdict| match verdict {
            Verdict::Allow(ground) => words::ground(ground),
            Verdict::Deny(denial) => words::denial(denial),
        })
    }

    fn mandate(&self) -> Option<MandateKind> {
        match self.explanation.verdict {
            Some(Verdict::Allow(Ground::Mandate(kind))) => Some(kind),
            _ => None,
        }
    }

    /// For people.
    pub(super) fn in_words(&self) -> String {
        let may = if self.allowed() { "may" } else { "may not" };
        let heading = if self.allowed() { "Allowed" } else { "Denied" };
        let (who, act, patient, at) = (self.who, self.act, self.patient, time_of(self.at));
        let mut text = format!("{heading}: {who} {may} {act}, in the record of {patient}, on {at} (Luxembourg)\n\n");
        match self.rule() {
            None => text.push_str("Rule     none: this deployment has no access rules, every connected system may do everything\n"),
            Some(rule) => text.push_str(&format!("Rule     access rules, {}: {}\n", rule.section, rule.text)),
        }
        text.push_str(&format!("Mandate  {}\n", self.mandate().map_or("none", words::mandate)));
        for row in &self.rows {
            text.push_str(&format!("Profile  {}, line {}: {}\n", row.file, row.line, row.text));
        }
        text.push_str("\nWhat this rests on\n");
        for (number, fact) in (1..).zip(&self.facts) {
            text.push_str(&format!("{number:>3}. {}\n", shown(fact)));
        }
        text
    }

    /// For scripts.
    pub(super) fn as_json(&self) -> Value {
        let code = self.explanation.verdict.map_or("open-policy", |verdict| match verdict {
            Verdict::Allow(ground) => ground.code(),
            Verdict::Deny(denial) => denial.code(),
        });
        let row = |row: &PolicyRow| json!({ "file": row.file, "line": row.line, "text": row.text });
        json!({
            "decision": if self.allowed() { "allow" } else { "deny" },
            "reason": code,
            "rule": self.rule().map(|rule| json!({ "section": rule.section, "text": rule.text })),
            "mandate": self.mandate().map(MandateKind::code),
            "profile": self.rows.iter().map(row).collect::<Vec<_>>(),
            "at": dates::instant(self.at),
            "facts": self.facts,
        })
    }

    fn allowed(&self) -> bool {
        self.explanation.verdict.is_none_or(Verdict::is_allowed)
    }
}

/// What the files of the profile say of the case.
pub(super) fn rows(act: &AskedAct, explanation: &Explanation, files: &PolicyFiles<'_>) -> Vec<PolicyRow> {
    let (Some(document), Some(_)) = (&explanation.document, explanation.verdict) else { return Vec::new() };
    let reads = explanation.clauses.iter().filter_map(|clause| match &clause.read {
        Scope::Column(profile) => Some(profile),
        _ => None,
    });
    let writes = explanation.clauses.iter().filter_map(|clause| clause.write.as_ref());
    let (columns, more): (Vec<_>, Vec<_>) = match act {
        AskedAct::Read => (reads.collect(), Vec::new()),
        AskedAct::Submit(_) | AskedAct::Replace(_) => (writes.collect(), files.constraints_on(&document.document_type)),
        AskedAct::Update => (writes.collect(), Vec::new()),
        AskedAct::ChangeLevel(to) => (reads.collect(), files.transition(document.level, *to).into_iter().collect()),
        _ => return Vec::new(),
    };
    let mut rows: Vec<_> = columns.into_iter().filter_map(|profile| files.cell(profile, &document.document_type)).collect();
    rows.dedup();
    rows.into_iter().chain(more).collect()
}

/// What others wrote, without anything that a terminal would take for an order.
fn shown(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}
