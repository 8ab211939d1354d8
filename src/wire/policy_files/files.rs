//! The files of a profile together.

use super::{PolicyFault, constraints, matrix, professions, transitions};
use crate::model::dsp::{DocumentType, Professions, Rules};

/// The texts of the files.
#[derive(Debug, Clone, Copy)]
pub struct PolicyFiles<'t> {
    /// `matrix.csv`.
    pub matrix: &'t str,
    /// `constraints.csv`.
    pub constraints: &'t str,
    /// `transitions.csv`.
    pub transitions: &'t str,
    /// `professions.csv`.
    pub professions: &'t str,
}

/// The types of documents with what people call them, in the order of the matrix.
pub type TypeLabels = Vec<(DocumentType, String)>;

/// The profile that comes with the program.
pub(super) const LUXEMBOURG_DSP: PolicyFiles<'static> = PolicyFiles {
    matrix: include_str!("../../../profiles/luxembourg-dsp/matrix.csv"),
    constraints: include_str!("../../../profiles/luxembourg-dsp/constraints.csv"),
    transitions: include_str!("../../../profiles/luxembourg-dsp/transitions.csv"),
    professions: include_str!("../../../profiles/luxembourg-dsp/professions.csv"),
};

impl PolicyFiles<'static> {
    /// The files of the profile `luxembourg-dsp` that come with the program.
    pub fn luxembourg_dsp() -> Self {
        LUXEMBOURG_DSP
    }
}

impl PolicyFiles<'_> {
    /// The rules and the label of each type of document.
    ///
    /// # Errors
    /// All faults of all files.
    pub fn read(&self) -> Result<(Rules, TypeLabels), Vec<PolicyFault>> {
        let (matrix, labels) = matrix::read(self.matrix)?;
        let constraints = constraints::read(self.constraints, &matrix);
        let transitions = transitions::read(self.transitions);
        let professions = professions::read(self.professions, &matrix);
        match (constraints, transitions, professions) {
            (Ok(constraints), Ok(transitions), Ok(professions)) => Ok((Rules { matrix, constraints, transitions, professions }, labels)),
            (constraints, transitions, professions) => {
                Err([constraints.err(), transitions.err(), professions.err()].into_iter().flatten().flatten().collect())
            }
        }
    }

    /// Which usage profile follows from a profession; none follows from any where the files have faults.
    pub fn professions(&self) -> Professions {
        self.read().map(|(rules, _)| rules.professions).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::dsp::{ChangeRole, Level, Right, UsageProfile};

    fn faults(files: PolicyFiles<'_>) -> Vec<String> {
        files.read().unwrap_err().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn the_profile_that_comes_with_the_program_is_whole() {
        let (rules, labels) = LUXEMBOURG_DSP.read().unwrap();
        assert_eq!((labels.len(), rules.matrix.profiles().len()), (43, 15));
        let right =
            |profile: &str, document_type: &str| rules.matrix.right(&UsageProfile::from(profile), &DocumentType::from(document_type));
        assert_eq!(right("laborantin", "resultats-biologie"), Right { read: true, write: false });
        assert_eq!(right("cns", "resume-prestations"), Right { read: false, write: true });
        assert_eq!(right("plombier", "resume-patient"), Right::default());
        assert_eq!(right("medecin", "horoscope"), Right::default());
        assert!(rules.transitions.allow(Level::Standard, Level::Private, ChangeRole::ReferringPhysician));
        assert!(!rules.transitions.allow(Level::Private, Level::Standard, ChangeRole::ReferringPhysician));
    }

    #[test]
    fn only_the_holder_and_assistants_write_the_holders_expression() {
        let (rules, _) = LUXEMBOURG_DSP.read().unwrap();
        let expression = DocumentType::from("expression-titulaire");
        let writers: Vec<_> =
            rules.matrix.profiles().into_iter().filter(|profile| rules.matrix.right(profile, &expression).write).collect();
        assert_eq!(writers, [&UsageProfile::from("assistant-dsp"), &UsageProfile::from("patient")]);
    }

    #[test]
    fn every_fault_is_named_with_file_and_line() {
        let matrix = "document_type,label,medecin-referent,patient,assistant-dsp,cns,medecin\na,A,read,,none,perhaps,read\na,A,read,read,read,read,read\n";
        assert_eq!(
            faults(PolicyFiles { matrix, ..LUXEMBOURG_DSP }),
            [
                "matrix.csv, line 1: the column administrateur-dossier is missing; the mandates of the access rules need it",
                "matrix.csv, line 2: the cell of a and patient is empty; write none, read, write or read+write",
                "matrix.csv, line 2: the cell of a and cns says \"perhaps\"; write none, read, write or read+write",
                "matrix.csv, line 3: a is on line 2 already; give each type one line",
            ]
        );
        let constraints =
            "document_type,constraint,value\nhoroscope,from,laboratory\nrpu,from,home\nrpu,also-written-by,plombier\nrpu,sometimes,\n";
        let transitions = "from,to,roles\nSTANDARD,ANNONCE,holder\nSTANDARD,PRIVE,holder neighbour\nPUBLIC,PRIVE,holder\n";
        let found = faults(PolicyFiles { constraints, transitions, ..LUXEMBOURG_DSP });
        assert_eq!(found.len(), 7, "{found:#?}");
        assert_eq!(found[0], "constraints.csv, line 2: horoscope is no type of matrix.csv");
        assert_eq!(found[4], "transitions.csv, line 2: ANNONCE is chosen at submission only (access rules, 6); remove the line");
    }
}
