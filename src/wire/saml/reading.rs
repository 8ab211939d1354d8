//! What every part of an assertion is read with: exactly one child, plain text, a time.

use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use super::Refusal;
use crate::model::timestamp::Instant;
use crate::wire::xml::{Element, Node};

/// The only child element of that name.
pub(super) fn only<'e>(parent: &'e Element, namespace: &str, local: &str, complaint: &'static str) -> Result<&'e Element, Refusal> {
    at_most_one(parent, namespace, local, complaint)?.ok_or(Refusal::Malformed(complaint))
}

/// The only child element of that name, if there is one; two are refused, for somebody else might read the other.
pub(super) fn at_most_one<'e>(
    parent: &'e Element,
    namespace: &str,
    local: &str,
    complaint: &'static str,
) -> Result<Option<&'e Element>, Refusal> {
    let mut found = parent.elements().filter(|child| child.is(namespace, local));
    match (found.next(), found.next()) {
        (_, Some(_)) => Err(Refusal::Malformed(complaint)),
        (one, None) => Ok(one),
    }
}

/// The text of an element that holds nothing else, without white space at its ends; never empty.
pub(super) fn text(element: &Element, complaint: &'static str) -> Result<String, Refusal> {
    let text = element.text_cow().trim().to_owned();
    let plain = element.children.iter().all(|node| matches!(node, Node::Text(_)));
    if plain && !text.is_empty() && text.len() <= LONGEST_TEXT { Ok(text) } else { Err(Refusal::Malformed(complaint)) }
}

/// Longer than any name or identifier; what is kept of an assertion is made of such texts.
const LONGEST_TEXT: usize = 4096;

/// The time in an attribute, if it is there.
pub(super) fn time(element: &Element, attribute: &str, complaint: &'static str) -> Result<Option<Instant>, Refusal> {
    element.attribute(attribute).map(|text| instant(text).ok_or(Refusal::Malformed(complaint))).transpose()
}

/// The time in an attribute that has to be there.
pub(super) fn required_time(element: &Element, attribute: &str, complaint: &'static str) -> Result<Instant, Refusal> {
    time(element, attribute, complaint)?.ok_or(Refusal::Malformed(complaint))
}

/// An `xs:dateTime` with its time zone (SAML Core, 1.3.3).
pub(super) fn instant(text: &str) -> Option<Instant> {
    let at = OffsetDateTime::parse(text.trim(), &Rfc3339).ok()?;
    i64::try_from(at.unix_timestamp_nanos().div_euclid(1000)).ok().map(Instant)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_a_zone_and_may_have_fractions() {
        assert_eq!(instant("1970-01-01T00:00:01Z"), Some(Instant(1_000_000)));
        assert_eq!(instant(" 1970-01-01T01:00:00.250+01:00 "), Some(Instant(250_000)));
        for bad in ["", "1970-01-01", "1970-01-01T00:00:00", "1970-13-01T00:00:00Z", "0", "1970-01-01T00:00:00ZZ"] {
            assert_eq!(instant(bad), None, "{bad}");
        }
    }
}
