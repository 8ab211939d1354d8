//! Whether a document says of itself that it is PDF/A.

use std::io::{self, Read};

/// The XMP schema by which a PDF says so (ISO 19005-1: 6.7.11); the XMP packet of a PDF/A is never compressed (6.7.2).
const MARK: &[u8] = b"http://www.aiim.org/pdfa/ns/id/";
const HEAD: &[u8] = b"%PDF-";

/// Reads the content once, a piece at a time. That the file keeps what it says is for a validator to find out.
pub(super) fn says_pdf_a(mut content: impl Read) -> io::Result<bool> {
    let mut window = Vec::new();
    let mut piece = vec![0; 64 * 1024];
    let mut first = true;
    loop {
        let length = content.read(&mut piece)?;
        if length == 0 {
            return Ok(false);
        }
        window.extend_from_slice(piece.get(..length).unwrap_or_default());
        if first && window.len() >= HEAD.len() {
            if !window.starts_with(HEAD) {
                return Ok(false);
            }
            first = false;
        }
        if !first && window.windows(MARK.len()).any(|part| part == MARK) {
            return Ok(true);
        }
        // The mark may begin in this piece and end in the next.
        let done = window.len().saturating_sub(MARK.len());
        window.drain(..done);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn says(content: &[u8]) -> bool {
        says_pdf_a(content).unwrap()
    }

    #[test]
    fn the_mark_is_found_wherever_it_stands() {
        let mark = String::from_utf8_lossy(MARK);
        for before in [0, 65_500, 65_536, 131_050] {
            let content = format!("%PDF-1.7\n{}xmlns:pdfaid=\"{mark}\"", " ".repeat(before));
            assert!(says(content.as_bytes()), "{before}");
        }
        assert!(!says(b"%PDF-1.7 without it"));
        assert!(!says(format!("text that quotes {mark}").as_bytes()));
        assert!(!says(b""));
    }
}
