//! MSH as bytes, before the character set is known, and as far as it can be read: what an acknowledgement echoes.

/// The characters of MSH-1 and MSH-2.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delimiters {
    /// MSH-1, `|`.
    pub field: char,
    /// `^`.
    pub component: char,
    /// `~`.
    pub repetition: char,
    /// `\`.
    pub escape: char,
    /// `&`.
    pub subcomponent: char,
}

impl Default for Delimiters {
    /// Those that HL7 recommends and IHE requires to support (ITI TF-2: C.2.2).
    fn default() -> Self {
        Self { field: '|', component: '^', repetition: '~', escape: '\\', subcomponent: '&' }
    }
}

impl Delimiters {
    /// Those at the start of a message, after `MSH`: five different ASCII punctuation marks. The sixth character that
    /// version 2.7 allows, for truncated values, is left aside.
    fn read(after_name: &[u8]) -> Option<Self> {
        let (&field, rest) = after_name.split_first()?;
        let encoding = rest.split(|byte| *byte == field).next()?;
        let (&[component, repetition, escape, subcomponent], truncation) = encoding.split_first_chunk::<4>()?;
        let all = [field, component, repetition, escape, subcomponent];
        let different = (1..all.len()).all(|n| all.get(n).is_some_and(|mark| !all.iter().take(n).any(|other| other == mark)));
        let fits = truncation.len() <= 1 && different && encoding.iter().chain([&field]).all(u8::is_ascii_punctuation);
        fits.then(|| Self {
            field: field.into(),
            component: component.into(),
            repetition: repetition.into(),
            escape: escape.into(),
            subcomponent: subcomponent.into(),
        })
    }
}

/// The header segment of a message.
#[derive(Debug, Clone, Copy)]
pub struct RawHeader<'m> {
    /// MSH-1 and MSH-2.
    pub delimiters: Delimiters,
    segment: &'m [u8],
}

impl<'m> RawHeader<'m> {
    /// The header of `message`, or nothing if the message does not start with MSH and usable delimiters.
    pub fn find(message: &'m [u8]) -> Option<Self> {
        let segment = message.split(|byte| matches!(byte, b'\r' | b'\n')).next()?;
        let delimiters = Delimiters::read(segment.strip_prefix(b"MSH")?)?;
        Some(Self { delimiters, segment })
    }

    /// MSH-`number` (2 or more) as it stands, or nothing.
    pub fn field(&self, number: usize) -> &'m [u8] {
        self.segment.split(|byte| char::from(*byte) == self.delimiters.field).nth(number - 1).unwrap_or_default()
    }

    /// The first repetition's component `number`, its first subcomponent, as it stands, or nothing.
    pub fn component(&self, field: usize, number: usize) -> &'m [u8] {
        let Delimiters { component, repetition, subcomponent, .. } = self.delimiters;
        let cut = |text: &'m [u8], mark: char, n: usize| text.split(|byte| char::from(*byte) == mark).nth(n).unwrap_or_default();
        cut(cut(cut(self.field(field), repetition, 0), component, number - 1), subcomponent, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_shows_its_delimiters_and_fields() {
        let header = RawHeader::find(b"MSH$%!?*$APP%1.2%ISO$FAC\rPID$").unwrap();
        assert_eq!(header.delimiters, Delimiters { field: '$', component: '%', repetition: '!', escape: '?', subcomponent: '*' });
        assert_eq!((header.field(2), header.field(3), header.field(9)), (&b"%!?*"[..], &b"APP%1.2%ISO"[..], &b""[..]));
        assert_eq!(header.component(3, 2), b"1.2");
        assert!(RawHeader::find(b"MSH|^~\\&#|APP").is_some(), "version 2.7");
    }

    #[test]
    fn unusable_headers_are_not_headers() {
        for bad in [
            &b""[..],
            b"MSH",
            b"MSH|",
            b"MSH|^~\\|A",
            b"MSH|^^\\&|A",
            b"MSH|^~\\|&|A",
            b"MSHa^~\\&aA",
            b"MSH|^~\\&##|A",
            b"PID|^~\\&|",
            b"MSH\xff^~\\&\xffA",
        ] {
            assert!(RawHeader::find(bad).is_none(), "{bad:?}");
        }
    }
}
