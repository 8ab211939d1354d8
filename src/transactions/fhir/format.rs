//! JSON or XML: what the caller sends and what they want (FHIR R4, http.html#mime-type).

use serde_json::Value;

use super::Refusal;
use super::request::{FhirRequest, media_type};
use crate::wire::fhir::{FhirFault, json, xml};

/// A format of resources.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    Json,
    Xml,
}

const EXPECTED: &str = "use application/fhir+json or application/fhir+xml";

impl Format {
    /// The format that a media type or the short word of `_format` names.
    fn named(name: &str) -> Option<Self> {
        match media_type(name).as_str() {
            "json" | "application/json" | "application/fhir+json" | "text/json" => Some(Self::Json),
            "xml" | "application/xml" | "application/fhir+xml" | "text/xml" => Some(Self::Xml),
            _ => None,
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
            return Self::named(&format.replace(' ', "+"));
        }
        let Some(accept) = &request.headers.accept else { return Some(Self::Json) };
        let mut ranges: Vec<_> = accept.split(',').map(|range| (weight(range), range)).filter(|(weight, _)| *weight > 0).collect();
        ranges.retain(|(_, range)| is_of_r4(range));
        ranges.sort_by_key(|(weight, _)| std::cmp::Reverse(*weight));
        ranges.into_iter().find_map(|(_, range)| match media_type(range).as_str() {
            "*/*" | "application/*" | "" => Some(Self::Json),
            _ => Self::named(range),
        })
    }

    /// 406.
    pub(super) fn not_acceptable() -> Refusal {
        let text = format!("the Accept header or _format names no format of resources; {EXPECTED}");
        Refusal { status: 406, ..Refusal::unsupported_media_type(&text) }
    }

    /// The media type alone.
    pub(super) fn media_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json",
            Self::Xml => "application/fhir+xml",
        }
    }

    /// The `Content-Type` of an answer.
    pub(super) fn content_type(self) -> &'static str {
        match self {
            Self::Json => "application/fhir+json; charset=utf-8",
            Self::Xml => "application/fhir+xml; charset=utf-8",
        }
    }

    pub(super) fn read(self, bytes: &[u8]) -> Result<Value, FhirFault> {
        match self {
            Self::Json => json::read(bytes),
            Self::Xml => xml::read(bytes),
        }
    }

    pub(super) fn write(self, resource: &Value, is_pretty: bool) -> Vec<u8> {
        match self {
            Self::Json => json::write(resource, is_pretty),
            Self::Xml => xml::write(resource),
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
