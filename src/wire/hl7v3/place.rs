//! An element of a message together with where it stands, so that an error can name the place.

use super::error::{DetailCode, Hl7v3Error};
use crate::wire::xml::{Element, ns};

/// An element and its place as an XPath. Names in it are those that the reader asked for, never the sender's own.
#[derive(Debug, Clone)]
pub(super) struct Place<'m> {
    element: &'m Element,
    path: String,
}

impl<'m> Place<'m> {
    /// The root element of a message of that name.
    pub(super) fn root(element: &'m Element, name: &str) -> Self {
        Self { element, path: format!("/{name}") }
    }

    /// The child elements of that name, in their order; from the second on the path counts them.
    pub(super) fn all<'p>(&'p self, name: &'static str) -> impl Iterator<Item = Place<'m>> + use<'m, 'p> {
        self.element.children_named(ns::HL7V3, name).zip(1_usize..).map(move |(element, number)| {
            let path = if number == 1 { format!("{}/{name}", self.path) } else { format!("{}/{name}[{number}]", self.path) };
            Place { element, path }
        })
    }

    /// The first child element of that name.
    pub(super) fn first(&self, name: &'static str) -> Option<Place<'m>> {
        self.all(name).next()
    }

    /// The child element of that name, of which there has to be one; more are refused, as nothing says which one counts.
    pub(super) fn only(&self, name: &'static str) -> Result<Place<'m>, Hl7v3Error> {
        let mut found = self.all(name);
        let only = found.next().ok_or_else(|| self.below(name, DetailCode::RequiredAssociationMissing, "this element is required"))?;
        let surplus =
            found.next().map(|second| second.error(DetailCode::TooManyAssociations, "there may be one element of this name only"));
        surplus.map_or(Ok(only), Err)
    }

    /// The value of an attribute, trimmed; an empty one is none.
    pub(super) fn attribute(&self, name: &str) -> Option<&'m str> {
        self.element.attribute(name).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The value of an attribute of the first child element of that name: what most HL7 data types come down to.
    pub(super) fn value_of(&self, name: &'static str, attribute: &str) -> Option<&'m str> {
        self.element.child(ns::HL7V3, name).and_then(|child| child.attribute(attribute)).map(str::trim).filter(|value| !value.is_empty())
    }

    /// The element's own text, trimmed; an empty one is none.
    pub(super) fn text(&self) -> Option<String> {
        let text = self.element.text_cow();
        Some(text.trim()).filter(|text| !text.is_empty()).map(str::to_owned)
    }

    /// The texts of the parts of that name, such as `given`.
    pub(super) fn texts(&self, name: &'static str) -> Vec<String> {
        let parts = self.element.children_named(ns::HL7V3, name);
        parts.map(|part| part.text_cow().trim().to_owned()).filter(|text| !text.is_empty()).collect()
    }

    /// The element itself.
    pub(super) fn element(&self) -> &'m Element {
        self.element
    }

    /// An error at this place.
    pub(super) fn error(&self, code: DetailCode, text: impl Into<std::borrow::Cow<'static, str>>) -> Hl7v3Error {
        Hl7v3Error::error(code, self.path.clone(), text)
    }

    /// An error at a place further down that is not there: an element, or an attribute as `@name`.
    pub(super) fn below(&self, relative: &str, code: DetailCode, text: impl Into<std::borrow::Cow<'static, str>>) -> Hl7v3Error {
        Hl7v3Error::error(code, format!("{}/{relative}", self.path), text)
    }
}
