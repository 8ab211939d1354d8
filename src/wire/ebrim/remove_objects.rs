//! RemoveObjectsRequest: Remove Metadata (ITI TF-2: 3.62.4.1.2, supplement Remove Metadata and Documents).

use crate::model::ids::EntryUuid;
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::wire::xml::{Element, ns};

use super::attributes::quoted;

/// What a request without the attribute means (ebRS 3.0: 5.6.2), which is all that this transaction knows.
const DELETE_ALL: &str = "urn:oasis:names:tc:ebxml-regrep:DeletionScopeType:DeleteAll";

/// Reads `lcm:RemoveObjectsRequest`: the objects to remove, each once; gives every fault found.
pub fn read_remove_objects(payload: &Element) -> Result<Vec<EntryUuid>, Vec<RegistryError>> {
    let mut faults = Vec::new();
    let mut wrong = |location: &str, context: &str| faults.push(RegistryError::new(ErrorCode::RegistryError, location, context));
    if payload.child(ns::RIM, "AdhocQuery").is_some() {
        wrong(
            "RemoveObjectsRequest/AdhocQuery",
            "objects are not removed by a query; name them in rim:ObjectRefList (ITI TF-2: 3.62.4.1.2)",
        );
    }
    if payload.attribute("deletionScope").is_some_and(|scope| scope.trim() != DELETE_ALL) {
        wrong("RemoveObjectsRequest/deletionScope", "the attribute deletionScope is not used; leave it out (ITI TF-2: 3.62.4.1.2)");
    }
    let lists = payload.children_named(ns::RIM, "ObjectRefList");
    let references: Vec<_> = lists.flat_map(|list| list.children_named(ns::RIM, "ObjectRef")).collect();
    if references.is_empty() {
        wrong("RemoveObjectsRequest/ObjectRefList", "there is no rim:ObjectRef; name at least one object to remove (ITI TF-2: 3.62.4.1.2)");
    }
    let mut ids = Vec::new();
    for reference in references {
        let id = reference.attribute("id").map_or("", str::trim);
        match id.parse::<EntryUuid>() {
            Ok(id) => ids.push(id),
            Err(invalid) => {
                let context = format!("the ObjectRef {} names no object of this registry: an id is {}", quoted(id), invalid.expected);
                faults.push(RegistryError::new(ErrorCode::UnreferencedObject, "ObjectRef/id", context));
            }
        }
    }
    ids.sort_unstable();
    ids.dedup();
    if faults.is_empty() { Ok(ids) } else { Err(faults) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    const FIRST: &str = "urn:uuid:00000000-0000-4000-8000-000000000001";
    const SECOND: &str = "urn:uuid:00000000-0000-4000-8000-000000000002";

    fn read(attributes: &str, content: &str) -> Result<Vec<EntryUuid>, Vec<ErrorCode>> {
        let xml = format!(
            "<l:RemoveObjectsRequest xmlns:l=\"{}\" xmlns=\"{}\" {attributes}>{content}</l:RemoveObjectsRequest>",
            ns::LCM,
            ns::RIM
        );
        let codes = |errors: Vec<RegistryError>| errors.into_iter().map(|error| error.code).collect();
        read_remove_objects(&parse(xml.as_bytes(), &XmlLimits::default()).unwrap()).map_err(codes)
    }

    fn list(ids: &[&str]) -> String {
        let references: String = ids.iter().map(|id| format!("<ObjectRef id=\"{id}\"/>")).collect();
        format!("<ObjectRefList>{references}</ObjectRefList>")
    }

    #[test]
    fn objects_are_named_once_each() {
        let ids = read("", &list(&[SECOND, FIRST, &SECOND.replace("urn:uuid:", " urn:uuid:")])).unwrap();
        assert_eq!(ids.iter().map(ToString::to_string).collect::<Vec<_>>(), [FIRST, SECOND]);
    }

    #[test]
    fn a_request_that_names_no_object_is_refused() {
        for content in ["", "<ObjectRefList/>", "<AdhocQuery id=\"x\"/><ObjectRefList/>"] {
            let errors = read("", content).unwrap_err();
            assert!(!errors.is_empty() && errors.iter().all(|code| *code == ErrorCode::RegistryError), "{content}");
        }
    }

    #[test]
    fn a_query_or_another_scope_is_refused_even_beside_a_list() {
        let one = list(&[FIRST]);
        assert_eq!(read("", &format!("<AdhocQuery id=\"x\"/>{one}")), Err(vec![ErrorCode::RegistryError]));
        let scope = |name: &str| format!("deletionScope=\"urn:oasis:names:tc:ebxml-regrep:DeletionScopeType:{name}\"");
        assert_eq!(read(&scope("DeleteRepositoryItemOnly"), &one), Err(vec![ErrorCode::RegistryError]));
        assert!(read(&scope("DeleteAll"), &one).is_ok(), "what is meant without the attribute may be said");
    }

    #[test]
    fn each_id_that_is_none_has_an_error() {
        let errors = read("", &list(&["", "Document01", FIRST, "urn:uuid:x"])).unwrap_err();
        assert_eq!(errors, [ErrorCode::UnreferencedObject; 3]);
    }
}
