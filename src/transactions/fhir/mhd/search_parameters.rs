//! The search parameters of MHD 4.2 (2:3.66.4.1.2, 2:3.67.4.1.2), and reading them off a request.

use super::super::{FhirRequest, Refusal, SearchParameter};
use crate::wire::fhir::{Issue, IssueCode, form};

const fn parameter(name: &'static str, kind: &'static str, documentation: &'static str) -> SearchParameter {
    SearchParameter { name, kind, documentation }
}

/// Those of DocumentReference.
pub(super) const OF_DOCUMENTS: &[SearchParameter] = &[
    parameter("_id", "token", "The logical id."),
    parameter("_lastUpdated", "date", "When the document was registered; :missing."),
    parameter("author.family", "string", "Family name of an author; :exact, :contains."),
    parameter("author.given", "string", "Given name of an author; :exact, :contains."),
    parameter("category", "token", "Class of document (classCode); :not, :missing."),
    parameter("creation", "date", "When the document was made; :missing."),
    parameter("date", "date", "When the document was registered; :missing."),
    parameter("event", "token", "Main act documented (eventCodeList); :not, :missing."),
    parameter("facility", "token", "Kind of facility (healthcareFacilityTypeCode); :not, :missing."),
    parameter("format", "token", "Format of the content (formatCode); :not, :missing."),
    parameter("identifier", "token", "Id of the document (uniqueId) or of its entry (entryUUID); :not, :missing."),
    parameter("patient", "reference", "Whose documents."),
    parameter("patient.identifier", "token", "Whose documents, by an identifier."),
    parameter("period", "date", "When the care took place (serviceStartTime, serviceStopTime); :missing."),
    parameter("related", "reference", "Identifier of an order, accession, encounter… (referenceIdList), as related:identifier; :missing."),
    parameter("security-label", "token", "Level or other label (confidentialityCode); :not, :missing."),
    parameter("setting", "token", "Specialty (practiceSettingCode); :not, :missing."),
    parameter("status", "token", "current or superseded; :not, :missing."),
    parameter("type", "token", "Type of document (typeCode); :not, :missing."),
];

/// Those of List.
pub(super) const OF_LISTS: &[SearchParameter] = &[
    parameter("_id", "token", "The logical id."),
    parameter("code", "token", "submissionset or folder, of the system MHDlistTypes; :not, :missing."),
    parameter("date", "date", "When submitted, or when the folder last changed; :missing."),
    parameter("designationType", "token", "Clinical code of the submission set or folder; :not, :missing."),
    parameter("identifier", "token", "uniqueId or entryUUID; :not, :missing."),
    parameter("patient", "reference", "Whose lists."),
    parameter("patient.identifier", "token", "Whose lists, by an identifier."),
    parameter("source.family", "string", "Family name of an author of the submission set; :exact, :contains."),
    parameter("source.given", "string", "Given name of an author of the submission set; :exact, :contains."),
    parameter("sourceId", "token", "The system that sent the submission set; :not, :missing."),
    parameter("status", "token", "current, superseded or retired; the last two are the same; :not, :missing."),
];

/// Parameters that say how to answer, not what to find.
const OF_ANSWERS: [&str; 11] =
    ["_count", "_cursor", "_elements", "_format", "_include", "_pretty", "_revinclude", "_sort", "_summary", "_total", "_type"];

/// Whether a name is that of a parameter with a modifier that it takes (FHIR R4, search.html#modifiers).
fn is_modified(name: &str, table: &[SearchParameter]) -> bool {
    let Some((base, modifier)) = name.split_once(':') else { return false };
    // Whose record it is has to be said, and a logical id is the resource.
    let is_open = !matches!(base, "_id" | "patient.identifier");
    let kind = table.iter().find(|known| known.name == base).map_or("", |known| known.kind);
    match (kind, modifier) {
        ("token", "not") | ("token" | "date", "missing") => is_open,
        ("string", "exact" | "contains") => true,
        ("reference", "identifier") => true,
        ("reference", "Patient") => base == "patient",
        ("reference", "missing") => base == "related",
        _ => false,
    }
}

/// The parameters of a search, the unknown ones apart.
pub(super) struct Asked {
    /// Those that this server knows, in their order, without empty ones.
    pub(super) known: Vec<(String, String)>,
    /// Warnings that names were left aside.
    pub(super) warnings: Vec<Issue>,
    /// Whether the caller prefers strict handling.
    is_strict: bool,
}

impl Asked {
    /// Those of a request. Unknown names are left aside with a warning, unless the caller prefers strict handling
    /// (FHIR R4, search.html#errors).
    pub(super) fn of(request: &FhirRequest<'_>, table: &[SearchParameter]) -> Result<Self, Refusal> {
        let is_strict = request.headers.prefer.as_deref().is_some_and(|prefer| prefer.contains("handling=strict"));
        let (mut known, mut warnings) = (Vec::new(), Vec::new());
        for (name, value) in request.parameters.iter().filter(|(_, value)| !value.is_empty()) {
            let base = name.split(':').next().unwrap_or_default();
            let is_known = |name: &str| table.iter().any(|known| known.name == name) || OF_ANSWERS.contains(&name);
            let place = format!("http.{}", clipped(name));
            if is_known(name) || is_modified(name, table) {
                known.push((name.clone(), value.clone()));
            } else if is_known(base) {
                // A modifier that is left out would find something else than what was asked for.
                return Err(Refusal::invalid(
                    &place,
                    "this modifier is not supported",
                    "search without it; GET metadata tells what there is",
                ));
            } else if is_strict {
                return Err(Refusal::invalid(
                    &place,
                    "this is no search parameter of this resource",
                    "leave it out; GET metadata tells what there is",
                ));
            } else {
                let what = format!("{place}: not a search parameter of this resource; it was left aside");
                warnings.push(
                    Issue { severity: crate::wire::fhir::Severity::Warning, ..Issue::error(IssueCode::NotSupported, what) }.at(place),
                );
            }
        }
        Ok(Self { known, warnings, is_strict })
    }

    /// A value that is not understood and may be left aside.
    pub(super) fn leave_aside(&mut self, name: &str, what: &str) -> Result<(), Refusal> {
        let place = format!("http.{name}");
        if self.is_strict {
            return Err(Refusal::invalid(&place, what, "leave it out; docs/mhd.md tells what there is"));
        }
        let issue = Issue::error(IssueCode::NotSupported, format!("{place}: {what}; it was left aside")).at(place);
        self.warnings.push(Issue { severity: crate::wire::fhir::Severity::Warning, ..issue });
        Ok(())
    }

    /// The words of a name parameter, each with what its modifier asks for.
    pub(super) fn name_parts(&self, name: &'static str) -> Vec<NamePart<'_>> {
        let fits = [("", Fits::Beginning), (":exact", Fits::Exactly), (":contains", Fits::Somewhere)];
        let of = |(suffix, fits): (&str, Fits)| {
            self.values(&format!("{name}{suffix}")).map(move |value| NamePart { name, value, fits }).collect::<Vec<_>>()
        };
        fits.into_iter().flat_map(of).collect()
    }

    /// All values of a parameter.
    pub(super) fn values(&self, name: &str) -> impl Iterator<Item = &str> {
        self.known.iter().filter(move |(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The only value of a parameter.
    pub(super) fn only(&self, name: &str) -> Result<Option<&str>, Refusal> {
        let mut values = self.values(name);
        let first = values.next();
        match values.next() {
            None => Ok(first),
            Some(_) => Err(Refusal::invalid(&format!("http.{name}"), "it is given twice", "give it once")),
        }
    }

    /// The address of this search, from another place or from the beginning.
    pub(super) fn address(&self, base_url: &str, resource_type: &str, cursor: Option<&str>) -> String {
        let asked = self.known.iter().filter(|(name, _)| name != "_cursor" && name != "_format");
        let mut pairs: Vec<_> = asked.map(|(name, value)| format!("{}={}", form::encoded(name), form::encoded(value))).collect();
        pairs.extend(cursor.map(|cursor| format!("_cursor={}", form::encoded(cursor))));
        let query = if pairs.is_empty() { String::new() } else { format!("?{}", pairs.join("&")) };
        format!("{base_url}/{resource_type}{query}")
    }
}

/// A part of a person's name that is searched for.
#[derive(Debug, Clone, Copy)]
pub(super) struct NamePart<'v> {
    /// The parameter.
    pub(super) name: &'static str,
    /// Its value.
    pub(super) value: &'v str,
    /// How it has to fit.
    pub(super) fits: Fits,
}

/// How text has to fit (FHIR R4, search.html#string).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fits {
    /// The name begins with it.
    Beginning,
    /// It is the name.
    Exactly,
    /// It is anywhere in the name.
    Somewhere,
}

/// A name that a caller made up, as far as it is worth repeating.
fn clipped(name: &str) -> String {
    name.chars().filter(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')).take(40).collect()
}
