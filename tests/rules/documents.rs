//! The documents of the sample population: id, type, author and level at the clock of the population.

use dossier::model::dsp::{Activation, Author, DocumentFacts, DocumentType, Level};

const DOCUMENTS: [(&str, &str, &str, Level); 27] = [
    ("K01", "resume-patient", "D01", Level::Standard),
    ("K02", "allergies-intolerances", "F01", Level::Standard),
    ("K03", "traitements-medicamenteux", "D03", Level::Standard),
    ("K04", "dispensation-medicamenteuse", "F01", Level::Standard),
    ("K05", "resume-prestations", "SYS", Level::Standard),
    ("K07", "imagerie", "D08", Level::Standard),
    ("K08", "cr-actes-therapeutiques", "D04", Level::Private),
    ("K09", "expression-titulaire", "P02", Level::Standard),
    ("K10", "resultats-biologie", "B02", Level::Announcement),
    ("K11", "schema-therapeutique", "D06", Level::Announcement),
    ("K12", "resultats-biologie", "D10", Level::Confidential),
    ("K13", "cr-actes-diagnostiques", "S01", Level::Standard),
    ("K14", "antecedents-medicaux-chirurgicaux", "D07", Level::Confidential),
    ("K15", "vaccinations", "D02", Level::Standard),
    ("K16", "calendrier-vaccinations", "D02", Level::Standard),
    ("K17", "cr-actes-diagnostiques", "D05", Level::Private),
    ("K18", "carnet-soins-palliatifs", "I02", Level::Standard),
    ("K19", "suivi-soins-pluridisciplinaires", "A01", Level::Standard),
    ("K20", "protocole-detresse", "D01", Level::Standard),
    ("K21", "facteurs-risques", "I02", Level::Confidential),
    ("K22", "cr-actes-therapeutiques", "D09", Level::Standard),
    ("K23", "cr-sejours-lettres-sortie", "I01", Level::Standard),
    ("K24", "rpu", "D05", Level::Standard),
    ("K25", "traitements-soignants-prescrits", "I01", Level::Standard),
    ("K26", "education", "X02", Level::Standard),
    ("K27", "renseignements-sociaux", "O01", Level::Standard),
    ("K29", "antecedents-familiaux", "D01", Level::Confidential),
];

/// A document of the population.
pub(crate) fn document(id: &str) -> DocumentFacts {
    let (_, document_type, author, level) = DOCUMENTS.into_iter().find(|(known, ..)| *known == id).unwrap();
    let author = match author {
        "SYS" => Author::HealthFund,
        person if person.starts_with('P') => Author::Person(person.into()),
        professional => Author::Professional(professional.into()),
    };
    DocumentFacts { document_type: DocumentType::from(document_type), level, author, activation: Activation::Active }
}

/// The same at another level.
pub(crate) fn at_level(id: &str, level: Level) -> DocumentFacts {
    DocumentFacts { level, ..document(id) }
}
