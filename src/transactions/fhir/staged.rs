//! Documents that come inside a resource: sealed and durable while they are read, but nobody's yet.

use std::collections::HashMap;
use std::io::{self, Read};

use base64::read::DecoderReader;
use serde_json::Value;

use super::request::unreadable;
use super::{FhirRequest, Format, Refusal};
use crate::access::{ContentError, Failure, StagedDocument};
use crate::model::ids::EntryUuid;
use crate::transactions::Services;
use crate::wire::fhir::{WithoutSpace, without_long_data};

/// Documents of one request that were taken out of its resource.
#[derive(Default)]
pub(super) struct Staged(HashMap<String, StagedDocument>);

/// Reads the resource of a body, whose long documents do not pass through memory if it is JSON; they wait in the request.
pub(super) fn read(services: &Services, request: &mut FhirRequest<'_>) -> Result<(), Refusal> {
    if request.given.is_some() || Format::of_body(request.headers.content_type.as_deref())? != Format::Json {
        return Ok(());
    }
    let (limit, most) = (request.body_limit, services.limits.submission_objects);
    let (mut refusal, mut staged) = (None, Staged::default());
    let left = without_long_data(request.body(), limit, &mut |text| {
        let content = staged.take(services, text, most);
        content.map_err(|refused| {
            refusal = Some(refused);
            io::ErrorKind::Other.into()
        })
    });
    let left = left.map_err(|cause| refusal.take().unwrap_or_else(|| unreadable(cause.kind())))?;
    let left = left.ok_or_else(|| {
        Refusal::too_large(&format!(
            "the body is longer than {limit} bytes without its documents (limits.fhir_body_size); send less at a time"
        ))
    })?;
    request.given = Some(request.parsed(Format::Json, &left)?);
    request.staged = staged;
    Ok(())
}

/// The resource of a body, the format in which it came, and its long documents.
pub(super) fn resource_of_type(
    services: &Services,
    request: &mut FhirRequest<'_>,
    resource_type: &str,
) -> Result<(Value, Format, Staged), Refusal> {
    read(services, request)?;
    let resource = request.resource_of_type(resource_type)?;
    // What comes within a batch has no format of its own.
    let format = Format::of_body(request.headers.content_type.as_deref()).unwrap_or(Format::Json);
    Ok((resource, format, std::mem::take(&mut request.staged)))
}

impl Staged {
    /// Stages a document and gives the text that stands for it, which nobody can guess.
    fn take(&mut self, services: &Services, text: &mut dyn Read, most: usize) -> Result<String, Refusal> {
        if self.0.len() >= most {
            return Err(Refusal::too_large(&format!("the body holds more than {most} documents; send fewer at a time")));
        }
        let name = EntryUuid::random().uuid().simple().to_string();
        self.0.insert(name.clone(), stage(services, text)?);
        Ok(name)
    }

    /// The document of a value of `data`.
    pub(super) fn document(&mut self, services: &Services, data: &str) -> Result<StagedDocument, Refusal> {
        match self.0.remove(data) {
            Some(document) => Ok(document),
            None => stage(services, &mut data.as_bytes()),
        }
    }

    /// Whether nothing was taken out.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether a resource holds something that was taken out of it.
    pub(super) fn is_missed_in(&self, resource: &Value) -> bool {
        match resource {
            Value::String(text) => self.0.contains_key(text),
            Value::Array(items) => items.iter().any(|item| self.is_missed_in(item)),
            Value::Object(fields) => fields.values().any(|value| self.is_missed_in(value)),
            _ => false,
        }
    }
}

/// The bytes of base64 text, sealed and durable, but nobody's yet.
fn stage(services: &Services, text: &mut dyn Read) -> Result<StagedDocument, Refusal> {
    let mut content = DecoderReader::new(WithoutSpace(text), &base64::engine::general_purpose::STANDARD);
    let mut staging = services.door.stage()?;
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let count = content.read(&mut buffer).map_err(|cause| match cause.kind() {
            io::ErrorKind::InvalidData => Refusal::invalid("Binary.data", "not base64", "encode the document by RFC 4648, 4"),
            kind => unreadable(kind),
        })?;
        let Some(piece) = buffer.get(..count).filter(|piece| !piece.is_empty()) else { break };
        write(&mut *staging, piece)?;
    }
    Ok(staging.finish().map_err(Failure::from)?)
}

/// These bytes as a document.
pub(super) fn stage_bytes(services: &Services, bytes: &[u8]) -> Result<StagedDocument, Refusal> {
    let mut staging = services.door.stage()?;
    write(&mut *staging, bytes)?;
    Ok(staging.finish().map_err(Failure::from)?)
}

fn write(staging: &mut dyn crate::access::Staging, bytes: &[u8]) -> Result<(), Refusal> {
    let failed = |cause| Failure::from(ContentError::from_io(cause, "write a document", "the content store"));
    Ok(staging.write_all(bytes).map_err(failed)?)
}
