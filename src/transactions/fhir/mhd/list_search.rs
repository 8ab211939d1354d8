//! The search parameters of List as conditions (IHE MHD 4.2, 2:3.66.4.1.2).

use super::super::Refusal;
use super::super::times::{bounds, time};
use super::conditions::{any_of, authors, code_group, code_patterns, is_missing, is_one_range, narrow, narrow_times};
use super::document_references::uuid;
use super::list_conditions::{ListNames, ListTest};
use super::lists::Kind;
use super::paging::place;
use super::search_parameters::Asked;
use crate::model::availability_status::AvailabilityStatus;
use crate::model::hl7_types::PatientId;
use crate::model::ids::{EntryUuid, Oid};
use crate::model::stored_query::{FindFolders, FindSubmissionSets, TimeRange};
use crate::transactions::Services;
use crate::wire::fhir::search::token;
use crate::wire::mhd::{LIST_TYPES, list_type};

/// What is searched for, without the patient.
pub(super) struct Search {
    pub(super) kinds: Vec<Kind>,
    pub(super) sets: FindSubmissionSets,
    pub(super) folders: FindFolders,
    /// Each of these names the list.
    pub(super) names: Vec<ListNames>,
    /// What the queries cannot say.
    pub(super) tests: Vec<ListTest>,
    /// By date, and whether the latest comes first; without it as registered.
    pub(super) latest_first: Option<bool>,
    pub(super) after: Option<EntryUuid>,
    statuses: Vec<AvailabilityStatus>,
}

/// What the parameters ask for.
pub(super) fn conditions(asked: &Asked, services: &Services) -> Result<Search, Refusal> {
    let mut search = every_list(services)?;
    asked.known.iter().try_for_each(|(name, value)| narrowed_by(&mut search, name, value))?;
    let authors = authors(asked, "source.family", "source.given")?;
    let is_of_sets = !authors.is_empty() || asked.values("sourceId").next().is_some();
    // What is said of submission sets alone is left aside in a search for folders (2:3.66.4.1.3.1, note 3).
    if is_of_sets && search.kinds != [Kind::Folder] {
        search.kinds.retain(|kind| *kind == Kind::SubmissionSet);
    }
    search.tests.extend(authors.into_iter().map(ListTest::Author));
    search.sets.statuses = search.statuses.clone();
    search.folders.statuses = search.statuses.clone();
    Ok(search)
}

/// A search of all lists of nobody in particular.
fn every_list(services: &Services) -> Result<Search, Refusal> {
    let authority = services.assigning_authorities.first().cloned().ok_or_else(Refusal::broken)?;
    let patient_id = PatientId::new("-", authority).map_err(|_| Refusal::broken())?;
    let both = vec![AvailabilityStatus::Approved, AvailabilityStatus::Deprecated];
    let sets = FindSubmissionSets {
        patient_id: patient_id.clone(),
        statuses: both.clone(),
        source_ids: Vec::new(),
        submission_time: TimeRange::default(),
        author_person: None,
        content_type_codes: Vec::new(),
    };
    let folders = FindFolders { patient_id, statuses: both.clone(), last_update_time: TimeRange::default(), codes: Vec::new() };
    let kinds = vec![Kind::SubmissionSet, Kind::Folder];
    Ok(Search { kinds, sets, folders, names: Vec::new(), tests: Vec::new(), latest_first: None, after: None, statuses: both })
}

/// Takes one parameter into the search.
fn narrowed_by(search: &mut Search, name: &str, value: &str) -> Result<(), Refusal> {
    match name {
        "code" | "code:not" => kinds_of(&mut search.kinds, value, name == "code")?,
        "status" | "status:not" => statuses(&mut search.statuses, value, name == "status")?,
        "date" => dates(search, value)?,
        "designationType" => {
            let patterns = code_patterns(name, value)?;
            let Some(codes) = code_group(&patterns) else {
                search.tests.push(ListTest::Code(patterns));
                return Ok(());
            };
            narrow(&mut search.sets.content_type_codes, codes.clone());
            search.folders.codes.push(codes);
        }
        "designationType:not" => search.tests.push(ListTest::NotCode(code_patterns(name, value)?)),
        "designationType:missing" => search.tests.push(ListTest::CodeMissing(is_missing(name, value)?)),
        "sourceId" => search.tests.push(ListTest::Source(oids(name, value)?)),
        "sourceId:not" => search.tests.push(ListTest::NotSource(oids(name, value)?)),
        "sourceId:missing" => search.tests.push(ListTest::SourceMissing(is_missing(name, value)?)),
        "_id" => {
            search.names.push(ListNames { ids: any_of(name, value)?.iter().filter_map(|id| uuid(id)).collect(), ..ListNames::default() })
        }
        "identifier" => search.names.push(names(value)?),
        "identifier:not" => search.tests.push(ListTest::NotNamed(names(value)?)),
        // Every list has these.
        "code:missing" | "status:missing" | "date:missing" | "identifier:missing" => {
            search.tests.push(ListTest::Is(!is_missing(name, value)?));
        }
        "_cursor" => search.after = Some(place(value)?.id),
        "_sort" => {
            search.latest_first = Some(match value {
                "date" => false,
                "-date" => true,
                _ => return Err(Refusal::invalid("http._sort", "nothing is sorted by this", "use date, or -date for the latest first")),
            });
        }
        _ => {}
    }
    Ok(())
}

fn dates(search: &mut Search, value: &str) -> Result<(), Refusal> {
    if is_one_range(value) {
        let bounds = bounds(time("date", value)?);
        narrow_times(&mut search.sets.submission_time, bounds);
        narrow_times(&mut search.folders.last_update_time, bounds);
        return Ok(());
    }
    let any = any_of("date", value)?.iter().map(|alternative| time("date", alternative)).collect::<Result<_, _>>()?;
    search.tests.push(ListTest::Date(any));
    Ok(())
}

fn names(value: &str) -> Result<ListNames, Refusal> {
    let mut names = ListNames::default();
    for text in any_of("identifier", value)? {
        names.ids.extend(token(&text).code.and_then(|code| code.parse::<EntryUuid>().ok()));
        names.unique_ids.extend(oid(&text));
    }
    Ok(names)
}

fn oids(name: &str, value: &str) -> Result<Vec<Oid>, Refusal> {
    Ok(any_of(name, value)?.iter().filter_map(|text| oid(text)).collect())
}

fn oid(text: &str) -> Option<Oid> {
    let code = token(text).code?;
    let oid = code.strip_prefix("urn:oid:").unwrap_or(&code);
    oid.parse().ok().or_else(|| Oid::standing_for(oid))
}

fn kinds_of(kinds: &mut Vec<Kind>, value: &str, is_one: bool) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for alternative in any_of("code", value)? {
        let token = token(&alternative);
        if token.system.as_ref().is_some_and(|system| system != LIST_TYPES) {
            continue;
        }
        match token.code.as_deref() {
            Some(list_type::SUBMISSION_SET) => wanted.push(Kind::SubmissionSet),
            Some(list_type::FOLDER) => wanted.push(Kind::Folder),
            None if token.system.is_some() => wanted.extend([Kind::SubmissionSet, Kind::Folder]),
            _ => return Err(Refusal::invalid("http.code", "not a type of list", "use submissionset or folder")),
        }
    }
    kinds.retain(|kind| wanted.contains(kind) == is_one);
    Ok(())
}

fn statuses(statuses: &mut Vec<AvailabilityStatus>, value: &str, is_one: bool) -> Result<(), Refusal> {
    let mut wanted = Vec::new();
    for alternative in any_of("status", value)? {
        match token(&alternative).code.as_deref() {
            Some("current") => wanted.push(AvailabilityStatus::Approved),
            // MHD 4.2, table 2:3.66.4.1.3.1-3, says superseded; List.status of R4 has retired.
            Some("superseded" | "retired") => wanted.push(AvailabilityStatus::Deprecated),
            Some("entered-in-error") => {}
            _ => return Err(Refusal::invalid("http.status", "not a status of a List", "use current, superseded or retired")),
        }
    }
    statuses.retain(|status| wanted.contains(status) == is_one);
    Ok(())
}
