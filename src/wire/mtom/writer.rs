//! An envelope and documents as one MIME message, written as a stream.

use std::io::{self, Write};

use super::content_id::ContentId;
use super::content_type::ContentType;
use super::multipart::is_boundary;

const ROOT_TYPE: &str = "application/xop+xml; charset=UTF-8; type=\"application/soap+xml\"";

/// Writes a `multipart/related` message part by part; the root comes first.
#[derive(Debug)]
pub struct MtomWriter<W: Write> {
    out: W,
    boundary: String,
    begun: bool,
}

impl<W: Write> MtomWriter<W> {
    /// A message with this boundary, which must be random enough not to occur in any document.
    ///
    /// Fails with [`io::ErrorKind::InvalidInput`] if RFC 2046 does not allow the boundary.
    pub fn new(out: W, boundary: &str) -> io::Result<Self> {
        if !is_boundary(boundary) {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "the boundary is not one of RFC 2046"));
        }
        Ok(Self { out, boundary: boundary.to_owned(), begun: false })
    }

    /// Writes the root part; `content` writes the SOAP envelope.
    pub fn root(&mut self, content_id: &ContentId, content: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<()> {
        self.headers(content_id, ROOT_TYPE)?;
        content(&mut self.out)
    }

    /// Writes one document; `content` writes its bytes.
    ///
    /// `content_type` may come from stored metadata: what is no valid media type is sent as `application/octet-stream`.
    pub fn part(&mut self, content_id: &ContentId, content_type: &str, content: impl FnOnce(&mut W) -> io::Result<()>) -> io::Result<()> {
        self.headers(content_id, fit_for_header(content_type))?;
        content(&mut self.out)
    }

    /// Writes the closing delimiter and gives back what was written to.
    pub fn finish(mut self) -> io::Result<W> {
        write!(self.out, "\r\n--{}--\r\n", self.boundary)?;
        Ok(self.out)
    }

    fn headers(&mut self, content_id: &ContentId, content_type: &str) -> io::Result<()> {
        if self.begun {
            self.out.write_all(b"\r\n")?;
        }
        self.begun = true;
        let boundary = &self.boundary;
        write!(
            self.out,
            "--{boundary}\r\nContent-Type: {content_type}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: {content_id}\r\n\r\n"
        )
    }
}

/// The `Content-Type` of the HTTP message that carries what [`MtomWriter`] wrote (RFC 2387, 3; MTOM, 3.2).
pub fn response_content_type(boundary: &str, root: &ContentId, action: &str) -> String {
    format!(
        "multipart/related; type=\"application/xop+xml\"; boundary=\"{}\"; start=\"{}\"; start-info=\"application/soap+xml\"; action=\"{}\"",
        quotable(boundary),
        quotable(&root.to_string()),
        quotable(action)
    )
}

/// `content_type`, unless it could do harm as a header field.
fn fit_for_header(content_type: &str) -> &str {
    let printable = content_type.chars().all(|c| c == ' ' || c.is_ascii_graphic());
    if printable && ContentType::parse(content_type).is_ok() { content_type } else { "application/octet-stream" }
}

/// What may stand between quotes in a header field; every other character is left out.
fn quotable(text: &str) -> String {
    text.chars().filter(|c| (*c == ' ' || c.is_ascii_graphic()) && !matches!(c, '"' | '\\')).collect()
}

#[cfg(test)]
mod tests {
    use std::io::Read;

    use super::*;
    use crate::wire::mtom::{Multipart, MultipartLimits};

    fn id(text: &str) -> ContentId {
        ContentId::parse(text).unwrap()
    }

    #[test]
    fn what_is_written_is_read_back() {
        let document: Vec<u8> = (0..200_000_u32).map(|n| n.to_le_bytes()[0]).collect();
        let mut message = MtomWriter::new(Vec::new(), "b-1").unwrap();
        message.root(&id("root@a"), |w| w.write_all(b"<e/>")).unwrap();
        message.part(&id("1@a"), "text/xml; charset=utf-8", |w| w.write_all(&document)).unwrap();
        message.part(&id("2@a"), "a/b\r\nX-Evil: 1", |_| Ok(())).unwrap();
        let bytes = message.finish().unwrap();
        assert!(!bytes.windows(6).any(|window| window == b"X-Evil"));

        let header = response_content_type("b-1", &id("root@a"), "urn:a");
        let content_type = ContentType::parse(&header).unwrap();
        assert_eq!(content_type.action().as_deref(), Some("urn:a"));
        let mut read = Multipart::open(&content_type, bytes.as_slice(), MultipartLimits::default()).unwrap();
        for (name, media_type, expected) in [
            ("root@a", "application/xop+xml", b"<e/>".as_slice()),
            ("1@a", "text/xml", &document),
            ("2@a", "application/octet-stream", b""),
        ] {
            let headers = read.next_part().unwrap().unwrap();
            assert_eq!(headers.is_root(), name == "root@a");
            assert_eq!(headers.content_id.unwrap().as_str(), name);
            assert_eq!(headers.content_type.unwrap().media_type(), media_type);
            let mut content = Vec::new();
            read.part_body().read_to_end(&mut content).unwrap();
            assert!(content == expected, "{name}");
        }
        assert_eq!(read.next_part().unwrap(), None);
    }

    #[test]
    fn nothing_breaks_out_of_a_header_field() {
        let header = response_content_type("b", &id("a"), "urn:a\"; x=\"\r\nSet-Cookie: é\\");
        assert_eq!(ContentType::parse(&header).unwrap().parameter("action"), Some("urn:a; x=Set-Cookie: "));
        assert!(!header.contains(['\r', '\n', '\\', 'é']));
        for unfit in ["", "text", "text/html\n", "text/html; a=\"b", "text/hé"] {
            assert_eq!(fit_for_header(unfit), "application/octet-stream", "{unfit:?}");
        }
        assert!(MtomWriter::new(Vec::new(), "a\r\nb").is_err());
    }
}
