//! The files of a profile together.

use super::{PolicyFault, confidentiality, constraints, durations, matrix, professions, rate_limits, transitions, types};
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
    /// `types.csv`.
    pub types: &'t str,
    /// `confidentiality.csv`.
    pub confidentiality: &'t str,
    /// `durations.csv`.
    pub durations: &'t str,
    /// `rate-limits.csv`.
    pub rate_limits: &'t str,
}

/// The texts of a profile that does not come with the program.
#[derive(Debug)]
pub struct PolicyTexts {
    matrix: String,
    constraints: String,
    transitions: String,
    professions: String,
    types: String,
    confidentiality: String,
    durations: String,
    rate_limits: String,
}

impl PolicyTexts {
    /// What `text` gives for each of the files' names.
    ///
    /// # Errors
    /// The first of `text`.
    pub fn gather<E>(mut text: impl FnMut(&str) -> Result<String, E>) -> Result<Self, E> {
        Ok(Self {
            matrix: text("matrix.csv")?,
            constraints: text("constraints.csv")?,
            transitions: text("transitions.csv")?,
            professions: text("professions.csv")?,
            types: text("types.csv")?,
            confidentiality: text("confidentiality.csv")?,
            durations: text("durations.csv")?,
            rate_limits: text("rate-limits.csv")?,
        })
    }

    /// The files, to be read.
    pub fn files(&self) -> PolicyFiles<'_> {
        PolicyFiles {
            matrix: &self.matrix,
            constraints: &self.constraints,
            transitions: &self.transitions,
            professions: &self.professions,
            types: &self.types,
            confidentiality: &self.confidentiality,
            durations: &self.durations,
            rate_limits: &self.rate_limits,
        }
    }
}

/// The types of documents with what people call them, in the order of the matrix.
pub type TypeLabels = Vec<(DocumentType, String)>;

/// The profile that comes with the program.
pub(super) const LUXEMBOURG_DSP: PolicyFiles<'static> = PolicyFiles {
    matrix: include_str!("../../../profiles/luxembourg-dsp/matrix.csv"),
    constraints: include_str!("../../../profiles/luxembourg-dsp/constraints.csv"),
    transitions: include_str!("../../../profiles/luxembourg-dsp/transitions.csv"),
    professions: include_str!("../../../profiles/luxembourg-dsp/professions.csv"),
    types: include_str!("../../../profiles/luxembourg-dsp/types.csv"),
    confidentiality: include_str!("../../../profiles/luxembourg-dsp/confidentiality.csv"),
    durations: include_str!("../../../profiles/luxembourg-dsp/durations.csv"),
    rate_limits: include_str!("../../../profiles/luxembourg-dsp/rate-limits.csv"),
};

impl PolicyFiles<'static> {
    /// The files of the profile `luxembourg-dsp` that come with the program.
    pub fn luxembourg_dsp() -> Self {
        LUXEMBOURG_DSP
    }
}

impl PolicyFiles<'_> {
    /// The texts alone, always in the same order.
    pub fn texts(&self) -> [&str; 7] {
        [self.matrix, self.constraints, self.transitions, self.professions, self.types, self.durations, self.rate_limits]
    }

    /// The rules and the label of each type of document.
    ///
    /// # Errors
    /// All faults of all files.
    pub fn read(&self) -> Result<(Rules, TypeLabels), Vec<PolicyFault>> {
        let (matrix, labels) = matrix::read(self.matrix)?;
        let mut faults = Vec::new();
        let constraints = kept(constraints::read(self.constraints, &matrix), &mut faults);
        let transitions = kept(transitions::read(self.transitions), &mut faults);
        let professions = kept(professions::read(self.professions, &matrix), &mut faults);
        let type_codes = kept(types::read(self.types, &matrix), &mut faults);
        let level_codes = kept(confidentiality::read(self.confidentiality), &mut faults);
        let durations = kept(durations::read(self.durations), &mut faults);
        let presence_codes = kept(rate_limits::read(self.rate_limits), &mut faults);
        if !faults.is_empty() {
            return Err(faults);
        }
        Ok((Rules { matrix, constraints, transitions, type_codes, level_codes, durations, presence_codes, professions }, labels))
    }

    /// Which usage profile follows from a profession; none follows from any where the files have faults.
    pub fn professions(&self) -> Professions {
        self.read().map(|(rules, _)| rules.professions).unwrap_or_default()
    }
}

/// What was read, or nothing and the faults kept for later, so that all files tell theirs at once.
fn kept<T: Default>(read: Result<T, Vec<PolicyFault>>, faults: &mut Vec<PolicyFault>) -> T {
    read.unwrap_or_else(|found| {
        faults.extend(found);
        T::default()
    })
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
        let types = "document_type,code,system\nhoroscope,h,1.2\n";
        assert_eq!(faults(PolicyFiles { types, ..LUXEMBOURG_DSP }).len(), 44);
        let durations = "what,establishment_kind,days\nconsultation,hopital,3\nemergency,,91\nestablishment,,3\nforever,,3\n";
        assert_eq!(faults(PolicyFiles { durations, ..LUXEMBOURG_DSP }).len(), 4);
        let rate_limits = "what,attempts,window_minutes,lock_minutes\npresence-code-of-a-patient,0,1,1\nlogin,1,1,1\n";
        assert_eq!(faults(PolicyFiles { rate_limits, ..LUXEMBOURG_DSP }).len(), 2);
        assert_eq!(found[4], "transitions.csv, line 2: ANNONCE is chosen at submission only (access rules, 6); remove the line");
    }
}
