//! AdhocQueryRequest and AdhocQueryResponse: Registry Stored Query (ITI TF-2: 3.18.4.1).

use std::io::{self, Write};

use crate::model::ids::EntryUuid;
use crate::model::multi_patient_query::MultiPatientQuery;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::registry_objects::RegistryObjects;
use crate::model::stored_query::{MetadataLevel, StoredQuery};
use crate::wire::xml::{Element, XmlWriter, ns};

use super::attributes::quoted;
use super::query_parameters::Parameters;
use super::raw_object::read_slots;
use super::registry_response::{ResponseStatus, write_errors};
use super::write_object::write_slot;
use super::{association, document_entry, folder, multi_patient_query, stored_query, submission_set};

/// How much of each object the answer holds (ITI TF-2: 3.18.4.1.2.3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReturnType {
    /// All attributes.
    LeafClass,
    /// Ids alone.
    ObjectRef,
}

impl ReturnType {
    const NAMES: [(Self, &'static str); 2] = [(Self::LeafClass, "LeafClass"), (Self::ObjectRef, "ObjectRef")];

    fn name(self) -> &'static str {
        Self::NAMES.iter().find(|(kind, _)| *kind == self).map_or("LeafClass", |(_, name)| name)
    }
}

/// A stored query as asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AdhocQueryRequest<Q = StoredQuery> {
    /// Objects or ids.
    pub return_type: ReturnType,
    /// How much of the history of metadata the answer shows.
    pub metadata_level: MetadataLevel,
    /// The question.
    pub query: Q,
}

/// Reads `query:AdhocQueryRequest` of Registry Stored Query.
pub fn read_adhoc_query(payload: &Element) -> Result<AdhocQueryRequest, RegistryError> {
    read_request(payload, stored_query::read)
}

/// Reads `query:AdhocQueryRequest` of Multi-Patient Stored Query (ITI TF-2: 3.51.4.1.2).
pub fn read_multi_patient_query(payload: &Element) -> Result<AdhocQueryRequest<MultiPatientQuery>, RegistryError> {
    read_request(payload, multi_patient_query::read)
}

fn read_request<Q>(
    payload: &Element,
    read: impl FnOnce(&str, &Parameters) -> Result<Q, RegistryError>,
) -> Result<AdhocQueryRequest<Q>, RegistryError> {
    let missing =
        |what: &str| RegistryError::new(ErrorCode::RegistryError, "AdhocQueryRequest", format!("{what} is missing (ITI TF-2: 3.18.4.1.2)"));
    let option = payload.child(ns::QUERY, "ResponseOption").ok_or_else(|| missing("the element query:ResponseOption"))?;
    let query = payload.child(ns::RIM, "AdhocQuery").ok_or_else(|| missing("the element rim:AdhocQuery"))?;
    let id = query.attribute("id").ok_or_else(|| missing("the attribute id of rim:AdhocQuery, which names the stored query"))?;
    let parameters = Parameters::new(read_slots(query));
    Ok(AdhocQueryRequest {
        return_type: return_type(option)?,
        metadata_level: parameters.metadata_level()?,
        query: read(id.trim(), &parameters)?,
    })
}

fn return_type(option: &Element) -> Result<ReturnType, RegistryError> {
    let name = option.attribute("returnType").unwrap_or("");
    ReturnType::NAMES.iter().find(|(_, known)| *known == name).map(|(kind, _)| *kind).ok_or_else(|| {
        let context = format!("returnType {} is neither LeafClass nor ObjectRef (ITI TF-2: 3.18.4.1.2.3.1)", quoted(name));
        RegistryError::new(ErrorCode::RegistryError, "ResponseOption/returnType", context)
    })
}

/// Writes `query:AdhocQueryResponse`, declaring the namespaces it uses; `objects` writes what was found, with
/// [`write_registry_objects`] or [`write_object_refs`].
pub fn write_adhoc_query_response<W: Write>(
    xml: &mut XmlWriter<W>,
    errors: &[RegistryError],
    objects: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
) -> io::Result<()> {
    let attributes =
        [("xmlns:query", ns::QUERY), ("xmlns:rim", ns::RIM), ("xmlns:rs", ns::RS), ("status", ResponseStatus::of(errors).urn())];
    xml.start("query:AdhocQueryResponse", &attributes)?;
    write_errors(xml, errors)?;
    xml.start("rim:RegistryObjectList", &[])?;
    objects(xml)?;
    xml.end("rim:RegistryObjectList")?;
    xml.end("query:AdhocQueryResponse")
}

/// Writes ids in place of objects.
pub fn write_object_refs<W: Write>(xml: &mut XmlWriter<W>, mut ids: impl Iterator<Item = EntryUuid>) -> io::Result<()> {
    ids.try_for_each(|id| xml.empty("rim:ObjectRef", &[("id", &id.to_string())]))
}

/// Writes objects with all their attributes, in the namespaces that [`write_adhoc_query_response`] declares.
pub fn write_registry_objects<W: Write>(xml: &mut XmlWriter<W>, objects: &RegistryObjects) -> io::Result<()> {
    objects.submission_sets.iter().try_for_each(|set| submission_set::write(xml, set))?;
    objects.entries.iter().try_for_each(|entry| document_entry::write(xml, entry))?;
    objects.folders.iter().try_for_each(|folder| folder::write(xml, folder))?;
    objects.associations.iter().try_for_each(|association| association::write(xml, association))
}

/// A parameter of a request that a client writes: name and values, each already quoted as the query wants it.
pub type WrittenParameter<'a> = (&'a str, Vec<String>);

/// Writes `query:AdhocQueryRequest` for a client, declaring the namespaces it uses.
pub fn write_adhoc_query_request<W: Write>(
    xml: &mut XmlWriter<W>,
    query_id: &str,
    return_type: ReturnType,
    parameters: &[WrittenParameter<'_>],
) -> io::Result<()> {
    xml.start("query:AdhocQueryRequest", &[("xmlns:query", ns::QUERY), ("xmlns:rim", ns::RIM)])?;
    xml.empty("query:ResponseOption", &[("returnType", return_type.name()), ("returnComposedObjects", "true")])?;
    xml.start("rim:AdhocQuery", &[("id", query_id)])?;
    parameters.iter().try_for_each(|(name, values)| write_slot(xml, name, None, values))?;
    xml.end("rim:AdhocQuery")?;
    xml.end("query:AdhocQueryRequest")
}
