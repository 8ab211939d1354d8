//! How long texts may be (ebRIM 3.0: `LongName`, `FreeFormText`). What is longer makes every answer that shows the object
//! break the schema, and has no room in the indexes that queries look into.

use crate::model::text::{ExtraIdentifier, InternationalString, Slot};

use super::attributes::{Attributes, quoted};
use super::raw_object::{RawClassification, RawObject};
use super::schemes::Scheme;

/// Codes, identifiers, names and values of slots, the type of a document.
const LONG_NAME: usize = 256;
/// Names and descriptions, in each language.
const FREE_FORM_TEXT: usize = 1024;

/// Notes a fault for each text of an object that is longer than ebRIM allows.
pub(super) fn check_lengths(from: &mut Attributes<'_, '_>) {
    let mut overlong = Overlong::default();
    overlong.object(&from.raw);
    for (attribute, context) in overlong.0 {
        from.fault(&attribute, context);
    }
}

/// Attributes with what is wrong with them.
#[derive(Default)]
struct Overlong(Vec<(String, String)>);

impl Overlong {
    fn object(&mut self, raw: &RawObject<'_>) {
        self.long_name("mimeType", raw.element.attribute("mimeType").unwrap_or_default());
        self.text("title", &raw.name);
        self.text("comments", &raw.description);
        self.slots(raw.slots());
        raw.classifications().iter().for_each(|classification| self.classification(classification));
        raw.identifiers().iter().for_each(|identifier| self.identifier(identifier));
    }

    fn classification(&mut self, classification: &RawClassification) {
        let attribute = Scheme::of(&classification.scheme).map_or("Classification", Scheme::attribute);
        self.long_name(attribute, &classification.code);
        self.text(attribute, &classification.name);
        self.slots(&classification.slots);
    }

    fn identifier(&mut self, identifier: &ExtraIdentifier) {
        let attribute = Scheme::of(&identifier.scheme).map_or("ExternalIdentifier", Scheme::attribute);
        self.long_name(attribute, &identifier.value);
        self.text(attribute, &identifier.name);
    }

    fn slots(&mut self, slots: &[Slot]) {
        for slot in slots {
            self.long_name("Slot/name", &slot.name);
            let name = quoted(&slot.name);
            slot.values.iter().for_each(|value| self.long_name(name.trim_matches('\''), value));
        }
    }

    fn text(&mut self, attribute: &str, text: &InternationalString) {
        text.0.iter().for_each(|wording| self.at_most(FREE_FORM_TEXT, "FreeFormText", attribute, &wording.value));
    }

    fn long_name(&mut self, attribute: &str, value: &str) {
        self.at_most(LONG_NAME, "LongName", attribute, value);
    }

    fn at_most(&mut self, most: usize, kind: &str, attribute: &str, value: &str) {
        // A character has one byte at least, and most texts are short.
        if value.len() <= most {
            return;
        }
        let length = value.chars().count();
        if length > most {
            let context = format!("{} has {length} characters; {most} are allowed (ebRIM 3.0: {kind}); shorten it", quoted(value));
            self.0.push((attribute.to_owned(), context));
        }
    }
}
