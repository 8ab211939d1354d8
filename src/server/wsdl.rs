//! The descriptions of the endpoints and their schemas, from `profiles/ihe/`, compiled in.

/// The address in the files, which the server's own takes the place of.
const PLACEHOLDER: &str = "http://localhost:8080/";

/// Register Document Set-b and On-Demand Document Entry, Registry and Multi-Patient Stored Query, updates, and Remove Metadata.
pub(super) const REGISTRY: &str = include_str!("../../profiles/ihe/registry.wsdl");
/// Provide and Register Document Set-b, Retrieve Document Set and Remove Documents.
pub(super) const REPOSITORY: &str = include_str!("../../profiles/ihe/repository.wsdl");

/// Patient Identity Feed HL7 V3.
pub(super) const PATIENT_FEED: &str = include_str!("../../profiles/ihe/patient-feed.wsdl");

const SCHEMAS: [(&str, &str); 8] = [
    ("hl7v3.xsd", include_str!("../../profiles/ihe/schemas/hl7v3.xsd")),
    ("lcm.xsd", include_str!("../../profiles/ihe/schemas/lcm.xsd")),
    ("query.xsd", include_str!("../../profiles/ihe/schemas/query.xsd")),
    ("rim.xsd", include_str!("../../profiles/ihe/schemas/rim.xsd")),
    ("rmd.xsd", include_str!("../../profiles/ihe/schemas/rmd.xsd")),
    ("rs.xsd", include_str!("../../profiles/ihe/schemas/rs.xsd")),
    ("xdsb.xsd", include_str!("../../profiles/ihe/schemas/xdsb.xsd")),
    ("xml.xsd", include_str!("../../profiles/ihe/schemas/xml.xsd")),
];

/// A description that names the server's own address, `https://xds.example` say. The address must be fit for an attribute.
pub(super) fn at(description: &str, address: &str) -> String {
    description.replace(PLACEHOLDER, &format!("{address}/"))
}

/// A schema by the name of its file.
pub(super) fn schema(file: &str) -> Option<&'static str> {
    SCHEMAS.iter().find(|(name, _)| *name == file).map(|(_, text)| *text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_placeholder_is_left() {
        for (description, path) in [(REGISTRY, "xds/registry"), (REPOSITORY, "xds/repository"), (PATIENT_FEED, "hl7v3/patient-feed")] {
            let text = at(description, "https://xds.example");
            assert!(text.contains(&format!("location=\"https://xds.example/{path}\"")), "{text}");
            assert!(!text.contains("localhost"), "{text}");
        }
    }

    #[test]
    fn every_file_that_is_referred_to_is_there() {
        let texts = [REGISTRY, REPOSITORY, PATIENT_FEED].into_iter().chain(SCHEMAS.iter().map(|(_, text)| *text));
        for text in texts {
            for reference in text.split("schemaLocation=\"").skip(1) {
                let file = reference.split('"').next().unwrap();
                let name = file.strip_prefix("schemas/").unwrap_or(file);
                assert!(schema(name).is_some(), "{file}");
            }
        }
        assert_eq!(schema("../registry.wsdl"), None);
    }
}
