//! FHIR NPM packages: a gzipped tar archive of `package/package.json`, an index and resources. The same resources give the same
//! bytes.

use std::io;

use serde_json::{Value, json};
use tar::{Builder, EntryType, Header};

use super::json::write;
use crate::wire::coding::ContentCoding;

/// What `package.json` says.
#[derive(Debug, Clone, Copy)]
pub struct PackageManifest<'m> {
    /// The name: words with points between, in lower case.
    pub name: &'m str,
    /// The version.
    pub version: &'m str,
    /// The base of the canonical URLs.
    pub canonical: &'m str,
    /// In a few words.
    pub title: &'m str,
    /// In a sentence.
    pub description: &'m str,
    /// Who publishes it.
    pub author: &'m str,
    /// SPDX licence identifier.
    pub license: &'m str,
}

/// The archive of these resources, each with its file name without ending.
///
/// # Errors
/// Those of the archive, which memory does not give.
pub fn package(manifest: &PackageManifest<'_>, resources: &[(String, Value)]) -> io::Result<Vec<u8>> {
    let mut archive = Builder::new(Vec::new());
    add(&mut archive, "package.json", &manifest_of(manifest))?;
    add(&mut archive, ".index.json", &index(resources))?;
    for (name, resource) in resources {
        add(&mut archive, &format!("{name}.json"), resource)?;
    }
    ContentCoding::Gzip.encode(&archive.into_inner()?)
}

fn add(archive: &mut Builder<Vec<u8>>, name: &str, content: &Value) -> io::Result<()> {
    let bytes = write(content, true);
    // No owner and no time of this machine.
    let mut header = Header::new_ustar();
    header.set_entry_type(EntryType::Regular);
    header.set_size(bytes.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    archive.append_data(&mut header, format!("package/{name}"), bytes.as_slice())
}

fn manifest_of(manifest: &PackageManifest<'_>) -> Value {
    json!({
        "name": manifest.name,
        "version": manifest.version,
        "canonical": manifest.canonical,
        "title": manifest.title,
        "description": manifest.description,
        "type": "Conformance",
        "fhirVersions": ["4.0.1"],
        "dependencies": { "hl7.fhir.r4.core": "4.0.1" },
        "author": manifest.author,
        "license": manifest.license,
    })
}

fn index(resources: &[(String, Value)]) -> Value {
    let file = |(name, resource): &(String, Value)| {
        let mut file = json!({ "filename": format!("{name}.json") });
        for element in ["resourceType", "id", "url", "version", "kind", "type"] {
            if let (Some(value), Some(fields)) = (resource.get(element), file.as_object_mut()) {
                fields.insert(element.to_owned(), value.clone());
            }
        }
        file
    };
    json!({ "index-version": 1, "files": resources.iter().map(file).collect::<Vec<_>>() })
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_archive_holds_what_a_package_has_to_and_is_the_same_each_time() {
        let manifest = PackageManifest {
            name: "a.b",
            version: "1.0.0",
            canonical: "https://a.example",
            title: "A",
            description: "B",
            author: "C",
            license: "MIT",
        };
        let set = json!({ "resourceType": "ValueSet", "id": "x", "url": "https://a.example/ValueSet/x", "status": "active" });
        let resources = [("ValueSet-x".to_owned(), set.clone())];
        let bytes = package(&manifest, &resources).unwrap();
        assert_eq!(package(&manifest, &resources).unwrap(), bytes);
        let mut archive = tar::Archive::new(flate2::read::GzDecoder::new(bytes.as_slice()));
        let mut files = Vec::new();
        for entry in archive.entries().unwrap() {
            let mut entry = entry.unwrap();
            let mut text = String::new();
            entry.read_to_string(&mut text).unwrap();
            files.push((entry.path().unwrap().display().to_string(), serde_json::from_str::<Value>(&text).unwrap()));
        }
        let [(first, manifest), (second, index), (third, resource)] = files.as_slice() else { panic!("{files:?}") };
        assert_eq!([first, second, third], ["package/package.json", "package/.index.json", "package/ValueSet-x.json"]);
        assert_eq!((&manifest["fhirVersions"], &index["files"][0]["url"]), (&json!(["4.0.1"]), &set["url"]));
        assert_eq!(resource, &set);
    }
}
