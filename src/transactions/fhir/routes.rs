//! The table of all interactions.

use super::{
    Answer, FhirRequest, Method, Refusal, audit_events, audit_repository, batch, capabilities, communications, consents, definitions,
    directories, encounters, history_sheet, mhd, open_api, package, record_operations, versions,
};
use crate::access::Call;
use crate::model::audit_event::Transaction;
use crate::transactions::Services;

/// What carries out an interaction. Whatever it does with patients' data goes through [`Services::door`].
pub type Perform = fn(&Services, &Call, &mut FhirRequest<'_>, &Params) -> Result<Answer, Refusal>;

/// The families of interactions, each with its rows.
const FAMILIES: &[&[Route]] = &[
    audit_events::ROUTES,
    audit_repository::ROUTES,
    capabilities::ROUTES,
    record_operations::ROUTES,
    history_sheet::ROUTES,
    consents::ROUTES,
    communications::ROUTES,
    definitions::ROUTES,
    directories::ROUTES,
    encounters::ROUTES,
    mhd::ROUTES,
    mhd::DOCUMENT_ACTS,
    mhd::VERSIONS,
    batch::ROUTES,
    open_api::ROUTES,
    package::ROUTES,
    versions::ROUTES,
];

/// One interaction: a method and a path, and what they do.
#[derive(Debug, Clone, Copy)]
pub struct Route {
    /// The method; a HEAD is carried out as GET.
    pub method: Method,
    /// The path below `/fhir`, such as `Patient/{id}/$dsp-status`. A word in braces stands for any segment that begins
    /// neither with `$` nor with `_`.
    pub pattern: &'static str,
    /// What it is in the capability statement.
    pub interaction: Interaction,
    /// What it is in the audit trail, where it does not come to carry anything out.
    pub transaction: Transaction,
    /// Whether only a proven person gets an answer.
    pub needs_person: bool,
    /// Whether the answer may be in a format of its own, so that `Accept` is for the interaction to look at.
    pub own_format: bool,
    /// What may be searched for.
    pub search: &'static [SearchParameter],
    /// In words, for the capability statement.
    pub documentation: &'static str,
    /// Carries it out.
    pub perform: Perform,
}

/// The kinds of interactions (FHIR R4, http.html; value set restful-interaction).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Interaction {
    /// The capability statement.
    Capabilities,
    /// Bundles at the base.
    Batch,
    /// Read a resource.
    Read,
    /// Read one version.
    Vread,
    /// Create.
    Create,
    /// Update.
    Update,
    /// Update of what a search finds, or create.
    ConditionalUpdate,
    /// Change in part.
    Patch,
    /// Delete.
    Delete,
    /// The versions of a resource.
    HistoryInstance,
    /// The versions of all resources of a type.
    HistoryType,
    /// Search in a type, by GET or POST.
    SearchType,
    /// An operation: its name without `$`, and the URL of its definition.
    Operation(&'static str, &'static str),
}

impl Interaction {
    /// The code in a capability statement; nothing for what is not listed as interaction there.
    pub fn code(self) -> Option<&'static str> {
        match self {
            Self::Capabilities | Self::ConditionalUpdate | Self::Operation(..) => None,
            Self::Batch => Some("transaction"),
            Self::Read => Some("read"),
            Self::Vread => Some("vread"),
            Self::Create => Some("create"),
            Self::Update => Some("update"),
            Self::Patch => Some("patch"),
            Self::Delete => Some("delete"),
            Self::HistoryInstance => Some("history-instance"),
            Self::HistoryType => Some("history-type"),
            Self::SearchType => Some("search-type"),
        }
    }
}

impl Interaction {
    /// The code of the kind of interaction (<http://hl7.org/fhir/restful-interaction>).
    pub fn restful_code(self) -> &'static str {
        match self {
            Self::Capabilities => "capabilities",
            Self::ConditionalUpdate => "update",
            Self::Operation(..) => "operation",
            Self::Batch => "batch",
            other => other.code().unwrap_or("operation"),
        }
    }
}

/// A search parameter as the capability statement tells it.
#[derive(Debug, Clone, Copy)]
pub struct SearchParameter {
    /// Its name.
    pub name: &'static str,
    /// Its type (value set search-param-type): `token`, `reference`, `date`, `string`, `uri`, …
    pub kind: &'static str,
    /// What it finds.
    pub documentation: &'static str,
}

impl Route {
    /// An interaction for everybody, in the formats of FHIR, without search parameters.
    pub(super) const fn new(
        method: Method,
        pattern: &'static str,
        interaction: Interaction,
        transaction: Transaction,
        documentation: &'static str,
        perform: Perform,
    ) -> Self {
        Self { method, pattern, interaction, transaction, needs_person: false, own_format: false, search: &[], documentation, perform }
    }

    /// The resource type of the path; nothing at the base.
    pub fn resource_type(&self) -> Option<&'static str> {
        self.pattern.split('/').next().filter(|first| first.starts_with(|c: char| c.is_ascii_uppercase()))
    }

    /// What the segments of a path stand for, if it is one of this pattern.
    fn matches(&self, segments: &[String]) -> Option<Params> {
        let names: Vec<_> = self.pattern.split('/').filter(|name| !name.is_empty()).collect();
        if names.len() != segments.len() {
            return None;
        }
        let mut params = Params::default();
        for (name, segment) in names.into_iter().zip(segments) {
            match name.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
                Some(_) if segment.is_empty() || segment.starts_with(['$', '_']) => return None,
                Some(name) => params.0.push((name, segment.clone())),
                None if name == segment => {}
                None => return None,
            }
        }
        Some(params)
    }
}

/// What the words in braces of a pattern stand for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Params(Vec<(&'static str, String)>);

impl Params {
    /// The segment that stands for `{name}`; empty if the pattern has no such word.
    pub fn get(&self, name: &str) -> &str {
        self.0.iter().find(|(known, _)| *known == name).map_or("", |(_, segment)| segment.as_str())
    }

    /// As of a path `Type/{id}`.
    pub(super) fn of_id(id: &str) -> Self {
        Self(vec![("id", id.to_owned())])
    }

    /// The segment that stands for `{id}`.
    pub fn id(&self) -> &str {
        self.get("id")
    }
}

/// Every interaction of this server.
pub fn routes() -> impl Iterator<Item = &'static Route> {
    FAMILIES.iter().flat_map(|family| family.iter())
}

/// What a method and a path lead to.
pub(super) enum Found {
    /// An interaction.
    Route(&'static Route, Params),
    /// A path that takes these methods only.
    Allowed(Vec<&'static str>),
    /// Nothing.
    Nothing,
}

/// Looks a request up in the table.
pub(super) fn find(method: Method, segments: &[String]) -> Found {
    let wanted = if method == Method::Head { Method::Get } else { method };
    let at_path = routes().filter(|route| route.method == wanted).find_map(|route| Some((route, route.matches(segments)?)));
    match at_path {
        Some((route, params)) => Found::Route(route, params),
        None => match allowed(segments) {
            allowed if allowed.is_empty() => Found::Nothing,
            allowed => Found::Allowed(allowed),
        },
    }
}

/// The methods that a path takes; none, if it leads nowhere.
pub(super) fn allowed(segments: &[String]) -> Vec<&'static str> {
    let at_path = routes().filter(|route| route.matches(segments).is_some());
    let mut allowed: Vec<_> = at_path.flat_map(|route| allowed_by(route.method)).copied().collect();
    allowed.sort_unstable();
    allowed.dedup();
    allowed
}

fn allowed_by(method: Method) -> &'static [&'static str] {
    match method {
        Method::Get => &["GET", "HEAD"],
        Method::Head => &["HEAD"],
        Method::Post => &["POST"],
        Method::Put => &["PUT"],
        Method::Patch => &["PATCH"],
        Method::Delete => &["DELETE"],
    }
}
