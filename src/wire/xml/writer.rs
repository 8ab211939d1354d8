//! Values to bytes.

use std::io::{self, Write};

/// Writes XML piece by piece to `W`; whoever calls it buffers and keeps start- and end-tags paired.
///
/// Names come from the code as literals with their prefix, for example `rim:Slot`.
/// Attribute values and text may be anything: they are escaped, and characters that XML 1.0 does not allow become
/// U+FFFD, so that what is written is well-formed whatever was stored.
#[derive(Debug)]
pub struct XmlWriter<W: Write> {
    out: W,
}

impl<W: Write> XmlWriter<W> {
    /// A writer at the beginning of a document or of a piece of one.
    pub fn new(out: W) -> Self {
        Self { out }
    }

    /// Writes the XML declaration.
    pub fn declaration(&mut self) -> io::Result<()> {
        self.out.write_all(b"<?xml version=\"1.0\" encoding=\"UTF-8\"?>")
    }

    /// Writes a start-tag.
    pub fn start(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.open(name, attributes)?;
        self.out.write_all(b">")
    }

    /// Writes an element without content.
    pub fn empty(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.open(name, attributes)?;
        self.out.write_all(b"/>")
    }

    /// Writes character data.
    pub fn text(&mut self, text: &str) -> io::Result<()> {
        self.escaped(text, in_text)
    }

    /// Writes an end-tag.
    pub fn end(&mut self, name: &str) -> io::Result<()> {
        self.out.write_all(b"</")?;
        self.out.write_all(name.as_bytes())?;
        self.out.write_all(b">")
    }

    /// Writes an element that contains text only.
    pub fn leaf(&mut self, name: &str, attributes: &[(&str, &str)], text: &str) -> io::Result<()> {
        self.start(name, attributes)?;
        self.text(text)?;
        self.end(name)
    }

    /// Writes bytes as they are, for what is XML already or base64.
    pub fn raw(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)
    }

    /// Gives back what was written to.
    pub fn into_inner(self) -> W {
        self.out
    }

    fn open(&mut self, name: &str, attributes: &[(&str, &str)]) -> io::Result<()> {
        self.out.write_all(b"<")?;
        self.out.write_all(name.as_bytes())?;
        for (name, value) in attributes {
            self.out.write_all(b" ")?;
            self.out.write_all(name.as_bytes())?;
            self.out.write_all(b"=\"")?;
            self.escaped(value, in_attribute)?;
            self.out.write_all(b"\"")?;
        }
        Ok(())
    }

    fn escaped(&mut self, text: &str, replacement: fn(char) -> Option<&'static str>) -> io::Result<()> {
        if is_plain(text) {
            return self.out.write_all(text.as_bytes());
        }
        let mut rest = text;
        while let Some((at, written)) = rest.char_indices().find_map(|(at, c)| Some((at, replacement(c)?))) {
            let (plain, from) = rest.split_at_checked(at).unwrap_or((rest, ""));
            self.out.write_all(plain.as_bytes())?;
            self.out.write_all(written.as_bytes())?;
            let mut after = from.chars();
            after.next();
            rest = after.as_str();
        }
        self.out.write_all(rest.as_bytes())
    }
}

/// Whether no byte is, or begins, a character that may be replaced; so it is in nearly every text, and quick to see:
/// looking at all bytes, instead of stopping at the first, takes many of them at a time.
fn is_plain(text: &str) -> bool {
    !text.bytes().fold(false, |found, byte| found | (byte < 0x20) | matches!(byte, b'&' | b'<' | b'>' | b'"' | 0xEF))
}

fn in_text(c: char) -> Option<&'static str> {
    match c {
        '&' => Some("&amp;"),
        '<' => Some("&lt;"),
        '>' => Some("&gt;"),
        // A literal carriage return would come back as a line feed (XML 1.0, 2.11).
        '\r' => Some("&#13;"),
        '\t' | '\n' => None,
        '\0'..='\u{1F}' | '\u{FFFE}' | '\u{FFFF}' => Some("\u{FFFD}"),
        _ => None,
    }
}

fn in_attribute(c: char) -> Option<&'static str> {
    match c {
        '"' => Some("&quot;"),
        // Literal ones would come back as spaces (XML 1.0, 3.3.3).
        '\t' => Some("&#9;"),
        '\n' => Some("&#10;"),
        _ => in_text(c),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::wire::xml::{XmlLimits, parse};

    fn written(write: impl FnOnce(&mut XmlWriter<Vec<u8>>) -> io::Result<()>) -> String {
        let mut xml = XmlWriter::new(Vec::new());
        write(&mut xml).unwrap();
        String::from_utf8(xml.into_inner()).unwrap()
    }

    #[test]
    fn writes_what_it_is_told() {
        let xml = written(|xml| {
            xml.declaration()?;
            xml.start("a:r", &[("xmlns:a", "urn:a"), ("k", "\"<&>'\r\n\t")])?;
            xml.leaf("a:l", &[], "1 < 2 & \"3\" ]]> \r\n")?;
            xml.empty("a:e", &[("x", "")])?;
            xml.raw(b"<b/>")?;
            xml.end("a:r")
        });
        assert_eq!(
            xml,
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?><a:r xmlns:a=\"urn:a\" k=\"&quot;&lt;&amp;&gt;'&#13;&#10;&#9;\">\
             <a:l>1 &lt; 2 &amp; \"3\" ]]&gt; &#13;\n</a:l><a:e x=\"\"/><b/></a:r>"
        );
    }

    #[test]
    fn forbidden_characters_become_the_replacement_character() {
        assert_eq!(written(|xml| xml.text("a\0b\u{1F}\u{FFFF}\u{7F}")), "a\u{FFFD}b\u{FFFD}\u{FFFD}\u{7F}");
        assert_eq!(written(|xml| xml.empty("a", &[("b", "\u{8}\u{FFFE}")])), "<a b=\"\u{FFFD}\u{FFFD}\"/>");
    }

    fn allowed(text: &str) -> String {
        let replaced = |c: char| if super::super::characters::is_char(c) { c } else { '\u{FFFD}' };
        text.chars().map(replaced).collect()
    }

    proptest! {
        #[test]
        fn any_text_comes_back(text in any::<String>(), value in "[\\x00-\\x7f\u{FFFE}é]{0,40}") {
            let xml = written(|xml| xml.leaf("r", &[("v", &value)], &text));
            let root = parse(xml.as_bytes(), &XmlLimits::default()).unwrap();
            prop_assert_eq!(root.text(), allowed(&text));
            prop_assert_eq!(root.attribute("v").unwrap(), allowed(&value));
        }
    }
}
