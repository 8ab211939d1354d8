//! A key of 256 bits, written as 64 hexadecimal digits.

use std::fmt;

use zeroize::Zeroizing;

use super::{Base, Kind, Shown, Unacceptable};

/// The bytes of a key. `Debug` hides them and they are wiped when dropped.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyBytes(Zeroizing<[u8; 32]>);

impl KeyBytes {
    /// The key itself; keep it out of logs.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for KeyBytes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("(set)")
    }
}

impl Kind for KeyBytes {
    const SECRET: bool = true;
    const EXPECTED: &'static str = "64 hexadecimal digits (openssl rand -hex 32 makes them)";

    fn parse(text: &str, _: &Base) -> Result<Self, Unacceptable> {
        let mut bytes = Zeroizing::new([0; 32]);
        match hex::decode_to_slice(text.trim(), bytes.as_mut_slice()) {
            Ok(()) => Ok(Self(bytes)),
            Err(_) => Err(Unacceptable(format!("the {} characters given are no key", text.trim().chars().count()))),
        }
    }

    fn show(&self) -> Shown {
        Shown::Secret
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_64_hexadecimal_digits_are_a_key() {
        let base = Base::default();
        assert_eq!(KeyBytes::parse(&"0f".repeat(32), &base).unwrap().expose(), &[15; 32]);
        for text in ["", "0f", &"0f".repeat(31), &"0f".repeat(33), &"0g".repeat(32)] {
            assert!(KeyBytes::parse(text, &base).is_err(), "{text}");
        }
    }

    #[test]
    fn neither_the_key_nor_a_wrong_key_is_shown() {
        let base = Base::default();
        let key = KeyBytes::parse(&"0f".repeat(32), &base).unwrap();
        assert_eq!(format!("{key:?}"), "(set)");
        assert!(!KeyBytes::parse("0f0f0f", &base).unwrap_err().to_string().contains("0f"));
    }
}
