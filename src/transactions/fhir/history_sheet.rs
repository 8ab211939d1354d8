//! The activity history of a record in words, as PDF or CSV (access rules, 8): what a patient reads on paper.

use super::record_names::patient;
use super::{Answer, FhirRequest, Interaction, Method, Params, Refusal, Route, SearchParameter};
use crate::access::Call;
use crate::model::activity::{ActivityFilter, ActivityPage};
use crate::model::audit_event::Transaction;
use crate::model::civil_day::{day_of, end_of, start_of};
use crate::sheets::{HistorySheet, Language, PDF, csv, history_csv, history_pdf};
use crate::transactions::Services;

/// Entries of one sheet; what is older is asked for by its days.
const MOST_ENTRIES: usize = 5_000;

const PARAMETERS: &[SearchParameter] = &[
    SearchParameter { name: "format", kind: "token", documentation: "pdf or csv; or the Accept header, application/pdf or text/csv." },
    SearchParameter { name: "language", kind: "token", documentation: "fr, de or en." },
    SearchParameter { name: "since", kind: "date", documentation: "Only from this day of Luxembourg on." },
    SearchParameter { name: "until", kind: "date", documentation: "Only up to this day of Luxembourg and with it." },
];

pub(super) const ROUTES: &[Route] = &[Route {
    needs_person: true,
    own_format: true,
    search: PARAMETERS,
    ..Route::new(
        Method::Get,
        "Patient/{id}/$dsp-history",
        Interaction::Operation("dsp-history", "https://dossier.example/fhir/OperationDefinition/dsp-history"),
        Transaction::Iti81,
        "The activity history of a record in words, as PDF or CSV, as far as the caller may see it.",
        sheet,
    )
}];

/// What is asked for.
struct Wanted {
    is_csv: bool,
    language: Language,
    filter: ActivityFilter,
}

fn sheet(services: &Services, call: &Call, request: &mut FhirRequest<'_>, params: &Params) -> Result<Answer, Refusal> {
    request.check_parameters()?;
    let Wanted { is_csv, language, filter } = wanted(request)?;
    let patient_id = patient(services, params)?;
    let page = ActivityPage { after: None, limit: MOST_ENTRIES };
    let found = services.door.read(call, Transaction::Iti81, |reading| reading.history(&patient_id, &filter, &page))?;
    let sheet = HistorySheet { patient: patient_id.id(), language, made_at: call.now, entries: &found.entries, has_more: found.has_more };
    let (media_type, ending, bytes) = match is_csv {
        true => (csv::MEDIA_TYPE, "csv", history_csv(&sheet).into_bytes()),
        false => (PDF, "pdf", written(&sheet)?),
    };
    let name = format!("attachment; filename=\"dossier-{}.{ending}\"", day_of(call.now));
    Ok(Answer::bytes(media_type, Box::new(move |out| out.write_all(&bytes))).header("Content-Disposition", name))
}

fn written(sheet: &HistorySheet<'_>) -> Result<Vec<u8>, Refusal> {
    history_pdf(sheet).map_err(|error| {
        tracing::error!(%error, "an activity history could not be written as PDF");
        Refusal::broken().audited()
    })
}

fn wanted(request: &FhirRequest<'_>) -> Result<Wanted, Refusal> {
    let accepts_csv = request.headers.accept.as_deref().is_some_and(|accept| accept.contains("text/csv"));
    let mut wanted = Wanted { is_csv: accepts_csv, language: Language::Fr, filter: ActivityFilter::default() };
    for (name, value) in &request.parameters {
        let wrong = |mend: &str| Refusal::invalid(&format!("http.{name}"), "it cannot be answered", mend);
        match name.as_str() {
            "format" => wanted.is_csv = format(value).ok_or_else(|| wrong("write pdf or csv"))?,
            "language" => wanted.language = Language::of_tag(value).ok_or_else(|| wrong("write fr, de or en"))?,
            "since" => wanted.filter.from = Some(start_of(value).ok_or_else(|| wrong("write a day, YYYY-MM-DD"))?),
            "until" => wanted.filter.until = Some(end_of(value).ok_or_else(|| wrong("write a day, YYYY-MM-DD"))?),
            _ => return Err(wrong("this operation has format, language, since and until")),
        }
    }
    Ok(wanted)
}

/// Whether it is CSV.
fn format(value: &str) -> Option<bool> {
    match value {
        "csv" | "text/csv" => Some(true),
        "pdf" | "application/pdf" => Some(false),
        _ => None,
    }
}
