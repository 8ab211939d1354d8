//! MTOM packages, good and bad.

/// A MIME package as bytes, with the header that announces it.
pub struct Package {
    pub content_type: String,
    pub body: Vec<u8>,
}

/// One part: its header lines without ends, and its bytes.
pub struct Part {
    pub headers: Vec<String>,
    pub body: Vec<u8>,
}

impl Part {
    /// The part with the envelope.
    pub fn root(envelope: &str) -> Self {
        let headers = [
            "Content-ID: <root@dossier.test>",
            "Content-Type: application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"",
            "Content-Transfer-Encoding: binary",
        ];
        Self { headers: headers.map(str::to_owned).to_vec(), body: envelope.as_bytes().to_vec() }
    }

    /// A part with a document.
    pub fn document(content_id: &str, bytes: &[u8]) -> Self {
        let headers = [
            format!("Content-ID: <{content_id}>"),
            "Content-Type: application/octet-stream".into(),
            "Content-Transfer-Encoding: binary".into(),
        ];
        Self { headers: headers.to_vec(), body: bytes.to_vec() }
    }
}

/// The parts in this order, the root part named by its id.
pub fn package(parts: &[Part]) -> Package {
    let content_type = "multipart/related; type=\"application/xop+xml\"; start=\"<root@dossier.test>\"; \
                        start-info=\"application/soap+xml\"; boundary=\"b0undary\"";
    Package { content_type: content_type.to_owned(), body: framed("b0undary", parts) }
}

/// The parts between delimiters.
pub fn framed(boundary: &str, parts: &[Part]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for part in parts {
        bytes.extend_from_slice(format!("--{boundary}\r\n{}\r\n\r\n", part.headers.join("\r\n")).as_bytes());
        bytes.extend_from_slice(&part.body);
        bytes.extend_from_slice(b"\r\n");
    }
    bytes.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    bytes
}
