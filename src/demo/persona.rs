//! The people of the sample population by their short names, as `P01` and `D01`.

use serde::Deserialize;

use super::embedded::{PATIENTS, PROFESSIONALS};

/// How somebody is named in tokens and assertions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Persona {
    /// A matricule, or the id of a professional.
    pub person: String,
    /// The establishment in which a professional works who has no practice of their own, as `E1`.
    pub establishment: Option<String>,
}

#[derive(Deserialize)]
struct Patients {
    patients: Vec<Patient>,
}

#[derive(Deserialize)]
struct Patient {
    id: String,
    matricule: String,
}

#[derive(Deserialize)]
struct Professionals {
    professionals: Vec<Professional>,
}

#[derive(Deserialize)]
struct Professional {
    id: String,
    workplaces: Vec<Workplace>,
}

#[derive(Deserialize)]
struct Workplace {
    establishment: Option<String>,
}

/// The person of that short name, if the sample population has one.
pub fn persona(name: &str) -> Option<Persona> {
    let file: Patients = serde_json::from_slice(PATIENTS).ok()?;
    if let Some(patient) = file.patients.into_iter().find(|patient| patient.id == name) {
        return Some(Persona { person: patient.matricule, establishment: None });
    }
    let file: Professionals = serde_json::from_slice(PROFESSIONALS).ok()?;
    let professional = file.professionals.into_iter().find(|professional| professional.id == name)?;
    let mut workplaces = professional.workplaces.into_iter().map(|workplace| workplace.establishment);
    let first = workplaces.next().flatten();
    Some(Persona { person: professional.id, establishment: first.filter(|_| workplaces.all(|other| other.is_some())) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_have_short_names_and_act_from_where_they_work() {
        let named = |name: &str| persona(name).map(|found| (found.person, found.establishment));
        assert_eq!(named("P01"), Some(("1958031498124".to_owned(), None)));
        assert_eq!(named("D01"), Some(("D01".to_owned(), None)));
        assert_eq!(named("I01"), Some(("I01".to_owned(), Some("E1".to_owned()))));
        assert_eq!(named("D03"), Some(("D03".to_owned(), None)), "has a practice as well");
        assert_eq!(named("D99"), None);
    }
}
