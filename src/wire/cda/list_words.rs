//! The words of a document list, in the languages of the country; English for all others.

/// Title and headings.
pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) none: &'static str,
    /// Title, class, type, date, author, identifier.
    pub(super) columns: [&'static str; 6],
}

const ENGLISH: Words = Words {
    title: "Current documents",
    none: "There are no documents.",
    columns: ["Title", "Class", "Type", "Date (UTC)", "Author", "Identifier"],
};
const FRENCH: Words = Words {
    title: "Documents actuels",
    none: "Il n'y a pas de documents.",
    columns: ["Titre", "Classe", "Type", "Date (UTC)", "Auteur", "Identifiant"],
};
const GERMAN: Words = Words {
    title: "Aktuelle Dokumente",
    none: "Es gibt keine Dokumente.",
    columns: ["Titel", "Klasse", "Typ", "Datum (UTC)", "Autor", "Kennung"],
};

/// The words for an RFC 5646 language tag such as `fr-LU`.
pub(super) fn words(language: &str) -> &'static Words {
    match language.split('-').next().unwrap_or("").to_ascii_lowercase().as_str() {
        "fr" => &FRENCH,
        "de" => &GERMAN,
        _ => &ENGLISH,
    }
}
