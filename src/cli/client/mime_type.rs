//! MIME types by the name of a file.

use std::path::Path;

/// The extensions of files that are submitted as documents.
const BY_EXTENSION: [(&str, &str); 17] = [
    ("pdf", "application/pdf"),
    ("txt", "text/plain"),
    // CDA, which XDS knows under this type (IHE PCC).
    ("xml", "text/xml"),
    ("cda", "text/xml"),
    ("html", "text/html"),
    ("htm", "text/html"),
    ("csv", "text/csv"),
    ("json", "application/json"),
    ("rtf", "application/rtf"),
    ("dcm", "application/dicom"),
    ("jpg", "image/jpeg"),
    ("jpeg", "image/jpeg"),
    ("png", "image/png"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("zip", "application/zip"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
];

/// The type that the extension tells, in any case; else that of arbitrary bytes.
pub(super) fn mime_type(path: &Path) -> &'static str {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or("");
    let found = BY_EXTENSION.iter().find(|(known, _)| known.eq_ignore_ascii_case(extension));
    found.map_or("application/octet-stream", |(_, kind)| kind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_tells_the_type() {
        assert_eq!(mime_type(Path::new("a/b.PDF")), "application/pdf");
        assert_eq!(mime_type(Path::new("a.xml")), "text/xml");
        for unknown in ["a", ".pdf", "a.pdf.x", "pdf"] {
            assert_eq!(mime_type(Path::new(unknown)), "application/octet-stream", "{unknown}");
        }
    }
}
