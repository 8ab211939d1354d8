//! JSON or XML: what the caller sends and what they want (FHIR R4, http.html#mime-type).

use serde_json::Value;

use super::Refusal;
use super::request::{FhirRequest, media_type};
use crate::wire::fhir::{FhirFault, html, json, xml};

/// A format of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
    /// For people in a browser; answers only.
    Html,
}

const EXPECTED: &str = "use application/fhir+json, application/fhir+xml, or text/html for answers";

impl Format {
    /// The format that a media type or the short word of `_format` names.
    fn named(name: &str) -> Option<Self> {
        match media_type(name).as_str() {
            "json" | "application/json" | "application/fhir+json" | "text/json" => Some(Self::Json),
            "xml" | "application/xml" | "application/fhir+xml" | "text/xml" => Some(Self::Xml),
            _ => None,
        }
    }

    /// The same, and the format for people.
    fn of_answer(name: &str) -> Option<Self> {
        match media_type(name).as_str() {
            "html" | "text/html" | "application/xhtml+xml" => Some(Self::Html),
            _ => Self::named(name),
        }
    }

    /// What a body is in.
    pub(super) fn of_body(content_type: Option<&str>) -> Result<Self, Refusal> {
        content_type.and_then(Self::named).ok_or_else(|| {
            Refusal::unsupported_media_type(&format!("the Content-Type of the body is not a format of resources; {EXPECTED}"))
        })
    }

    /// What the answer is to be in: `_format`, or else the first of `Accept` with the highest weight. Nothing if the caller
    /// takes neither.
    pub(super) fn wanted(request: &FhirRequest<'_>) -> Option<Self> {
        if let Some(format) = request.parameter("_format") {
            // An unencoded plus sign has become a space.
            return Self::of_answer(&format.replace(' ', "+"));
        }
        let Some(accept) = &request.headers.accept else { return Some(Self::Json) };
        let mut ranges: Vec<_> = accept.split(',').map(|range| (weight(range), range)).filter(|(weight, _)| *weight > 0).collect();
        ranges.retain(|(_, range)| is_of_r4(range));
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        ranges.into_iter().find_map(|(_, range)| match media_type(range).as_str() {
            "*/*" | "application/*" | "" => Some(Self::Json),
            _ => Self::of_answer(range),
        })
    }

    /// 406.
    pub(super) fn not_acceptable() -> Refusal {
        let text = format!("the Accept header or _format names no format of resources; {EXPECTED}");
        Refusal { status: 406, ..Refusal::unsupported_media_type(&text) }
    }

    /// A resource as a document that is kept in this format: its media type and its bytes.
    pub(super) fn as_document(self, resource: &Value) -> (&'static str, Vec<u8>) {
        match self {
            Self::Xml => ("application/fhir+xml", xml::write(resource)),
            Self::Json | Self::Html => ("application/fhir+json", json::write(resource, false)),
        }
    }

    /// The `Content-Type` of an answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
            Self::Html => "text/html; charset=utf-8",
        }
    }

    /// What a browser has to keep to when it shows an answer. Addresses hold identifiers, which no other site is told.
    pub(super) fn headers(self) -> &'static [(&'static str, &'static str)] {
        match self {
            Self::Html => &[("Content-Security-Policy", html::CONTENT_SECURITY_POLICY), ("Referrer-Policy", "no-referrer")],
            Self::Json | Self::Xml => &[],
        }
    }

    pub(super) fn read(self, bytes: &[u8]) -> Result<Value, FhirFault> {
        match self {
            Self::Json | Self::Html => json::read(bytes),
            Self::Xml => xml::read(bytes),
        }
    }

    /// A resource as the answer of that status by the interface at an address.
    pub(super) fn write(self, resource: &Value, is_pretty: bool, status: u16, base_url: &str) -> Vec<u8> {
        match self {
            Self::Json => json::write(resource, is_pretty),
            Self::Xml => xml::write(resource),
            Self::Html => html::page(resource, status, base_url),
        }
    }
}

/// Whether a media range leaves the version of FHIR open or names this one (FHIR R4, http.html#version-parameter).
fn is_of_r4(range: &str) -> bool {
    let version = range.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("fhirVersion="));
    version.is_none_or(|version| version.trim().trim_matches('"') == "4.0")
}

/// The weight of a media range in thousandths (RFC 7231, 5.3.1).
fn weight(range: &str) -> u16 {
    let weight = range.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
    let parsed = weight.map(|weight| weight.trim().parse::<f32>().unwrap_or(0.0));
    // Between 0 and 1000 after clamping; the cast only cuts off what is behind the point.
    parsed.map_or(1000, |weight| (weight.clamp(0.0, 1.0) * 1000.0) as u16)
}
