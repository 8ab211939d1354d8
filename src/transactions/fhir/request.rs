//! A FHIR request as interactions see it.

use std::io::{ErrorKind, Read};

use serde_json::Value;

use super::format::Format;
use super::staged::Staged;
use super::{Interaction, Refusal};
use crate::model::asked::Asked;
use crate::transactions::iua::Bearer;
use crate::wire::fhir::{Issue, IssueCode, broken_rules, form, json};

/// The methods that FHIR uses (FHIR R4, http.html).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Method {
    /// Read and search.
    Get,
    /// The same without the body.
    Head,
    /// Create, operations, and searches as forms.
    Post,
    /// Update.
    Put,
    /// Change in part.
    Patch,
    /// Delete.
    Delete,
}

impl Method {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Get, Self::Head, Self::Post, Self::Put, Self::Patch, Self::Delete];

    /// As HTTP writes it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }

    /// The method of that name.
    pub fn of(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|method| method.as_str() == name)
    }
}

/// The headers that mean something to FHIR; each absent one is `None`.
#[derive(Debug, Clone, Default)]
pub struct Headers {
    /// `Accept`: formats of the answer.
    pub accept: Option<String>,
    /// `Content-Type` of the body.
    pub content_type: Option<String>,
    /// `If-Match`: the version that may be changed.
    pub if_match: Option<String>,
    /// `If-None-Match`: the version that the caller has.
    pub if_none_match: Option<String>,
    /// `If-None-Exist`: the search of a conditional create.
    pub if_none_exist: Option<String>,
    /// `Prefer`: what a change is answered with.
    pub prefer: Option<String>,
    /// `Authorization`: the token of the person. Never logged.
    pub authorization: Option<String>,
    /// `Range` of a document.
    pub range: Option<String>,
    /// `If-Range`: the content of which the range is asked for.
    pub if_range: Option<String>,
    /// `Access-Reason`: why a record administrator accesses.
    pub access_reason: Option<String>,
    /// `If-Modified-Since`: when the caller got what they have.
    pub if_modified_since: Option<String>,
    /// `Accept-Encoding`: codings of the answer.
    pub accept_encoding: Option<String>,
    /// `Origin`: the page in a browser that asks.
    pub origin: Option<String>,
    /// `Access-Control-Request-Method`: what that page is going to do.
    pub requested_method: Option<String>,
}

/// One request, decoded.
pub struct FhirRequest<'a> {
    /// The method.
    pub method: Method,
    /// The path below `/fhir`, segment by segment.
    pub segments: Vec<String>,
    /// The parameters in their order: of the query, and of the form of a search by POST.
    pub parameters: Vec<(String, String)>,
    /// Path and query as received, and below them the form of a search by POST.
    pub(super) received: String,
    /// The headers.
    pub headers: Headers,
    /// Where this interface is for the caller, such as `https://dossier.example/fhir`, without a slash at the end.
    pub base_url: String,
    /// Whether only the number of matches is wanted, so that a search need not read them.
    pub counts_only: bool,
    /// The resource of the body, where it is read already.
    pub(super) given: Option<Value>,
    /// The long documents that were taken out of it.
    pub(super) staged: Staged,
    /// The token of the request, once it is proven.
    pub(super) bearer: Option<Bearer>,
    pub(super) body: &'a mut dyn Read,
    /// Bytes of a body in memory at most (`limits.fhir_body_size`).
    pub(super) body_limit: usize,
}

/// Parameters of one request at most, and their names and values in bytes: more than any search needs, and each may cost the
/// database a question.
const MOST_PARAMETERS: usize = 100;
const LONGEST_PARAMETERS: usize = 64 * 1024;

impl FhirRequest<'_> {
    /// Refuses more parameters than a search needs, wherever they stood.
    ///
    /// # Errors
    /// 400.
    pub(super) fn check_parameters(&self) -> Result<(), Refusal> {
        let length: usize = self.parameters.iter().map(|(name, value)| name.len() + value.len()).sum();
        if self.parameters.len() <= MOST_PARAMETERS && length <= LONGEST_PARAMETERS {
            return Ok(());
        }
        let text =
            format!("a request has at most {MOST_PARAMETERS} parameters of {LONGEST_PARAMETERS} bytes together; ask for less at a time");
        Err(Refusal::of(400, Issue::error(IssueCode::TooCostly, text)))
    }

    /// The first parameter of that name.
    pub fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The version that `If-Match: W/"3"` names (FHIR R4, http.html#concurrency); nothing without the header.
    ///
    /// # Errors
    /// 400 for anything else in the header.
    pub fn expected_version(&self) -> Result<Option<u64>, Refusal> {
        let Some(header) = &self.headers.if_match else { return Ok(None) };
        let mend = || Refusal::invalid("http.If-Match", "it is not a version", "write the ETag of the resource, such as W/\"3\"");
        version_of(header).map(Some).ok_or_else(mend)
    }

    /// The body as it comes, for what does not belong into memory. Reading on after an error gives the same error.
    pub fn body(&mut self) -> &mut dyn Read {
        self.body
    }

    /// What the audit trail keeps of how it is asked: of searches and other questions, all of it (IHE BALP, 152.4.1.3).
    pub(super) fn asked(&self, interaction: Interaction) -> Asked {
        let is_question = match interaction {
            Interaction::SearchType => true,
            Interaction::Operation(..) => matches!(self.method, Method::Get | Method::Head),
            _ => false,
        };
        let asked = if is_question { Asked::query(&format!("{}{}", self.base_url, self.received)) } else { Asked::default() };
        Asked { interaction: Some(interaction.restful_code().to_owned()), ..asked }
    }

    /// The whole body.
    ///
    /// # Errors
    /// 413 beyond `limits.fhir_body_size`, 408, and 400 if it broke off.
    pub fn whole_body(&mut self) -> Result<Vec<u8>, Refusal> {
        let limit = self.body_limit;
        let just_too_much = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
        let mut bytes = Vec::new();
        (&mut *self.body).take(just_too_much).read_to_end(&mut bytes).map_err(|cause| unreadable(cause.kind()))?;
        if bytes.len() > limit {
            return Err(Refusal::too_large(&format!("the body is longer than {limit} bytes (limits.fhir_body_size); send less at a time")));
        }
        Ok(bytes)
    }

    /// The resource that the body holds, in JSON or XML as its `Content-Type` says, checked against the tables of R4.
    ///
    /// # Errors
    /// 415 for another type, 400 for what is no valid resource, with all its faults; those of [`Self::whole_body`].
    pub fn resource(&mut self) -> Result<Value, Refusal> {
        if let Some(given) = self.given.take() {
            return Ok(given);
        }
        let format = Format::of_body(self.headers.content_type.as_deref())?;
        let bytes = self.whole_body()?;
        self.parsed(format, &bytes)
    }

    /// The resource of these bytes, checked.
    pub(super) fn parsed(&self, format: Format, bytes: &[u8]) -> Result<Value, Refusal> {
        let resource = format.read(bytes).map_err(|fault| Refusal::of(400, fault.issue()))?;
        match broken_rules(&resource) {
            issues if issues.is_empty() => Ok(resource),
            issues => Err(Refusal::of_issues(400, issues)),
        }
    }

    /// [`Self::resource`] of one type.
    ///
    /// # Errors
    /// The same, and 400 for a resource of another type.
    pub fn resource_of_type(&mut self, resource_type: &str) -> Result<Value, Refusal> {
        let resource = self.resource()?;
        match json::resource_type(&resource) {
            found if found == resource_type => Ok(resource),
            found => Err(Refusal::invalid(
                found,
                &format!("the body is a {found}, this address takes a {resource_type}"),
                "send the resource that the address names",
            )),
        }
    }

    /// Takes the form of a search by POST among the parameters (FHIR R4, search.html#Introduction).
    pub(super) fn take_form(&mut self) -> Result<(), Refusal> {
        let is_form = self.headers.content_type.as_deref().is_some_and(|text| media_type(text) == "application/x-www-form-urlencoded");
        let bytes = self.whole_body()?;
        if bytes.is_empty() {
            return Ok(());
        }
        if !is_form {
            return Err(Refusal::unsupported_media_type("a search by POST is a form: send it as application/x-www-form-urlencoded"));
        }
        let text = str::from_utf8(&bytes).map_err(|_| undecodable("the body"))?;
        self.parameters.extend(form::pairs(text).map_err(|_| undecodable("the body"))?);
        self.received.extend(["\n", text]);
        Ok(())
    }
}

/// The version of an ETag `W/"3"` or `"3"`.
pub(super) fn version_of(etag: &str) -> Option<u64> {
    let quoted = etag.trim().trim_start_matches("W/");
    quoted.strip_prefix('"')?.strip_suffix('"')?.parse().ok()
}

/// The versions of a list of ETags.
pub(super) fn versions_of(etags: &str) -> Vec<u64> {
    etags.split(',').filter_map(version_of).collect()
}

/// The media type without its parameters, in lower case.
pub(super) fn media_type(header: &str) -> String {
    header.split(';').next().unwrap_or("").trim().to_ascii_lowercase()
}

pub(super) fn undecodable(place: &str) -> Refusal {
    Refusal::of(400, Issue::error(IssueCode::Invalid, format!("{place} is not percent-encoded UTF-8 (RFC 3986, 2.1); encode it so")))
}

/// The connection broke, or the server's limits on a request were reached.
pub(super) fn unreadable(kind: ErrorKind) -> Refusal {
    let issue = |code, text: &str| Issue::error(code, text);
    match kind {
        ErrorKind::TimedOut => {
            Refusal::of(408, issue(IssueCode::Timeout, "the request did not arrive in time; nothing was done, send it again"))
        }
        ErrorKind::FileTooLarge => Refusal::too_large("the request is larger than this server takes (limits.request_size)"),
        _ => Refusal::of(400, issue(IssueCode::Structure, "the request ended before it was complete; nothing was done")),
    }
}
