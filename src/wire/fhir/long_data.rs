//! Long base64 taken out of JSON while it comes, so that a document need not fit into memory (`Binary.data`,
//! `Attachment.data`).

use std::io::{self, Read};

/// A value of `data` that is longer than this is taken out.
const LONG: usize = 64 * 1024;

/// Copies JSON and gives it without its long values of `data`: each is read by `take`, which gives the text that stands for
/// it. The JSON itself is not checked; what is none stays none. Nothing if what is left is longer than `most` bytes.
///
/// # Errors
/// Those of `source` and of `take`.
pub fn without_long_data(
    source: &mut dyn Read,
    most: usize,
    take: &mut dyn FnMut(&mut dyn Read) -> io::Result<String>,
) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Bytes { source, buffer: vec![0; LONG], at: 0, end: 0 };
    let (mut out, mut key) = (Vec::new(), Key::Nothing);
    while let Some(byte) = bytes.next()? {
        out.push(byte);
        match byte {
            b'"' if key == Key::Expecting => {
                key = Key::Nothing;
                copy_value(&mut bytes, &mut out, take)?;
            }
            b'"' => {
                let begin = out.len();
                copy_text(&mut bytes, &mut out, most)?;
                key = if out.get(begin..) == Some(b"data\"") { Key::Read } else { Key::Nothing };
            }
            b':' if key == Key::Read => key = Key::Expecting,
            b' ' | b'\t' | b'\r' | b'\n' => {}
            _ => key = Key::Nothing,
        }
        if out.len() > most {
            return Ok(None);
        }
    }
    Ok(Some(out))
}

/// How far the key `data` has been read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Key {
    Nothing,
    /// The text `"data"`.
    Read,
    /// And the colon behind it.
    Expecting,
}

/// Copies text up to its closing quotation mark; false if it goes on beyond so many bytes.
fn copy_text(bytes: &mut Bytes<'_>, out: &mut Vec<u8>, most: usize) -> io::Result<bool> {
    let mut is_escaped = false;
    for _ in 0..most {
        let Some(byte) = bytes.next()? else { return Ok(true) };
        out.push(byte);
        match byte {
            b'"' if !is_escaped => return Ok(true),
            b'\\' => is_escaped = !is_escaped,
            _ => is_escaped = false,
        }
    }
    Ok(false)
}

fn copy_value(bytes: &mut Bytes<'_>, out: &mut Vec<u8>, take: &mut dyn FnMut(&mut dyn Read) -> io::Result<String>) -> io::Result<()> {
    let begin = out.len();
    if copy_text(bytes, out, LONG)? {
        return Ok(());
    }
    let head = out.split_off(begin);
    let mut text = Text { head: &head, bytes, is_done: false };
    let stands_for = take(&mut text)?;
    // Whoever takes it may have seen enough of it.
    io::copy(&mut text, &mut io::sink())?;
    out.extend(stands_for.bytes());
    out.push(b'"');
    Ok(())
}

/// What comes, byte by byte.
struct Bytes<'s> {
    source: &'s mut dyn Read,
    buffer: Vec<u8>,
    at: usize,
    end: usize,
}

impl Bytes<'_> {
    /// What has come and was not used yet; empty at the end.
    fn there(&mut self) -> io::Result<&[u8]> {
        if self.at == self.end {
            self.end = loop {
                match self.source.read(&mut self.buffer) {
                    Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                    other => break other?,
                }
            };
            self.at = 0;
        }
        Ok(self.buffer.get(self.at..self.end).unwrap_or_default())
    }

    fn next(&mut self) -> io::Result<Option<u8>> {
        let byte = self.there()?.first().copied();
        self.at += usize::from(byte.is_some());
        Ok(byte)
    }
}

/// The text of a value without the backslashes of its escapes: base64 has none but `\/`.
struct Text<'t, 's> {
    head: &'t [u8],
    bytes: &'t mut Bytes<'s>,
    is_done: bool,
}

impl Read for Text<'_, '_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        while !self.is_done && !out.is_empty() {
            let there = if self.head.is_empty() { self.bytes.there()? } else { self.head };
            let run = {
                let room = there.get(..out.len()).unwrap_or(there);
                memchr::memchr2(b'"', b'\\', room).unwrap_or(room.len())
            };
            let (count, skipped) = match (run, there.first()) {
                (0, None) => return Err(io::ErrorKind::UnexpectedEof.into()),
                (0, Some(b'"')) => {
                    self.is_done = true;
                    (0, 1)
                }
                (0, _) => (0, 1),
                (run, _) => (there.get(..run).unwrap_or_default().read(out)?, run),
            };
            if self.head.is_empty() {
                self.bytes.at += skipped;
            } else {
                self.head = self.head.get(skipped..).unwrap_or_default();
            }
            if count > 0 {
                return Ok(count);
            }
        }
        Ok(0)
    }
}

/// Base64 text without the white space into which it may be broken.
pub struct WithoutSpace<'r>(pub &'r mut dyn Read);

impl Read for WithoutSpace<'_> {
    fn read(&mut self, out: &mut [u8]) -> io::Result<usize> {
        loop {
            let count = self.0.read(out)?;
            let Some(read) = out.get_mut(..count).filter(|read| !read.is_empty()) else { return Ok(0) };
            if memchr::memchr3(b' ', b'\n', b'\r', read).is_none() && memchr::memchr(b'\t', read).is_none() {
                return Ok(count);
            }
            let kept: Vec<u8> = read.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
            if !kept.is_empty() {
                return kept.as_slice().read(out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is left, and what was taken.
    fn split(json: &str, most: usize) -> (Option<String>, Vec<String>) {
        let mut taken = Vec::new();
        // In pieces of a size that divides nothing.
        let mut source = io::BufReader::with_capacity(997, json.as_bytes());
        let left = without_long_data(&mut source, most, &mut |text| {
            let mut all = String::new();
            text.read_to_string(&mut all)?;
            taken.push(all);
            Ok(format!("#{}", taken.len()))
        });
        (left.unwrap().map(|left| String::from_utf8(left).unwrap()), taken)
    }

    #[test]
    fn long_data_are_taken_out_and_nothing_else() {
        let long = "QUJD".repeat(LONG / 4 + 1);
        let escaped = long.replacen('Q', "\\/", 1);
        let json =
            format!(r#"{{"data" : "{long}","x":["{long}"],"y":{{"data":"{escaped}", "data":"QQ==","z":"data"}},"data\"":"{long}"}}"#);
        let (left, taken) = split(&json, usize::MAX);
        assert_eq!(
            left.unwrap(),
            format!(r##"{{"data" : "#1","x":["{long}"],"y":{{"data":"#2", "data":"QQ==","z":"data"}},"data\"":"{long}"}}"##)
        );
        assert_eq!(taken, [long.clone(), long.replacen('Q', "/", 1)]);
    }

    #[test]
    fn what_is_left_is_bounded() {
        let json = format!(r#"{{"data":"{}"}}"#, "A".repeat(LONG * 3));
        assert_eq!(split(&json, 20).0.as_deref(), Some(r##"{"data":"#1"}"##));
        assert_eq!(split(&json, 5).0, None);
        assert_eq!(split(&format!(r#"{{"x":"{}"}}"#, "A".repeat(100)), 50).0, None);
    }

    #[test]
    fn what_breaks_off_is_an_error_or_stays_broken() {
        let json = format!("{{\"data\":\"{}", "A".repeat(LONG * 2));
        let mut take = |text: &mut dyn Read| io::copy(text, &mut io::sink()).map(|_| String::new());
        assert!(without_long_data(&mut json.as_bytes(), 9, &mut take).is_err());
        assert_eq!(split(r#"{"data":"QQ"#, 99).0.as_deref(), Some(r#"{"data":"QQ"#));
    }
}
