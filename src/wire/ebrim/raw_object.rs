//! A registry object as ebRIM writes it, before its attributes are understood.

use crate::model::text::{ExtraClassification, ExtraIdentifier, Extras, InternationalString, LocalizedString, Slot};
use crate::wire::xml::{Element, ns};

use super::schemes::Scheme;

/// A classification: of a scheme with a code, or by a node alone.
#[derive(Debug, Clone)]
pub(super) struct RawClassification {
    /// `classificationScheme`, or `classificationNode` where there is no scheme.
    pub(super) scheme: String,
    /// `nodeRepresentation`.
    pub(super) code: String,
    /// `Name`.
    pub(super) name: InternationalString,
    /// `Slot`s.
    pub(super) slots: Vec<Slot>,
}

/// The parts of a registry object. Reading an attribute takes its part away; what nobody took becomes [`Extras`].
#[derive(Debug, Clone)]
pub(super) struct RawObject<'e> {
    pub(super) element: &'e Element,
    /// `id`, symbolic or a UUID; empty if there is none.
    pub(super) id: &'e str,
    pub(super) name: InternationalString,
    pub(super) description: InternationalString,
    slots: Vec<Slot>,
    classifications: Vec<RawClassification>,
    identifiers: Vec<ExtraIdentifier>,
}

impl<'e> RawObject<'e> {
    pub(super) fn read(element: &'e Element) -> Self {
        Self {
            element,
            id: element.attribute("id").map_or("", str::trim),
            name: read_text(element, "Name"),
            description: read_text(element, "Description"),
            slots: read_slots(element),
            classifications: element.children_named(ns::RIM, "Classification").map(read_classification).collect(),
            identifiers: element.children_named(ns::RIM, "ExternalIdentifier").map(read_identifier).collect(),
        }
    }

    /// The slots that nobody took.
    pub(super) fn slots(&self) -> &[Slot] {
        &self.slots
    }

    /// The classifications that nobody took.
    pub(super) fn classifications(&self) -> &[RawClassification] {
        &self.classifications
    }

    /// The external identifiers that nobody took.
    pub(super) fn identifiers(&self) -> &[ExtraIdentifier] {
        &self.identifiers
    }

    /// Takes all slots of a name; more than one is a fault that the caller reports.
    pub(super) fn take_slots(&mut self, name: &str) -> Vec<Slot> {
        let (taken, left) = std::mem::take(&mut self.slots).into_iter().partition(|slot| slot.name == name);
        self.slots = left;
        taken
    }

    pub(super) fn take_classifications(&mut self, scheme: Scheme) -> Vec<RawClassification> {
        let (taken, left) = std::mem::take(&mut self.classifications).into_iter().partition(|c| c.scheme.eq_ignore_ascii_case(scheme.uuid));
        self.classifications = left;
        taken
    }

    pub(super) fn take_identifiers(&mut self, scheme: Scheme) -> Vec<ExtraIdentifier> {
        let (taken, left) = std::mem::take(&mut self.identifiers).into_iter().partition(|i| i.scheme.eq_ignore_ascii_case(scheme.uuid));
        self.identifiers = left;
        taken
    }

    /// Whether the object has an identifier of this scheme.
    pub(super) fn has_identifier(&self, scheme: Scheme) -> bool {
        self.identifiers.iter().any(|i| i.scheme.eq_ignore_ascii_case(scheme.uuid))
    }

    /// Whether a classification by this node is inside the object.
    pub(super) fn is_classified_by(&self, node: Scheme) -> bool {
        self.classifications.iter().any(|c| c.scheme.eq_ignore_ascii_case(node.uuid))
    }

    /// What is left.
    pub(super) fn into_extras(self) -> Extras {
        let classifications = self.classifications.into_iter().map(|c| ExtraClassification {
            scheme: c.scheme,
            node_representation: c.code,
            name: c.name,
            slots: c.slots,
        });
        Extras { slots: self.slots, classifications: classifications.collect(), identifiers: self.identifiers }
    }
}

/// All slots of an element, values as sent.
pub(super) fn read_slots(element: &Element) -> Vec<Slot> {
    element.children_named(ns::RIM, "Slot").map(read_slot).collect()
}

fn read_slot(element: &Element) -> Slot {
    let lists = element.children_named(ns::RIM, "ValueList");
    let values = lists.flat_map(|list| list.children_named(ns::RIM, "Value")).map(Element::text).collect();
    Slot {
        name: element.attribute("name").unwrap_or("").trim().to_owned(),
        slot_type: element.attribute("slotType").map(str::to_owned),
        values,
    }
}

fn read_text(owner: &Element, local: &str) -> InternationalString {
    let wordings = owner.child(ns::RIM, local).into_iter().flat_map(|text| text.children_named(ns::RIM, "LocalizedString"));
    let read = |wording: &Element| LocalizedString {
        language: wording.attribute_ns(ns::XML, "lang").map(str::to_owned),
        charset: wording.attribute("charset").map(str::to_owned),
        value: wording.attribute("value").unwrap_or("").to_owned(),
    };
    InternationalString(wordings.map(read).filter(|wording| !wording.value.is_empty()).collect())
}

fn read_classification(element: &Element) -> RawClassification {
    let scheme = element.attribute("classificationScheme").or_else(|| element.attribute("classificationNode"));
    RawClassification {
        scheme: scheme.unwrap_or("").trim().to_owned(),
        code: element.attribute("nodeRepresentation").unwrap_or("").trim().to_owned(),
        name: read_text(element, "Name"),
        slots: read_slots(element),
    }
}

fn read_identifier(element: &Element) -> ExtraIdentifier {
    ExtraIdentifier {
        scheme: element.attribute("identificationScheme").unwrap_or("").trim().to_owned(),
        value: element.attribute("value").unwrap_or("").trim().to_owned(),
        name: read_text(element, "Name"),
    }
}
