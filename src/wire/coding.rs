//! Content codings of answers (RFC 9110, 8.4.1, 12.5.3).

use std::io::{self, Write};

use flate2::Compression;
use flate2::write::GzEncoder;

/// A coding that makes an answer shorter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ContentCoding {
    /// RFC 7932.
    Brotli,
    /// RFC 1952.
    Gzip,
}

/// How hard it is tried: answers are made while the caller waits.
const BROTLI_QUALITY: u32 = 5;
const BROTLI_WINDOW: u32 = 20;
const BUFFER: usize = 16 * 1024;

impl ContentCoding {
    /// The coding that a caller likes best, by `Accept-Encoding`; nothing if the bytes are to be sent as they are.
    pub fn wanted(accept_encoding: &str) -> Option<Self> {
        let of = |name: &str| {
            let found = accept_encoding
                .split(',')
                .find(|word| word.split(';').next().is_some_and(|word| word.trim().eq_ignore_ascii_case(name)))?;
            let weight = found.split(';').skip(1).find_map(|parameter| parameter.trim().strip_prefix("q="));
            weight.map_or(Some(1.0), |weight| weight.trim().parse::<f32>().ok())
        };
        let best = [(Self::Brotli, of("br")), (Self::Gzip, of("gzip"))].into_iter().filter_map(|(coding, weight)| Some((coding, weight?)));
        let best = best.filter(|(_, weight)| *weight > 0.0).reduce(|best, other| if other.1 > best.1 { other } else { best });
        best.map(|(coding, _)| coding)
    }

    /// Its name in `Content-Encoding`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Gzip => "gzip",
        }
    }

    /// The bytes in this coding; the same bytes give the same.
    ///
    /// # Errors
    /// None that memory would give; those of the coder.
    pub fn encode(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::Brotli => {
                let mut encoder = brotli::CompressorWriter::new(Vec::new(), BUFFER, BROTLI_QUALITY, BROTLI_WINDOW);
                encoder.write_all(bytes)?;
                encoder.flush()?;
                Ok(encoder.into_inner())
            }
            Self::Gzip => {
                // Without name and time in its head.
                let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use super::*;

    #[test]
    fn the_callers_choice_is_taken() {
        for (header, expected) in [
            ("gzip, deflate, br", Some(ContentCoding::Brotli)),
            ("gzip;q=1.0, br;q=0.5", Some(ContentCoding::Gzip)),
            ("GZIP", Some(ContentCoding::Gzip)),
            ("br;q=0, gzip;q=0", None),
            ("identity", None),
            ("", None),
            ("br;q=x", None),
        ] {
            assert_eq!(ContentCoding::wanted(header), expected, "{header}");
        }
    }

    #[test]
    fn what_is_encoded_comes_back() {
        let text = "the same words again and again, ".repeat(100);
        let mut back = String::new();
        let gzip = ContentCoding::Gzip.encode(text.as_bytes()).unwrap();
        flate2::read::GzDecoder::new(gzip.as_slice()).read_to_string(&mut back).unwrap();
        assert!(gzip.len() < text.len() && back == text);
        let brotli = ContentCoding::Brotli.encode(text.as_bytes()).unwrap();
        let mut back = String::new();
        brotli::Decompressor::new(brotli.as_slice(), BUFFER).read_to_string(&mut back).unwrap();
        assert!(brotli.len() < text.len() && back == text);
    }
}
