//! The parts that all registry objects have, in the order the ebRIM schema wants them.

use std::io::{self, Write};

use crate::model::author::Author;
use crate::model::code::Code;
use crate::model::ids::EntryUuid;
use crate::model::text::{Extras, InternationalString, Slot};
use crate::wire::xml::XmlWriter;

use super::schemes::{CLASSIFICATION, EXTERNAL_IDENTIFIER, Scheme};

/// Writes one object: slots, texts, classifications, identifiers, in this order.
pub(super) struct ObjectWriter<'x, W: Write> {
    xml: &'x mut XmlWriter<W>,
    name: &'static str,
    owner: EntryUuid,
    owner_id: String,
    /// Classifications and identifiers so far: each gets a stable id of its own from its position.
    parts: u32,
}

impl<'x, W: Write> ObjectWriter<'x, W> {
    pub(super) fn start(xml: &'x mut XmlWriter<W>, name: &'static str, owner: EntryUuid, attributes: &[(&str, &str)]) -> io::Result<Self> {
        xml.start(name, attributes)?;
        Ok(Self { xml, name, owner, owner_id: owner.to_string(), parts: 0 })
    }

    pub(super) fn end(self) -> io::Result<()> {
        self.xml.end(self.name)
    }

    fn part_id(&mut self) -> String {
        self.parts += 1;
        self.owner.part(&self.parts.to_string()).to_string()
    }

    /// A slot, unless it has no value.
    pub(super) fn slot(&mut self, name: &str, values: &[String]) -> io::Result<()> {
        write_slot(self.xml, name, None, values)
    }

    /// A slot of one value, if there is one.
    pub(super) fn slot_if(&mut self, name: &str, value: Option<&str>) -> io::Result<()> {
        value.map_or(Ok(()), |value| write_slot(self.xml, name, None, &[value]))
    }

    pub(super) fn extra_slots(&mut self, extras: &Extras) -> io::Result<()> {
        write_slots(self.xml, &extras.slots)
    }

    /// Name, description and version.
    pub(super) fn texts(&mut self, name: &InternationalString, description: &InternationalString, version: Option<u32>) -> io::Result<()> {
        write_text(self.xml, "rim:Name", name)?;
        write_text(self.xml, "rim:Description", description)?;
        match version {
            Some(version) => self.xml.empty("rim:VersionInfo", &[("versionName", &version.to_string())]),
            None => Ok(()),
        }
    }

    fn classification(
        &mut self,
        scheme: &str,
        code: &str,
        slots: impl FnOnce(&mut XmlWriter<W>) -> io::Result<()>,
        name: &InternationalString,
    ) -> io::Result<()> {
        let id = self.part_id();
        let attributes = [
            ("id", id.as_str()),
            ("objectType", CLASSIFICATION),
            ("classificationScheme", scheme),
            ("classifiedObject", &self.owner_id),
            ("nodeRepresentation", code),
        ];
        self.xml.start("rim:Classification", &attributes)?;
        slots(self.xml)?;
        write_text(self.xml, "rim:Name", name)?;
        self.xml.end("rim:Classification")
    }

    pub(super) fn codes(&mut self, scheme: Scheme, codes: &[Code]) -> io::Result<()> {
        for code in codes.iter().filter(|code| !code.is_absent()) {
            let slots = |xml: &mut XmlWriter<W>| {
                write_slot(xml, "codingScheme", None, &[&code.scheme])?;
                write_slots(xml, &code.extra_slots)
            };
            self.classification(scheme.uuid, &code.code, slots, &code.display)?;
        }
        Ok(())
    }

    pub(super) fn authors(&mut self, scheme: Scheme, authors: &[Author]) -> io::Result<()> {
        for author in authors {
            let slots = |xml: &mut XmlWriter<W>| {
                write_slot(xml, "authorPerson", None, &author.person.iter().map(|person| person.as_str()).collect::<Vec<_>>())?;
                write_slot(xml, "authorInstitution", None, &author.institutions.iter().map(|place| place.as_str()).collect::<Vec<_>>())?;
                write_slot(xml, "authorRole", None, &author.roles)?;
                write_slot(xml, "authorSpecialty", None, &author.specialties)?;
                write_slot(xml, "authorTelecommunication", None, &author.telecommunications)?;
                write_slots(xml, &author.extra_slots)
            };
            self.classification(scheme.uuid, "", slots, &InternationalString::default())?;
        }
        Ok(())
    }

    /// A classification by a node: says what kind of object this is.
    pub(super) fn node(&mut self, node: Scheme) -> io::Result<()> {
        let id = self.part_id();
        let attributes =
            [("id", id.as_str()), ("objectType", CLASSIFICATION), ("classifiedObject", &self.owner_id), ("classificationNode", node.uuid)];
        self.xml.empty("rim:Classification", &attributes)
    }

    pub(super) fn extra_classifications(&mut self, extras: &Extras) -> io::Result<()> {
        for extra in &extras.classifications {
            self.classification(&extra.scheme, &extra.node_representation, |xml| write_slots(xml, &extra.slots), &extra.name)?;
        }
        Ok(())
    }

    pub(super) fn identifier(&mut self, scheme: Scheme, value: &str) -> io::Result<()> {
        self.write_identifier(scheme.uuid, value, &InternationalString::plain(scheme.name))
    }

    pub(super) fn extra_identifiers(&mut self, extras: &Extras) -> io::Result<()> {
        for extra in &extras.identifiers {
            self.write_identifier(&extra.scheme, &extra.value, &extra.name)?;
        }
        Ok(())
    }

    fn write_identifier(&mut self, scheme: &str, value: &str, name: &InternationalString) -> io::Result<()> {
        let id = self.part_id();
        let attributes = [
            ("id", id.as_str()),
            ("objectType", EXTERNAL_IDENTIFIER),
            ("registryObject", &self.owner_id),
            ("identificationScheme", scheme),
            ("value", value),
        ];
        self.xml.start("rim:ExternalIdentifier", &attributes)?;
        write_text(self.xml, "rim:Name", name)?;
        self.xml.end("rim:ExternalIdentifier")
    }
}

/// Writes slots of other makers as they came: one without a value says something to its maker, so it stays.
fn write_slots<W: Write>(xml: &mut XmlWriter<W>, slots: &[Slot]) -> io::Result<()> {
    slots.iter().try_for_each(|slot| write_whole_slot(xml, &slot.name, slot.slot_type.as_deref(), &slot.values))
}

/// Writes a slot, unless it has no value.
pub(super) fn write_slot<W: Write, V: AsRef<str>>(
    xml: &mut XmlWriter<W>,
    name: &str,
    slot_type: Option<&str>,
    values: &[V],
) -> io::Result<()> {
    if values.is_empty() { Ok(()) } else { write_whole_slot(xml, name, slot_type, values) }
}

fn write_whole_slot<W: Write, V: AsRef<str>>(xml: &mut XmlWriter<W>, name: &str, slot_type: Option<&str>, values: &[V]) -> io::Result<()> {
    let mut attributes = vec![("name", name)];
    attributes.extend(slot_type.map(|kind| ("slotType", kind)));
    xml.start("rim:Slot", &attributes)?;
    xml.start("rim:ValueList", &[])?;
    values.iter().try_for_each(|value| xml.leaf("rim:Value", &[], value.as_ref()))?;
    xml.end("rim:ValueList")?;
    xml.end("rim:Slot")
}

fn write_text<W: Write>(xml: &mut XmlWriter<W>, name: &str, text: &InternationalString) -> io::Result<()> {
    if text.is_empty() {
        return Ok(());
    }
    xml.start(name, &[])?;
    for wording in &text.0 {
        let mut attributes = Vec::with_capacity(3);
        attributes.extend(wording.language.as_deref().map(|language| ("xml:lang", language)));
        attributes.extend(wording.charset.as_deref().map(|charset| ("charset", charset)));
        attributes.push(("value", &wording.value));
        xml.empty("rim:LocalizedString", &attributes)?;
    }
    xml.end(name)
}
