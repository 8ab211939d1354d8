//! Escape sequences of ER7 text (HL7 version 2.5, chapter 2, 2.7).

use std::borrow::Cow;

use super::charset::Charset;
use super::raw_header::Delimiters;

/// Which escape sequence cannot be read, as a sentence for the sender.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct BadEscape(pub(super) &'static str);

const UNKNOWN: BadEscape = BadEscape(
    "contains an escape sequence other than \\F\\ \\S\\ \\T\\ \\R\\ \\E\\ \\H\\ \\N\\ \\.br\\ \\.sp\\ and \\X..\\; send the characters themselves",
);
const HEXADECIMAL: BadEscape = BadEscape("contains an escape sequence \\X..\\ that is not printable text in the character set of MSH-18");

/// The text that `escaped` stands for. An escape character without a partner stands for itself.
pub(super) fn unescape(escaped: &str, delimiters: Delimiters, charset: Charset) -> Result<Cow<'_, str>, BadEscape> {
    if !escaped.contains(delimiters.escape) {
        return Ok(Cow::Borrowed(escaped));
    }
    let mut text = String::with_capacity(escaped.len());
    let mut rest = escaped;
    while let Some((before, after)) = rest.split_once(delimiters.escape) {
        text.push_str(before);
        let Some((sequence, behind)) = after.split_once(delimiters.escape) else {
            text.push(delimiters.escape);
            rest = after;
            break;
        };
        push_sequence(&mut text, sequence, delimiters, charset)?;
        rest = behind;
    }
    text.push_str(rest);
    Ok(Cow::Owned(text))
}

fn push_sequence(text: &mut String, sequence: &str, delimiters: Delimiters, charset: Charset) -> Result<(), BadEscape> {
    match sequence {
        "F" => text.push(delimiters.field),
        "S" => text.push(delimiters.component),
        "T" => text.push(delimiters.subcomponent),
        "R" => text.push(delimiters.repetition),
        "E" => text.push(delimiters.escape),
        // Highlighting means nothing in a name or an address.
        "H" | "N" => {}
        ".br" | ".sp" => text.push('\n'),
        _ => text.push_str(&hexadecimal(sequence.strip_prefix('X').ok_or(UNKNOWN)?, charset).ok_or(HEXADECIMAL)?),
    }
    Ok(())
}

fn hexadecimal(digits: &str, charset: Charset) -> Option<String> {
    let bytes = hex::decode(digits).ok()?;
    let text = charset.decode(&bytes)?;
    let printable = text.chars().all(|c| !c.is_control() || matches!(c, '\n' | '\t'));
    printable.then(|| text.into_owned())
}

/// `text` with the characters that ER7 keeps for itself replaced; line ends become `\.br\`, other control characters spaces.
pub(super) fn escape(text: &str, delimiters: Delimiters) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let sequence = match character {
            c if c == delimiters.field => "F",
            c if c == delimiters.component => "S",
            c if c == delimiters.subcomponent => "T",
            c if c == delimiters.repetition => "R",
            c if c == delimiters.escape => "E",
            '\n' => ".br",
            c => {
                escaped.push(if c.is_control() { ' ' } else { c });
                continue;
            }
        };
        escaped.extend([delimiters.escape]);
        escaped.push_str(sequence);
        escaped.push(delimiters.escape);
    }
    escaped
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(text: &str) -> Result<String, BadEscape> {
        unescape(text, Delimiters::default(), Charset::Utf8).map(Cow::into_owned)
    }

    #[test]
    fn sequences_stand_for_their_characters() {
        assert_eq!(read(r"a\F\b\S\c\T\d\R\e\E\f").unwrap(), r"a|b^c&d~e\f");
        assert_eq!(read(r"Rue\.br\de\H\ l'\N\eau \XC3A9\").unwrap(), "Rue\nde l'eau é");
        assert_eq!(read(r"C:\dos").unwrap(), r"C:\dos");
    }

    #[test]
    fn what_cannot_be_read_is_not_guessed() {
        assert_eq!(read(r"\C2842\").unwrap_err(), UNKNOWN);
        assert_eq!(read(r"\Zed\").unwrap_err(), UNKNOWN);
        for bad in [r"\XG0\", r"\XF\", r"\XFF\", r"\X00\", r"\X0D\"] {
            assert_eq!(read(bad).err(), Some(HEXADECIMAL), "{bad}");
        }
    }

    proptest! {
        #[test]
        fn escaped_text_reads_back(text in "[^\\p{C}]{0,40}") {
            prop_assert_eq!(read(&escape(&text, Delimiters::default())).unwrap(), text);
        }
    }
}
