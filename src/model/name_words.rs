//! Names as directories are searched by: word for word, in small letters, without accents (HL7 FHIR R4, 3.1.1.4.8: string
//! parameters match case- and accent-insensitively).

/// The words of a name.
pub fn name_words(name: &str) -> Vec<String> {
    let words = name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| word.chars().flat_map(char::to_lowercase).flat_map(plain).collect()).collect()
}

/// A small letter without its accent; ligatures as two letters.
fn plain(letter: char) -> impl Iterator<Item = char> {
    let letters = match letter {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'č' => "c",
        'ď' | 'đ' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ę' | 'ě' => "e",
        'ğ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ī' | 'ı' => "i",
        'ł' => "l",
        'ñ' | 'ń' | 'ň' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ő' => "o",
        'œ' => "oe",
        'ř' => "r",
        'ś' | 'š' | 'ş' | 'ș' => "s",
        'ß' => "ss",
        'ť' | 'ț' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ū' | 'ů' | 'ű' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    };
    let itself = letters.is_empty().then_some(letter);
    letters.chars().chain(itself)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_small_and_plain() {
        assert_eq!(name_words("Ferreira-Lopes, Maria"), ["ferreira", "lopes", "maria"]);
        assert_eq!(name_words("ÉMILE Müller  Großœuvre"), ["emile", "muller", "grossoeuvre"]);
        assert_eq!(name_words("Žižek Øre 4"), ["zizek", "ore", "4"]);
        assert!(name_words(" - ").is_empty());
    }
}
