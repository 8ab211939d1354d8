//! Authors and addressees: HL7 version 2 types ⇄ Practitioner, Organization and PractitionerRole (MHD 4.2, 3:4.5.1).

use serde_json::{Value, json};

use super::fields::Fields;
use super::references::Resources;
use super::telecom::{contact_point, xtn_of};
use crate::model::author::Author;
use crate::model::hl7_types::{Xcn, Xon};

/// The characters that HL7 version 2 keeps for itself, and their sequences (HL7 version 2.5, 2.7).
const ESCAPES: [(&str, &str); 5] = [("\\E\\", "\\"), ("\\F\\", "|"), ("\\S\\", "^"), ("\\T\\", "&"), ("\\R\\", "~")];

/// Text of a component without its escape sequences.
pub(super) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let sequence = ESCAPES.iter().find_map(|(sequence, character)| Some((rest.strip_prefix(sequence)?, character)));
        match sequence {
            Some((behind, character)) => {
                out.push_str(character);
                rest = behind;
            }
            None => {
                out.push(first);
                rest = rest.strip_prefix(first).unwrap_or_default();
            }
        }
    }
    out
}

/// Text as a component holds it; control characters become spaces.
pub(super) fn written(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for character in text.trim().chars() {
        let sequence = ESCAPES.iter().find(|(_, special)| special.starts_with(character)).map(|(sequence, _)| *sequence);
        match sequence {
            Some(sequence) => out.push_str(sequence),
            None => out.push(if character.is_control() { ' ' } else { character }),
        }
    }
    out
}

/// The OID of an HD `&oid&ISO`.
fn authority(hd: &str) -> Option<String> {
    hd.split('&').nth(1).filter(|oid| !oid.is_empty()).map(|oid| format!("urn:oid:{oid}"))
}

fn identifier(id: &str, hd: &str) -> Value {
    match id.is_empty() {
        true => Value::Null,
        false => json!([Fields::default().with("system", authority(hd)).with("value", plain(id)).value()]),
    }
}

/// Identifier and HD of the first identifier with a value; the HD is empty where its system is no OID.
fn identified(resource: &Value) -> (String, String) {
    let identifiers = resource.get("identifier").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let part = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).unwrap_or_default().to_owned();
    let Some(first) = identifiers.iter().find(|identifier| !part(identifier, "value").is_empty()) else { return Default::default() };
    let hd = part(first, "system").strip_prefix("urn:oid:").map(|oid| format!("&{oid}&ISO"));
    (written(&part(first, "value")), hd.unwrap_or_default())
}

fn component(text: &str, at: usize) -> &str {
    text.split('^').nth(at).unwrap_or_default()
}

/// A HumanName of the components family, given, further names, suffix and prefix, which are at these places.
pub(super) fn human_name(text: &str, first: usize) -> Value {
    let part = |offset: usize| plain(component(text, first + offset));
    let list = |texts: [String; 2]| texts.into_iter().filter(|text| !text.is_empty()).map(Value::from).collect::<Vec<_>>();
    let family = plain(component(text, first).split('&').next().unwrap_or_default());
    Fields::default()
        .with("family", family)
        .with("given", list([part(1), part(2)]))
        .with("prefix", list([part(4), String::new()]))
        .with("suffix", list([part(3), String::new()]))
        .value()
}

/// The components of a HumanName.
pub(super) fn name_components(name: &Value) -> [String; 5] {
    let text = |field: &str| name.get(field).and_then(Value::as_str).unwrap_or_default();
    let texts = |field: &str| -> Vec<&str> {
        name.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter().filter_map(Value::as_str).collect()
    };
    let given = texts("given");
    let family = if text("family").is_empty() && given.is_empty() { text("text") } else { text("family") };
    let further = given.get(1..).unwrap_or_default().join(" ");
    [family, given.first().copied().unwrap_or_default(), &further, &texts("suffix").join(" "), &texts("prefix").join(" ")].map(written)
}

/// A Practitioner of a person.
pub(super) fn practitioner(id: &str, person: &Xcn) -> Value {
    let text = person.as_str();
    let name = human_name(text, 1);
    let names = if name.as_object().is_some_and(|fields| fields.is_empty()) { Value::Null } else { json!([name]) };
    Fields::of_resource("Practitioner")
        .with("id", id)
        .with("identifier", identifier(component(text, 0), component(text, 8)))
        .with("name", names)
        .value()
}

/// The person of a resource that has identifiers and names.
pub(super) fn person_of(resource: &Value) -> Option<Xcn> {
    let (id, hd) = identified(resource);
    let name = resource.get("name").and_then(Value::as_array).and_then(|names| names.first()).map(name_components).unwrap_or_default();
    // XCN.9 is the authority.
    let text = format!("{id}^{}^^^{hd}", name.join("^"));
    let text = text.trim_end_matches('^').to_owned();
    Xcn::try_from(text).ok()
}

/// An Organization.
pub(super) fn organization(id: &str, organisation: &Xon) -> Value {
    let text = organisation.as_str();
    let number = component(text, 9);
    // An identifier that is itself an OID has no authority (ITI TF-3: Table 4.2.3.1.7-2, XON).
    let identifiers = match number.contains('.') && component(text, 5).is_empty() {
        true => json!([{ "system": super::urls::URN, "value": format!("urn:oid:{number}") }]),
        false => identifier(number, component(text, 5)),
    };
    Fields::of_resource("Organization").with("id", id).with("identifier", identifiers).with("name", plain(component(text, 0))).value()
}

/// The organisation of an Organization.
pub(super) fn organization_of(resource: &Value) -> Option<Xon> {
    let name = written(resource.get("name").and_then(Value::as_str).unwrap_or_default());
    let (id, hd) = identified(resource);
    let text = match id.strip_prefix("urn:oid:") {
        Some(oid) => format!("{name}^^^^^^^^^{oid}"),
        None if id.is_empty() || hd.is_empty() => name,
        None => format!("{name}^^^^^{hd}^^^^{id}"),
    };
    Xon::try_from(text).ok()
}

/// Adds an author's resources to those contained; gives the reference to them.
pub(super) fn write_author(author: &Author, name: &str, contained: &mut Vec<Value>) -> Value {
    let refer = |id: &str| json!({ "reference": format!("#{id}") });
    let person = author.person.as_ref().map(|person| practitioner(name, person));
    let institution = author.institutions.first().map(|institution| organization(&format!("{name}-org"), institution));
    let is_plain = author.roles.is_empty() && author.specialties.is_empty() && author.telecommunications.is_empty();
    let of_one = match (&person, &institution) {
        (Some(_), None) if is_plain => Some(name.to_owned()),
        (None, Some(_)) if is_plain => Some(format!("{name}-org")),
        _ => None,
    };
    let (has_person, has_institution) = (person.is_some(), institution.is_some());
    contained.extend(person.into_iter().chain(institution));
    if let Some(id) = of_one {
        return refer(&id);
    }
    let texts = |texts: &[String]| texts.iter().filter(|text| !text.is_empty()).map(|text| json!({ "text": text })).collect::<Vec<_>>();
    let telecom: Vec<_> = author.telecommunications.iter().filter_map(|xtn| contact_point(xtn)).collect();
    let role = Fields::of_resource("PractitionerRole")
        .with("id", format!("{name}-role"))
        .with("practitioner", if has_person { refer(name) } else { Value::Null })
        .with("organization", if has_institution { refer(&format!("{name}-org")) } else { Value::Null })
        .with("code", texts(&author.roles))
        .with("specialty", texts(&author.specialties))
        .with("telecom", telecom);
    contained.push(role.value());
    refer(&format!("{name}-role"))
}

/// The author behind a reference of `owner`; nothing if it leads to nobody that has a name or an identifier.
pub(super) fn read_author(reference: &Value, owner: &Value, resources: &Resources<'_>) -> Option<Author> {
    let Some(resource) = resources.resolve(owner, reference) else {
        // A reference that cannot be followed may still name whom it means.
        let named = json!({ "identifier": [reference.get("identifier")?], "name": [{ "text": reference.get("display") }] });
        return Some(Author { person: Some(person_of(&named)?), ..Author::default() });
    };
    let telecom = |resource: &Value| -> Vec<String> {
        resource.get("telecom").and_then(Value::as_array).map_or(&[][..], Vec::as_slice).iter().filter_map(xtn_of).collect()
    };
    let author = match resource.get("resourceType").and_then(Value::as_str)? {
        "PractitionerRole" => {
            let end = |name: &str| resource.get(name).and_then(|reference| resources.resolve(owner, reference));
            let practitioner = end("practitioner");
            let mut telecommunications = telecom(resource);
            telecommunications.extend(practitioner.map(telecom).unwrap_or_default());
            Author {
                person: practitioner.and_then(person_of),
                institutions: end("organization").and_then(organization_of).into_iter().collect(),
                roles: words(resource, "code"),
                specialties: words(resource, "specialty"),
                telecommunications,
                ..Author::default()
            }
        }
        "Organization" => Author { institutions: vec![organization_of(resource)?], ..Author::default() },
        _ => Author { person: person_of(resource), telecommunications: telecom(resource), ..Author::default() },
    };
    (author != Author::default()).then_some(author)
}

/// What coded values are called.
fn words(resource: &Value, field: &str) -> Vec<String> {
    let concepts = resource.get(field).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    let word = |concept: &Value| {
        let coding = concept.get("coding").and_then(|codings| codings.get(0));
        text(concept, "text").or_else(|| text(coding?, "display")).or_else(|| text(coding?, "code"))
    };
    concepts.iter().filter_map(word).collect()
}
