//! The rules in words, for those who have to answer for them.

use std::fmt::Write as _;

use super::profile::Profile;
use crate::cli::{Exit, Failure};
use crate::model::dsp::{ChangeRole, DocumentType, Format, Level, LevelTransitions, Right, Rules, TypeConstraint};

/// All types, or one of them.
pub(super) fn in_words(profile: &Profile, only: Option<&str>) -> Result<String, Failure> {
    let wanted = |document_type: &DocumentType| only.is_none_or(|name| document_type.as_str() == name);
    let types: Vec<_> = profile.labels.iter().filter(|(document_type, _)| wanted(document_type)).collect();
    if types.is_empty() {
        let message = format!("no type of document is called {}", only.unwrap_or_default());
        let known = profile.labels.iter().map(|(document_type, _)| document_type.as_str()).collect::<Vec<_>>().join(", ");
        return Err(Failure::new(Exit::Usage, message).with_details([format!("known are {known}")]));
    }
    let mut text = String::new();
    for (document_type, label) in types {
        describe(&mut text, document_type, label, &profile.rules);
    }
    if only.is_none() {
        transitions(&mut text, &profile.rules.transitions);
    }
    Ok(text)
}

// Writing into a string does not fail.
fn describe(text: &mut String, document_type: &DocumentType, label: &str, rules: &Rules) {
    let _ = writeln!(text, "{document_type}: {label}");
    let _ = writeln!(text, "  read by   {}", holders(document_type, rules, |right| right.read));
    let _ = writeln!(text, "  sent by   {}", holders(document_type, rules, |right| right.write));
    for constraint in rules.constraints.get(document_type).into_iter().flatten() {
        let _ = writeln!(text, "  provided  {}", constraint_in_words(constraint));
    }
    text.push('\n');
}

fn holders(document_type: &DocumentType, rules: &Rules, has: impl Fn(Right) -> bool) -> String {
    let profiles = rules.matrix.profiles().into_iter();
    let named: Vec<_> =
        profiles.filter(|profile| has(rules.matrix.right(profile, document_type))).map(|profile| profile.as_str()).collect();
    if named.is_empty() { "nobody".to_owned() } else { named.join(", ") }
}

/// A rule of a type of document as a part of a sentence.
pub(super) fn constraint_in_words(constraint: &TypeConstraint) -> String {
    match constraint {
        TypeConstraint::FromLaboratory => "it comes from a laboratory".to_owned(),
        TypeConstraint::FromEmergencyCare => "it comes from an establishment cleared for emergency care".to_owned(),
        TypeConstraint::WithReferringPhysician => "the patient's declaration of a referring physician is valid".to_owned(),
        TypeConstraint::InFormat(formats) => {
            let word = |format: &Format| match format {
                Format::Text => "text",
                Format::PdfA => "PDF/A",
                Format::Other => "any format",
            };
            format!("it is {}", formats.iter().map(word).collect::<Vec<_>>().join(" or "))
        }
        TypeConstraint::AlsoWrittenBy(profile) => format!("besides the above, {profile} may send it under the same conditions"),
    }
}

fn transitions(text: &mut String, transitions: &LevelTransitions) {
    text.push_str("Levels of confidentiality are changed by\n");
    for (from, to) in Level::ALL.into_iter().flat_map(|from| Level::ALL.map(|to| (from, to))) {
        let roles = roles(transitions, from, to);
        if !roles.is_empty() {
            let _ = writeln!(text, "  {:<28}{}", format!("{from} to {to}"), roles.join(", "));
        }
    }
}

/// Who may change `from` into `to`.
pub(super) fn roles(transitions: &LevelTransitions, from: Level, to: Level) -> Vec<&'static str> {
    ChangeRole::ALL.into_iter().filter(|role| transitions.allow(from, to, *role)).map(ChangeRole::code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rules_of_the_program_in_words() {
        let profile = Profile::load(None).unwrap();
        insta::assert_snapshot!("habilitation_matrix", in_words(&profile, None).unwrap());
    }

    #[test]
    fn one_type_alone() {
        let profile = Profile::load(None).unwrap();
        let text = in_words(&profile, Some("rpu")).unwrap();
        assert!(text.starts_with("rpu: ") && text.contains("provided  it comes from an establishment cleared"), "{text}");
        assert!(in_words(&profile, Some("horoscope")).unwrap_err().to_string().contains("known are expression-titulaire"));
    }
}
