use std::io;

use proptest::prelude::*;

use super::*;

/// Gives its bytes in reads of the sizes given, over and over.
struct Dribble {
    bytes: Vec<u8>,
    at: usize,
    sizes: Vec<usize>,
    reads: usize,
}

impl Read for Dribble {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        let size = self.sizes[self.reads % self.sizes.len()];
        self.reads += 1;
        let count = size.min(out.len()).min(self.bytes.len() - self.at);
        out[..count].copy_from_slice(&self.bytes[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}

fn open_with<R: Read>(source: R, parameters: &str, limits: MultipartLimits) -> Result<Multipart<R>, MtomError> {
    let content_type = ContentType::parse(&format!("multipart/related; boundary=b{parameters}")).unwrap();
    Multipart::open(&content_type, source, limits)
}

fn open<R: Read>(source: R) -> Multipart<R> {
    open_with(source, "", MultipartLimits::default()).unwrap()
}

/// All parts with their content, reading with a buffer of `step` bytes.
fn read_all<R: Read>(mut message: Multipart<R>, step: usize) -> Result<Vec<(PartHeaders, Vec<u8>)>, MtomError> {
    let mut parts = Vec::new();
    while let Some(headers) = message.next_part()? {
        let (mut content, mut buffer) = (Vec::new(), vec![0; step]);
        let mut body = message.part_body();
        loop {
            match body.read(&mut buffer).map_err(MtomError::from_io)? {
                0 => break,
                count => content.extend_from_slice(&buffer[..count]),
            }
        }
        parts.push((headers, content));
    }
    Ok(parts)
}

fn contents(message: &[u8]) -> Result<Vec<Vec<u8>>, MtomError> {
    Ok(read_all(open(message), 4096)?.into_iter().map(|(_, content)| content).collect())
}

fn refusal(message: &[u8]) -> MtomError {
    contents(message).expect_err("the message should be refused")
}

/// Skips every part without reading its content.
fn refusal_within(message: &[u8], limits: MultipartLimits) -> Option<MtomError> {
    let mut message = open_with(message, "", limits).unwrap();
    loop {
        match message.next_part() {
            Ok(Some(_)) => {}
            Ok(None) => return None,
            Err(error) => {
                assert!(matches!(message.next_part(), Err(MtomError::RefusedAlready)));
                assert!(message.part_body().read(&mut [0; 9]).is_err());
                return Some(error);
            }
        }
    }
}

const PLAIN: &[u8] = b"pre\r\n--b\r\nContent-ID: <1>\r\n\r\none\r\n--b \t\r\n\r\n\r\ntwo\r\n\r\n--b--\r\nepilogue";

#[test]
fn parts_are_exact() {
    assert_eq!(contents(PLAIN).unwrap(), [b"one".to_vec(), b"\r\ntwo\r\n".to_vec()]);
    assert_eq!(contents(b"--b\r\n\r\n\r\n--b--").unwrap(), [b""]);
    assert_eq!(contents(b"--b\r\nX: y\r\n\r\n--b--").unwrap(), [b""], "no empty line and no content");
    assert_eq!(contents(b"--b\r\n\r\n--b\r\n\r\nx\r\n--b--").unwrap(), [b"".to_vec(), b"x".to_vec()]);
}

#[test]
fn what_only_looks_like_a_delimiter_is_content() {
    for content in ["\n--b\n", "x--b--\r\n", "\r\n-b--", "\r\n--", "\r\n--c", "\r\n --b", "\r--b", "\r\n\r\n--\r\n--"] {
        let message = format!("--b\r\n\r\n{content}\r\n--b--\r\n");
        assert_eq!(contents(message.as_bytes()).unwrap(), [content.as_bytes()], "{content:?}");
    }
}

#[test]
fn a_line_that_begins_with_the_delimiter_and_goes_on_is_refused() {
    assert!(matches!(refusal(b"--b\r\n\r\nx\r\n--bc\r\n\r\n--b--"), MtomError::Delimiter { part: 1 }));
    assert!(matches!(refusal(b"--b-\r\n\r\nx\r\n--b--"), MtomError::Delimiter { part: 0 }));
    let padded = format!("--b{}\r\n\r\nx\r\n--b--", " ".repeat(100));
    assert!(matches!(refusal(padded.as_bytes()), MtomError::Delimiter { part: 0 }));
}

#[test]
fn lines_that_end_in_lf_are_refused_with_a_reason() {
    assert!(matches!(refusal(b"--b\n\nx\n--b--\n"), MtomError::BareLineFeed { .. }));
    assert!(matches!(refusal(b"--b\r\nA: b\nC: d\r\n\r\nx\r\n--b--"), MtomError::BareLineFeed { part: 1 }));
}

#[test]
fn a_message_cut_off_anywhere_is_an_error() {
    let complete = PLAIN.len() - b"\r\nepilogue".len();
    for length in 0..=PLAIN.len() {
        for step in [1, 2, 4096] {
            let outcome = read_all(open(&PLAIN[..length]), step);
            match outcome {
                Ok(parts) => assert!(length >= complete && parts.len() == 2, "{length}"),
                Err(error) => assert!(length < complete && matches!(error, MtomError::Truncated { .. }), "{length}: {error}"),
            }
        }
        assert_eq!(refusal_within(&PLAIN[..length], MultipartLimits::default()).is_some(), length < complete);
    }
}

#[test]
fn the_root_is_the_part_that_start_names() {
    let message = b"--b\r\nContent-ID: <1>\r\n\r\n1\r\n--b\r\nContent-ID: <2@x>\r\n\r\n2\r\n--b--";
    let roots = |parameters| {
        let parts = read_all(open_with(message.as_slice(), parameters, MultipartLimits::default()).unwrap(), 99)?;
        Ok::<_, MtomError>(parts.iter().map(|(headers, _)| headers.is_root()).collect::<Vec<_>>())
    };
    assert_eq!(roots("").unwrap(), [true, false]);
    assert_eq!(roots("; start=\"<2@x>\"").unwrap(), [false, true]);
    assert!(matches!(roots("; start=\"<3>\""), Err(MtomError::NoRoot)));
    assert!(matches!(refusal(b"--b--\r\n"), MtomError::NoRoot));
}

#[test]
fn the_root_is_an_xop_envelope_of_limited_size() {
    assert!(matches!(refusal(b"--b\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--b--"), MtomError::RootType));
    let message = b"--b\r\nContent-Type: application/XOP+xml; charset=utf-8\r\n\r\n<a/>\r\n--b\r\nContent-Type: text/xml\r\n\r\n\r\n--b--";
    let root = |limit| {
        let mut message = open(message.as_slice());
        message.next_part().unwrap();
        message.part_body().into_bytes(limit)
    };
    assert_eq!(root(4).unwrap(), b"<a/>");
    assert!(matches!(root(3), Err(MtomError::PartTooLarge { part: 1, limit: 3 })));
    assert!(contents(message).is_ok());
    let mut cut = open(b"--b\r\n\r\n<a>".as_slice());
    cut.next_part().unwrap();
    assert!(matches!(cut.part_body().into_bytes(99), Err(MtomError::Truncated { part: 1 })));
}

#[test]
fn one_content_id_for_two_parts_is_refused() {
    let message = b"--b\r\nContent-ID: <a@b>\r\n\r\n\r\n--b\r\nContent-ID: <a%40b>\r\n\r\n\r\n--b--";
    assert!(matches!(refusal(message), MtomError::DuplicateContentId { part: 2 }));
}

#[test]
fn only_mtom_is_opened() {
    let open = |header: &str| Multipart::open(&ContentType::parse(header).unwrap(), io::empty(), MultipartLimits::default()).err();
    assert!(open("Multipart/Related; boundary=b; type=\"Application/XOP+xml\"").is_none());
    for bad in
        ["multipart/form-data; boundary=b", "application/soap+xml", "multipart/related", "multipart/related; boundary=b; type=\"text/xml\""]
    {
        assert!(matches!(open(bad), Some(MtomError::NotMtom(_))), "{bad}");
    }
    for boundary in [String::new(), "a".repeat(71), "a ".into(), "a*b".into(), "é".into()] {
        let header = format!("multipart/related; boundary=\"{boundary}\"");
        assert!(matches!(open(&header), Some(MtomError::Boundary)), "{boundary}");
    }
    assert!(open(&format!("multipart/related; boundary={}", "a".repeat(70))).is_none());
    assert!(matches!(open("multipart/related; boundary=b; start=\"<a b>\""), Some(MtomError::PartContentId { part: 0, .. })));
}

#[test]
fn every_limit_holds_exactly() {
    let message = b"12\r\n--b\r\nA: b\r\n\r\n12345\r\n--b\r\n\r\n\r\n--b--\r\n12";
    let exact = MultipartLimits { parts: 2, header_bytes: 4, part_bytes: 5, total_bytes: message.len() as u64, preamble_bytes: 2 };
    assert!(refusal_within(message, exact).is_none());
    let with = |limits: MultipartLimits| refusal_within(message, limits).unwrap();
    assert!(matches!(with(MultipartLimits { parts: 1, ..exact }), MtomError::TooManyParts { limit: 1 }));
    assert!(matches!(with(MultipartLimits { header_bytes: 3, ..exact }), MtomError::HeaderTooLarge { part: 1, limit: 3 }));
    assert!(matches!(with(MultipartLimits { part_bytes: 4, ..exact }), MtomError::PartTooLarge { part: 1, limit: 4 }));
    let short = message.len() as u64 - 1;
    assert!(matches!(with(MultipartLimits { total_bytes: short, ..exact }), MtomError::MessageTooLarge { .. }));
    assert!(matches!(with(MultipartLimits { preamble_bytes: 1, ..exact }), MtomError::PreambleTooLarge { limit: 1 }));
    let epilogue = refusal_within(&message[4..], MultipartLimits { preamble_bytes: 1, ..exact });
    assert!(matches!(epilogue, Some(MtomError::EpilogueTooLarge { limit: 1 })));
}

#[test]
fn hostile_sizes_are_refused_without_being_kept() {
    let limits = MultipartLimits { total_bytes: u64::MAX, part_bytes: 1 << 20, ..MultipartLimits::default() };
    let endless = |head: &'static [u8]| open_with(head.chain(io::repeat(b'a')), "", limits).unwrap();
    assert!(matches!(endless(b"").next_part(), Err(MtomError::PreambleTooLarge { .. })));
    assert!(matches!(endless(b"--b\r\nA: ").next_part(), Err(MtomError::HeaderTooLarge { .. })));
    assert!(matches!(read_all(endless(b"--b\r\n\r\n"), 8192), Err(MtomError::PartTooLarge { part: 1, .. })));
    assert!(matches!(read_all(endless(b"--b\r\n\r\n\r\n--b--"), 8192), Err(MtomError::EpilogueTooLarge { .. })));
    let many = [b"--b\r\n\r\nx\r\n".repeat(10_000).as_slice(), b"--b--"].concat();
    assert!(matches!(refusal(&many), MtomError::TooManyParts { limit: 1_000 }));
    assert!(refusal_within(&many, MultipartLimits { parts: 10_000, ..limits }).is_none());
}

#[test]
fn base64_is_decoded_across_lines_and_refused_if_it_is_not_base64() {
    let message = |content: &str| format!("--b\r\nContent-Transfer-Encoding: base64\r\n\r\n{content}\r\n--b--");
    let text = "The bytes of a document, long enough for several lines of base64.".repeat(9);
    let encoded = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, &text);
    let lines: Vec<&str> = encoded.as_bytes().chunks(76).map(|line| std::str::from_utf8(line).unwrap()).collect();
    let source = Dribble { bytes: message(&lines.join("\r\n")).into_bytes(), at: 0, sizes: vec![1, 3, 80], reads: 0 };
    assert_eq!(read_all(open(source), 7).unwrap()[0].1, text.as_bytes());
    assert_eq!(contents(message("").as_bytes()).unwrap(), [b""]);
    for bad in ["aGVsbG8", "a", "aGVs bG8=*", "aGVsbG8=aGVs", "é"] {
        assert!(matches!(refusal(message(bad).as_bytes()), MtomError::Base64 { part: 1 }), "{bad}");
    }
    let whole = message(&encoded).into_bytes();
    assert!(matches!(refusal(&whole[..200]), MtomError::Truncated { part: 1 }));
}

#[test]
fn a_part_left_half_read_does_not_leak_into_the_next() {
    let mut message = open(PLAIN);
    assert!(message.part_body().read(&mut [0; 3]).is_ok_and(|count| count == 0), "before the first part");
    message.next_part().unwrap();
    let mut two = [0; 2];
    message.part_body().read_exact(&mut two).unwrap();
    assert_eq!(&two, b"on");
    message.next_part().unwrap();
    let mut rest = Vec::new();
    message.part_body().read_to_end(&mut rest).unwrap();
    assert_eq!(rest, b"\r\ntwo\r\n");
    assert_eq!(message.next_part().unwrap(), None);
    assert_eq!(message.next_part().unwrap(), None);
    assert_eq!(message.part_body().read(&mut two).unwrap(), 0);
}

#[test]
fn failures_of_the_connection_keep_their_cause() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::TimedOut.into())
        }
    }
    let mut message = open(b"--b\r\n\r\nsome content".chain(Broken));
    message.next_part().unwrap();
    let error = message.part_body().read_to_end(&mut Vec::new()).unwrap_err();
    assert_eq!(error.kind(), io::ErrorKind::TimedOut);
    assert!(matches!(MtomError::from_io(error), MtomError::Io(_)));
}

fn content() -> impl Strategy<Value = Vec<u8>> {
    let pieces = vec!["\r\n", "\r", "\n", "-", "--", "b", "--b", "\r\n--", "\r\n-", "\0", "é", "some longer text", "\r\n\r\n"];
    proptest::collection::vec(proptest::sample::select(pieces), 0..60).prop_map(|pieces| pieces.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_contents_come_back_in_any_chunks(
        contents in proptest::collection::vec(content(), 1..5),
        repeat in proptest::sample::select(vec![1, 1, 1, 400]),
        sizes in proptest::collection::vec(1_usize..200, 1..8),
        step in 1_usize..300,
    ) {
        let contents: Vec<Vec<u8>> = contents.iter().map(|content| content.repeat(repeat)).collect();
        let lookalike = |content: &Vec<u8>| content.starts_with(b"--b") || memmem::find(content, b"\r\n--b").is_some();
        prop_assume!(!contents.iter().any(lookalike));
        let mut bytes = Vec::new();
        for content in &contents {
            bytes.extend_from_slice(b"\r\n--b\r\nA: b\r\n\r\n");
            bytes.extend_from_slice(content);
        }
        bytes.extend_from_slice(b"\r\n--b--\r\n");
        let sizes = if repeat > 1 { vec![sizes[0], 64 * 1024] } else { sizes };
        let message = open(Dribble { bytes, at: 0, sizes, reads: 0 });
        let read: Vec<Vec<u8>> = read_all(message, step).unwrap().into_iter().map(|(_, content)| content).collect();
        prop_assert_eq!(read, contents);
    }

    #[test]
    fn nothing_panics(
        pieces in proptest::collection::vec(
            proptest::sample::select(vec!["\r\n", "\n", "--b", "--", " ", "Content-ID: <1>", "Content-Type: a/b", ":", "x", "\r\n\r\n"]),
            0..30,
        ),
        step in 1_usize..9,
    ) {
        let _ = read_all(open(Dribble { bytes: pieces.concat().into_bytes(), at: 0, sizes: vec![step], reads: 0 }), step);
    }
}
