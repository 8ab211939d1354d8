//! Typed attributes out of a raw object, with every fault reported.

use std::collections::HashMap;

use crate::model::author::Author;
use crate::model::code::Code;
use crate::model::hl7_types::{Xcn, Xon};
use crate::model::ids::{EntryUuid, HomeCommunityId, InvalidIdentifier};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::text::{Extras, Slot};

use super::lengths::check_lengths;
use super::limited::Limited;
use super::raw_object::{RawClassification, RawObject};
use super::schemes::Scheme;

/// How much of a caller's value an error repeats.
const QUOTED: usize = 120;

/// A caller's value, shortened and quoted for an error text.
pub(super) fn quoted(value: &str) -> String {
    let shown: String = value.chars().take(QUOTED).map(|c| if c.is_control() { ' ' } else { c }).collect();
    if shown.len() < value.len() { format!("'{shown}…'") } else { format!("'{shown}'") }
}

/// The ids of a message: a UUID stands for itself, a symbolic id for a UUID made for it.
#[derive(Debug, Default)]
pub(super) struct Ids {
    symbolic: HashMap<String, EntryUuid>,
}

impl Ids {
    /// Gives the object with this id its UUID; an object without an id gets a fresh one.
    pub(super) fn assign(&mut self, id: &str) -> EntryUuid {
        if let Ok(uuid) = id.parse() {
            return uuid;
        }
        let uuid = EntryUuid::random();
        if !id.is_empty() {
            self.symbolic.insert(id.to_owned(), uuid);
        }
        uuid
    }

    /// The errors with each symbolic id in the place of the UUID that was made for it, which its sender has never seen.
    pub(super) fn as_sent(&self, mut errors: Vec<RegistryError>) -> Vec<RegistryError> {
        for (symbol, uuid) in &self.symbolic {
            let (uuid, symbol) = (uuid.to_string(), quoted(symbol));
            for error in &mut errors {
                error.location = error.location.replace(&uuid, symbol.trim_matches('\''));
                error.context = error.context.replace(&uuid, symbol.trim_matches('\''));
            }
        }
        errors
    }

    /// The object an id refers to.
    pub(super) fn resolve(&self, id: &str) -> Option<EntryUuid> {
        self.symbolic.get(id).copied().or_else(|| id.parse().ok())
    }
}

/// Takes attributes out of one object; where one breaks a rule, `None` or a default comes out and the fault is noted.
pub(super) struct Attributes<'e, 'f> {
    /// `DocumentEntry`, `SubmissionSet`, `Folder`, `Association`.
    kind: &'static str,
    pub(super) raw: RawObject<'e>,
    /// That objects with limited metadata are taken.
    pub(super) may_lack: Option<Limited>,
    /// This is one.
    pub(super) reading_limited: bool,
    faults: &'f mut Vec<RegistryError>,
}

impl<'e, 'f> Attributes<'e, 'f> {
    pub(super) fn new(kind: &'static str, raw: RawObject<'e>, faults: &'f mut Vec<RegistryError>) -> Self {
        Self { kind, raw, may_lack: None, reading_limited: false, faults }
    }

    /// Takes limited metadata too, if there is a rule for them.
    pub(super) fn or_limited(self, may_lack: Option<&Limited>) -> Self {
        Self { may_lack: may_lack.cloned(), ..self }
    }

    /// Those of an object that a registry is to keep, which has to fit into the answers that will show it.
    pub(super) fn submitted(kind: &'static str, raw: RawObject<'e>, faults: &'f mut Vec<RegistryError>) -> Self {
        let mut attributes = Self::new(kind, raw, faults);
        check_lengths(&mut attributes);
        attributes
    }

    /// Notes a fault of an attribute of this object.
    pub(super) fn fault(&mut self, attribute: &str, context: impl AsRef<str>) {
        self.fault_as(ErrorCode::RegistryMetadataError, attribute, context);
    }

    /// Notes a fault for which there is a code of its own.
    pub(super) fn fault_as(&mut self, code: ErrorCode, attribute: &str, context: impl AsRef<str>) {
        let location = format!("{}({})/{attribute}", self.kind, quoted(self.raw.id).trim_matches('\''));
        self.faults.push(RegistryError::new(code, location, format!("{}.{attribute}: {}", self.kind, context.as_ref())));
    }

    /// `lid`, where it is there.
    pub(super) fn logical_id(&self) -> Option<&'e str> {
        self.raw.element.attribute("lid").map(str::trim).filter(|lid| !lid.is_empty())
    }

    /// A submission brings first versions; later ones come by Update Document Set (ITI TF-2: 3.42.4.1.3).
    pub(super) fn check_first_version(&mut self, entry_uuid: EntryUuid) {
        if self.logical_id().is_some_and(|lid| lid != self.raw.id && lid.parse() != Ok(entry_uuid)) {
            self.fault("logicalID", "the lid differs from the id, which makes this a new version of existing metadata; a submission brings first versions only, later ones come by Update Document Set (ITI-57)");
        }
    }

    fn parse<T>(&mut self, attribute: &str, value: &str, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Option<T> {
        match parse(value.trim()) {
            Ok(parsed) => Some(parsed),
            Err(InvalidIdentifier { expected }) => {
                self.fault(attribute, format!("{} is not {expected}", quoted(value)));
                None
            }
        }
    }

    /// The values of a slot that may be missing.
    pub(super) fn values(&mut self, name: &str) -> Vec<String> {
        let mut slots = self.raw.take_slots(name);
        if slots.len() > 1 {
            self.fault(name, format!("the slot occurs {} times; its values belong into one slot", slots.len()));
        }
        let values = slots.pop().map(|slot| slot.values).unwrap_or_default();
        values.into_iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect()
    }

    /// The value of a slot that holds one at most.
    pub(super) fn value(&mut self, name: &str) -> Option<String> {
        let mut values = self.values(name);
        if values.len() > 1 {
            self.fault(name, format!("the slot has {} values; one is allowed (ITI TF-3: Table 4.3.1-3)", values.len()));
        }
        values.truncate(1);
        values.pop()
    }

    /// The value of a slot, parsed, where it is there.
    pub(super) fn parsed<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Option<T> {
        let value = self.value(name)?;
        self.parse(name, &value, parse)
    }

    /// The value of a slot, parsed, which has to be there.
    pub(super) fn required<T>(&mut self, name: &str, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Option<T> {
        match self.value(name) {
            Some(value) => self.parse(name, &value, parse),
            None => {
                self.fault(name, "the slot is missing or empty, and it is required (ITI TF-3: Table 4.3.1-3)");
                None
            }
        }
    }

    /// An XML attribute of the object, which has to be there.
    pub(super) fn required_xml_attribute(&mut self, name: &'static str) -> Option<String> {
        let value = self.raw.element.attribute(name).map(str::trim).filter(|value| !value.is_empty()).map(str::to_owned);
        if value.is_none() {
            self.fault(name, format!("the XML attribute {name} is missing or empty, and it is required"));
        }
        value
    }

    /// `home`, where it is there.
    pub(super) fn home_community_id(&mut self) -> Option<HomeCommunityId> {
        let home = self.raw.element.attribute("home").filter(|home| !home.trim().is_empty())?.to_owned();
        self.parse("homeCommunityId", &home, str::parse)
    }

    /// An external identifier, which has to be there once.
    pub(super) fn identifier<T>(&mut self, scheme: Scheme, parse: impl FnOnce(&str) -> Result<T, InvalidIdentifier>) -> Option<T> {
        let attribute = scheme.attribute();
        let identifiers = self.raw.take_identifiers(scheme);
        match identifiers.as_slice() {
            [one] => self.parse(attribute, &one.value, parse),
            [] => {
                self.fault(
                    attribute,
                    format!("the ExternalIdentifier with identificationScheme {} is missing, and it is required", scheme.uuid),
                );
                None
            }
            many => {
                self.fault(
                    attribute,
                    format!("{} ExternalIdentifiers have the identificationScheme {}; one is allowed", many.len(), scheme.uuid),
                );
                None
            }
        }
    }

    /// The codes of a scheme.
    pub(super) fn codes(&mut self, scheme: Scheme) -> Vec<Code> {
        let raw = self.raw.take_classifications(scheme);
        raw.into_iter().filter_map(|classification| self.code(scheme, classification)).collect()
    }

    /// The codes of a scheme, at least one unless the metadata are limited.
    pub(super) fn some_codes(&mut self, scheme: Scheme) -> Vec<Code> {
        let raw = self.raw.take_classifications(scheme);
        if raw.is_empty() && !self.reading_limited {
            self.missing_classification(scheme);
        }
        raw.into_iter().filter_map(|classification| self.code(scheme, classification)).collect()
    }

    /// The code of a scheme, which has to be there once.
    pub(super) fn one_code(&mut self, scheme: Scheme) -> Option<Code> {
        let mut raw = self.raw.take_classifications(scheme);
        if raw.len() > 1 {
            let context = format!("{} Classifications have the classificationScheme {}; one is allowed", raw.len(), scheme.uuid);
            self.fault(scheme.attribute(), context);
        }
        match raw.pop() {
            Some(classification) => self.code(scheme, classification),
            None => {
                self.missing_classification(scheme);
                None
            }
        }
    }

    /// Notes that a classification of this scheme is not there.
    pub(super) fn missing_classification(&mut self, scheme: Scheme) {
        self.fault(
            scheme.attribute(),
            format!("the Classification with classificationScheme {} is missing, and it is required", scheme.uuid),
        );
    }

    /// A code needs a value, a coding scheme and a display name (ITI TF-3: Table 4.2.3.1.2-1).
    fn code(&mut self, scheme: Scheme, classification: RawClassification) -> Option<Code> {
        let RawClassification { code, name, slots, .. } = classification;
        let (coding, extra_slots): (Vec<Slot>, _) = slots.into_iter().partition(|slot| slot.name == "codingScheme");
        let coding_scheme = coding.iter().flat_map(|slot| &slot.values).map(|value| value.trim()).find(|value| !value.is_empty());
        let attribute = scheme.attribute();
        if code.is_empty() {
            self.fault(attribute, "nodeRepresentation is missing or empty; it holds the code");
        }
        if name.is_empty() {
            self.fault(attribute, format!("the code {} has no Name; it holds the display name", quoted(&code)));
        }
        let Some(coding_scheme) = coding_scheme else {
            self.fault(attribute, format!("the code {} has no slot codingScheme; it names the scheme of the code", quoted(&code)));
            return None;
        };
        let complete = !code.is_empty() && !name.is_empty();
        complete.then(|| Code { scheme: coding_scheme.to_owned(), code, display: name, extra_slots })
    }

    /// The authors in the source's order.
    pub(super) fn authors(&mut self, scheme: Scheme) -> Vec<Author> {
        let raw = self.raw.take_classifications(scheme);
        raw.into_iter().map(|classification| self.author(classification)).collect()
    }

    /// One of person, institution, role, specialty, telecommunication is there (ITI TF-3: 4.2.3.1.4). A value that is there and
    /// malformed is one fault, not two.
    fn author(&mut self, classification: RawClassification) -> Author {
        let mut author = Author::default();
        let mut names_somebody = false;
        for slot in classification.slots {
            let values: Vec<_> = slot.values.iter().map(|value| value.trim().to_owned()).filter(|value| !value.is_empty()).collect();
            let defined = AUTHOR_SLOTS.contains(&slot.name.as_str());
            names_somebody |= defined && !values.is_empty();
            match slot.name.as_str() {
                "authorPerson" => author.person = self.author_person(values),
                "authorInstitution" => {
                    let parse = |value: String| self.parse("authorInstitution", &value, |text| Xon::try_from(text.to_owned()));
                    author.institutions = values.into_iter().filter_map(parse).collect();
                }
                "authorRole" => author.roles = values,
                "authorSpecialty" => author.specialties = values,
                "authorTelecommunication" => author.telecommunications = values,
                // What the standard does not define is kept as sent.
                _ => author.extra_slots.push(slot),
            }
        }
        if !names_somebody {
            self.fault(
                "author",
                format!("the Classification names nobody: one of {} has a value (ITI TF-3: 4.2.3.1.4)", AUTHOR_SLOTS.join(", ")),
            );
        }
        author
    }

    fn author_person(&mut self, values: Vec<String>) -> Option<Xcn> {
        if values.len() > 1 {
            self.fault("authorPerson", format!("the slot has {} values; each author has a Classification of its own", values.len()));
        }
        let first = values.into_iter().next()?;
        self.parse("authorPerson", &first, |text| Xcn::try_from(text.to_owned()))
    }

    /// What the standard does not define.
    pub(super) fn into_extras(self) -> Extras {
        self.raw.into_extras()
    }
}

/// The slots of an author (ITI TF-3: Table 4.2.3.1.4-1).
const AUTHOR_SLOTS: [&str; 5] = ["authorPerson", "authorInstitution", "authorRole", "authorSpecialty", "authorTelecommunication"];
