//! A MIME message: its first line is the Content-Type, the rest the body.
#![no_main]

use std::io::Read;

use dossier_fuzz::memory::within;
use dossier_fuzz::pieces::Pieces;
use dossier_fuzz::wire::mtom::{ContentId, ContentType, MtomError, MtomWriter, Multipart, MultipartLimits};
use dossier_fuzz::wire::soap::Fault;
use dossier_fuzz::{LONGEST_ERROR, answers};
use libfuzzer_sys::fuzz_target;

const LIMITS: MultipartLimits =
    MultipartLimits { parts: 20, header_bytes: 512, part_bytes: 16 * 1024, total_bytes: 64 * 1024, preamble_bytes: 256 };

#[derive(Debug, PartialEq)]
struct Part {
    root: bool,
    id: Option<ContentId>,
    content: Vec<u8>,
}

fuzz_target!(|bytes: &[u8]| {
    let end = bytes.iter().position(|byte| *byte == b'\n').unwrap_or(bytes.len());
    let (line, body) = (&bytes[..end], bytes.get(end + 1..).unwrap_or_default());
    let Some(content_type) = std::str::from_utf8(line).ok().and_then(|line| ContentType::parse(line).ok()) else { return };
    let whole = within(bytes, 16, 512 * 1024, || parts(&content_type, body, body.len().max(1)));
    for piece in [1, 7] {
        let slowly = parts(&content_type, body, piece);
        // An error may be noticed earlier or later; whether there is one is the same.
        assert_eq!(whole.as_ref().ok(), slowly.as_ref().ok(), "the size of network packets makes a difference");
    }
    match whole {
        Ok(parts) => check_parts(&parts),
        Err(error) => {
            assert!(error.to_string().len() <= LONGEST_ERROR);
            answers::check_fault(&Fault::from(error));
        }
    }
});

fn parts(content_type: &ContentType, body: &[u8], piece: usize) -> Result<Vec<Part>, MtomError> {
    let mut message = Multipart::open(content_type, Pieces { bytes: body, piece }, LIMITS)?;
    let outcome = read_parts(&mut message);
    let refused = outcome.is_err();
    assert_eq!(message.next_part().is_err(), refused, "half a message passes for a whole one");
    outcome
}

fn read_parts<R: Read>(message: &mut Multipart<R>) -> Result<Vec<Part>, MtomError> {
    let mut parts = Vec::new();
    while let Some(headers) = message.next_part()? {
        let content = if headers.part % 3 == 0 { Vec::new() } else { message.part_body().into_bytes(16 * 1024)? };
        parts.push(Part { root: headers.is_root(), id: headers.content_id.clone(), content });
    }
    Ok(parts)
}

fn check_parts(read: &[Part]) {
    assert_eq!(read.iter().filter(|part| part.root).count(), 1, "a message has one root part");
    assert!(read.len() <= LIMITS.parts);
    let boundary = "-=_of_the_writer_=-";
    if read.iter().any(|part| memchr::memmem::find(&part.content, boundary.as_bytes()).is_some()) {
        return;
    }
    let mut message = MtomWriter::new(Vec::new(), boundary).expect("a valid boundary");
    let mut kept = Vec::new();
    for part in read {
        let Some(id) = part.id.as_ref() else { continue };
        let content = |out: &mut Vec<u8>| {
            out.extend_from_slice(&part.content);
            Ok(())
        };
        let written = if kept.is_empty() { message.root(id, content) } else { message.part(id, "text/plain", content) };
        written.expect("writing into memory");
        kept.push((id, part.content.as_slice()));
    }
    if kept.is_empty() {
        return;
    }
    let bytes = message.finish().expect("writing into memory");
    let header = format!("multipart/related; boundary=\"{boundary}\"");
    let content_type = ContentType::parse(&header).expect("a valid header");
    let limits = MultipartLimits { header_bytes: 8 * 1024, total_bytes: 1 << 20, ..LIMITS };
    let mut message = Multipart::open(&content_type, bytes.as_slice(), limits).expect("a valid header");
    for (id, content) in kept {
        let headers = message.next_part().expect("a message of our own").expect("all parts");
        assert_eq!(headers.content_id.as_ref(), Some(id));
        assert_eq!(message.part_body().into_bytes(16 * 1024).expect("the part"), content);
    }
    assert!(message.next_part().expect("a message of our own").is_none());
}
