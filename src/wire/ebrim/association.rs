//! Association (ITI TF-3: 4.2.2).

use std::io::{self, Write};

use crate::model::association::{Association, AssociationType, SubmissionSetStatus};
use crate::model::ids::EntryUuid;
use crate::wire::xml::XmlWriter;

use super::attributes::{Attributes, Ids, quoted};
use super::schemes as scheme;
use super::write_object::ObjectWriter;

/// Reads an association; nothing if a fault, which is noted, leaves it incomplete.
pub(super) fn read(mut from: Attributes<'_, '_>, entry_uuid: EntryUuid, ids: &Ids) -> Option<Association> {
    let association_type = association_type(&mut from);
    let source = end(&mut from, "sourceObject", ids);
    let target = end(&mut from, "targetObject", ids);
    let submission_set_status = submission_set_status(&mut from);
    let documentation = from.codes(scheme::ASSOCIATION_DOCUMENTATION).into_iter().next();
    let association_type = association_type?;
    if documentation.is_some() && !association_type.relates_documents() {
        from.fault("documentation", "an association documentation classification explains why documents are related; a HasMember association has none (ITI TF-3: 4.2.2.2.6)");
    }
    Some(Association {
        submission_set_status,
        documentation,
        name: std::mem::take(&mut from.raw.name),
        extras: from.into_extras(),
        ..Association::new(entry_uuid, association_type, source?, target?)
    })
}

fn association_type(from: &mut Attributes<'_, '_>) -> Option<AssociationType> {
    let urn = from.required_xml_attribute("associationType")?;
    let known = AssociationType::from_urn(&urn);
    if known.is_none() {
        from.fault(
            "associationType",
            format!("{} is not an association type that a submission may contain (ITI TF-3: Table 4.2.2-1)", quoted(&urn)),
        );
    }
    known
}

pub(super) fn end(from: &mut Attributes<'_, '_>, name: &'static str, ids: &Ids) -> Option<EntryUuid> {
    let id = from.required_xml_attribute(name)?;
    let end = ids.resolve(&id);
    if end.is_none() {
        from.fault(name, format!("{} is neither the id of an object of this message nor an entry UUID (urn:uuid:…)", quoted(&id)));
    }
    end
}

fn submission_set_status(from: &mut Attributes<'_, '_>) -> Option<SubmissionSetStatus> {
    let text = from.value("SubmissionSetStatus")?;
    let status = SubmissionSetStatus::parse(&text);
    if status.is_none() {
        from.fault("SubmissionSetStatus", format!("{} is neither Original nor Reference (ITI TF-3: 4.2.2.1.1)", quoted(&text)));
    }
    status
}

/// Writes an association with all its attributes.
pub(super) fn write<W: Write>(xml: &mut XmlWriter<W>, association: &Association) -> io::Result<()> {
    let (id, source, target) = (association.entry_uuid.to_string(), association.source.to_string(), association.target.to_string());
    let attributes = [
        ("id", id.as_str()),
        ("lid", &id),
        ("objectType", scheme::ASSOCIATION),
        ("status", association.availability_status.urn()),
        ("associationType", association.association_type.urn()),
        ("sourceObject", &source),
        ("targetObject", &target),
    ];
    let mut object = ObjectWriter::start(xml, "rim:Association", association.entry_uuid, &attributes)?;
    object.slot_if("SubmissionSetStatus", association.submission_set_status.map(SubmissionSetStatus::as_str))?;
    object.extra_slots(&association.extras)?;
    object.texts(&association.name, &Default::default(), None)?;
    object.codes(scheme::ASSOCIATION_DOCUMENTATION, association.documentation.as_slice())?;
    object.extra_classifications(&association.extras)?;
    object.extra_identifiers(&association.extras)?;
    object.end()
}
