//! The sample files, built into the program so that an installed one needs no folder beside it.

/// The files of `fixtures/population`, by what they list.
pub const PATIENTS: &[u8] = include_bytes!("../../fixtures/population/patients.json");
/// See [`PATIENTS`].
pub const ESTABLISHMENTS: &[u8] = include_bytes!("../../fixtures/population/establishments.json");
/// See [`PATIENTS`].
pub const PROFESSIONALS: &[u8] = include_bytes!("../../fixtures/population/professionals.json");
/// See [`PATIENTS`].
pub const RECORDS: &[u8] = include_bytes!("../../fixtures/population/records.json");

/// See [`PATIENTS`].
pub const REPRESENTATIVES: &[u8] = include_bytes!("../../fixtures/population/representatives.json");

/// One document of `fixtures/documents`.
#[derive(Debug, Clone, Copy)]
pub(super) struct EmbeddedDocument {
    /// The metadata, JSON.
    pub(super) metadata: &'static str,
    /// The name of the file with the content.
    pub(super) name: &'static str,
    /// The content.
    pub(super) content: &'static [u8],
}

macro_rules! documents {
    ($($id:literal => $content:literal,)*) => {
        &[$(EmbeddedDocument {
            metadata: include_str!(concat!("../../fixtures/documents/", $id, ".json")),
            name: $content,
            content: include_bytes!(concat!("../../fixtures/documents/", $content)),
        }),*]
    };
}

/// All of them, by name.
pub(super) const DOCUMENTS: &[EmbeddedDocument] = documents! {
    "K01" => "K01.xml",
    "K01v1" => "K01v1.xml",
    "K02" => "K02.xml",
    "K03" => "K03.xml",
    "K04" => "K04.xml",
    "K05" => "K05.pdf",
    "K06" => "K06.xml",
    "K07" => "K07.xml",
    "K07kos" => "K07kos.dcm",
    "K08" => "K08.xml",
    "K09" => "K09.txt",
    "K10" => "K10.xml",
    "K11" => "K11.xml",
    "K12" => "K12.xml",
    "K13" => "K13.xml",
    "K14" => "K14.xml",
    "K15" => "K15.xml",
    "K16" => "K16.xml",
    "K17" => "K17.xml",
    "K18" => "K18.xml",
    "K19" => "K19.xml",
    "K20" => "K20.xml",
    "K21" => "K21.xml",
    "K22" => "K22.xml",
    "K23" => "K23.xml",
    "K24" => "K24.xml",
    "K25" => "K25.xml",
    "K26" => "K26.xml",
    "K27" => "K27.xml",
    "K28" => "K28.xml",
    "K29" => "K29.xml",
};

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn every_file_of_the_folder_is_embedded() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/documents");
        let files = std::fs::read_dir(folder).unwrap().count();
        assert_eq!(files, 2 * DOCUMENTS.len(), "add the new document to the list in src/demo/embedded.rs");
    }
}
