//! Values that a source says it does not have (HL7 version 3 data types, `nullFlavor`).

use super::place::Place;

/// Whether an element says that there is no value, so that a revision takes the old one away, as `""` does in version 2
/// (ITI TF-2: C). One that is masked (`MSK`) or not in the message (`NP`) may well exist.
pub(super) fn is_taken_away(place: &Place<'_>) -> bool {
    place.attribute("nullFlavor").is_some_and(|flavor| !matches!(flavor, "MSK" | "NP"))
}

/// Whether there are elements of that name and all of them say that there is no value.
pub(super) fn all_taken_away(parent: &Place<'_>, name: &'static str) -> bool {
    let mut elements = parent.all(name).peekable();
    elements.peek().is_some() && elements.all(|element| is_taken_away(&element))
}
