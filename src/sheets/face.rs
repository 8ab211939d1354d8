//! A typeface: which letters it has, and how wide a text is in it.

use krilla::text::{Font, GlyphId, KrillaGlyph};
use skrifa::instance::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider as _};

use super::SheetError;

/// What stands for a letter that the typeface does not have.
const UNKNOWN: char = '\u{fffd}';

/// A typeface. Text is set as it is written, from the left: letters of scripts that are joined or run from the right stay legible,
/// but are not joined.
pub(super) struct Face {
    pub(super) font: Font,
    tables: FontRef<'static>,
    units_per_em: f32,
}

impl Face {
    pub(super) fn new(data: &'static [u8]) -> Result<Self, SheetError> {
        let font = Font::new(data.into(), 0).ok_or(SheetError::Typeface)?;
        let tables = FontRef::new(data).map_err(|_| SheetError::Typeface)?;
        Ok(Self { units_per_em: font.units_per_em(), font, tables })
    }

    /// The text with a mark for each letter that the typeface does not have.
    pub(super) fn printable(&self, text: &str) -> String {
        let letters = self.tables.charmap();
        text.chars().map(|letter| if letters.map(letter).is_some() { letter } else { UNKNOWN }).collect()
    }

    /// The letters of a printable text, with their widths as parts of the size.
    pub(super) fn glyphs(&self, text: &str) -> Vec<KrillaGlyph> {
        let (letters, widths) = (self.tables.charmap(), self.tables.glyph_metrics(Size::unscaled(), LocationRef::default()));
        let glyph = |(at, letter): (usize, char)| {
            let glyph = letters.map(letter).unwrap_or_default();
            let width = widths.advance_width(glyph).unwrap_or_default() / self.units_per_em;
            KrillaGlyph::new(GlyphId::new(glyph.to_u32()), width, 0.0, 0.0, 0.0, at..at + letter.len_utf8(), None)
        };
        text.char_indices().map(glyph).collect()
    }

    fn width(&self, text: &str) -> f32 {
        self.glyphs(text).iter().map(|glyph| glyph.x_advance).sum()
    }

    /// The lines of a printable text that are no wider than this, a part of the size. Words keep the space behind them; a word
    /// wider than a line is cut.
    pub(super) fn lines(&self, text: &str, most: f32) -> Vec<String> {
        let mut lines = vec![String::new()];
        let mut filled = 0.0;
        for piece in text.split_inclusive(' ').flat_map(|word| self.pieces(word, most)) {
            let width = self.width(piece.trim_end());
            if filled + width > most && filled > 0.0 {
                lines.push(String::new());
                filled = 0.0;
            }
            filled += self.width(&piece);
            lines.iter_mut().next_back().into_iter().for_each(|line| line.push_str(&piece));
        }
        lines
    }

    fn pieces(&self, word: &str, most: f32) -> Vec<String> {
        if self.width(word.trim_end()) <= most {
            return vec![word.to_owned()];
        }
        let mut pieces = vec![String::new()];
        let mut filled = 0.0;
        for (letter, glyph) in word.chars().zip(self.glyphs(word)) {
            if filled + glyph.x_advance > most && filled > 0.0 {
                pieces.push(String::new());
                filled = 0.0;
            }
            filled += glyph.x_advance;
            pieces.iter_mut().next_back().into_iter().for_each(|piece| piece.push(letter));
        }
        pieces
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn face() -> Face {
        Face::new(dejavu::sans::regular()).unwrap()
    }

    #[test]
    fn no_line_is_wider_than_it_may_be_and_no_letter_is_lost() {
        let face = face();
        let text = "a consulté la liste des documents de Wiesława Brzęczyszczykiewicz-Vandenabeele, ab Krankenhausverwaltungsgesellschaft";
        for most in [2.0, 6.5, 30.0, 200.0] {
            let lines = face.lines(text, most);
            assert_eq!(lines.concat(), text);
            assert!(lines.iter().all(|line| face.width(line.trim_end()) <= most), "{most}: {lines:?}");
        }
        assert_eq!(face.lines("", 5.0), [""]);
        assert_eq!(face.lines("one two", 200.0), ["one two"]);
    }

    #[test]
    fn what_has_no_letter_is_marked() {
        assert_eq!(face().printable("Łucja Müller Ðặng 龍"), "Łucja Müller Ðặng \u{fffd}");
    }
}
