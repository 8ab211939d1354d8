//! Search parameters that a search does not have (FHIR R4, search.html#errors): left aside with a warning, or refused where the
//! caller prefers strict handling.

use super::{FhirRequest, Refusal, Route, SearchParameter};
use crate::wire::fhir::{Issue, IssueCode, Severity};

/// Takes the unknown parameters out of a search, and gives a warning for each. What says how to answer, such as `_count`, and
/// modifiers of known parameters are for the search itself to judge.
///
/// # Errors
/// 400 in strict handling.
pub(super) fn sift(request: &mut FhirRequest<'_>, route: &Route, is_strict: bool) -> Result<Vec<Issue>, Refusal> {
    let (known, unknown): (Vec<_>, Vec<_>) =
        std::mem::take(&mut request.parameters).into_iter().partition(|(name, _)| is_known(name, route.search));
    request.parameters = known.into_iter().filter(|(_, value)| !value.is_empty()).collect();
    let issues: Vec<_> = unknown.into_iter().map(|(name, _)| left_aside(&name)).collect();
    if !is_strict || issues.is_empty() {
        return Ok(issues);
    }
    let issues = issues.into_iter().map(|issue| Issue { severity: Severity::Error, ..issue }).collect();
    Err(Refusal::of_issues(400, issues))
}

/// What says how to answer, where the search itself knows it.
const OF_ANSWERS: [&str; 7] = ["_count", "_cursor", "_include", "_offset", "_page", "_revinclude", "_sort"];

fn is_known(name: &str, table: &[SearchParameter]) -> bool {
    let base = name.split([':', '.']).next().unwrap_or_default();
    let unmodified = name.split(':').next().unwrap_or_default();
    OF_ANSWERS.contains(&base) || table.iter().any(|known| [name, base, unmodified].contains(&known.name))
}

fn left_aside(name: &str) -> Issue {
    // A name that a caller made up, as far as it is worth repeating.
    let name: String = name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')).take(40).collect();
    let place = format!("http.{name}");
    let text = format!("{place}: not a search parameter of this resource; leave it out; GET metadata tells what there is");
    Issue { severity: Severity::Warning, ..Issue::error(IssueCode::NotSupported, text) }.at(place)
}
