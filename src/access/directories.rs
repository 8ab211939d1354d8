//! The directories: the door to the store of whoever keeps them.

use crate::model::connected_system::ConnectedSystem;
use crate::model::directory::{Establishment, LegalRepresentative, Professional};
use crate::store::{PatientState, StoreError, Write};

use super::{Failure, Writing};

/// What putting something that may be there already did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// It was not there.
    Created,
    /// It was there and said something else.
    Updated,
    /// It was there and said the same.
    Unchanged,
}

/// Why an entry could not be put into its directory.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DirectoryRefusal {
    /// A certificate names one system only.
    #[error("one of its certificates is that of another connected system; take it from that one first")]
    CertificateInUse,
    /// An OID names one establishment only.
    #[error("one of its OIDs is that of another establishment; take it from that one first")]
    OidInUse,
    /// A representative and a child have records of their own.
    #[error("the child or the representative is no patient of this server, or was merged into another; import the patients first")]
    UnknownPatient,
    /// Only the operator's staff keeps the directories.
    #[error("only the operator's staff (role admin) changes the directories")]
    NotOperator,
    /// There is one already.
    #[error("there is an entry with this key already; update it")]
    Exists,
    /// Whoever changes an entry says which version they saw.
    #[error("the entry is there; say in If-Match which version you change, as the ETag of its last read")]
    VersionRequired,
    /// Somebody else was quicker.
    #[error("the entry was changed meanwhile or is not there; read it again and repeat the change")]
    VersionChanged,
    /// What is to be changed is not there.
    #[error("the directory has no such entry")]
    UnknownEntry,
}

impl Writing<'_> {
    /// Adds an establishment, or replaces what is known of it.
    pub fn put_establishment(&mut self, entry: &Establishment) -> Result<Change, Failure> {
        let (now, known) = (self.call.now, self.tx.establishment(&entry.id)?);
        self.changed(&entry.id, known.as_ref(), entry, |tx| match tx.put_establishment(entry, now) {
            Err(StoreError::Duplicate { .. }) => Err(DirectoryRefusal::OidInUse.into()),
            done => Ok(done?),
        })
    }

    /// Adds a professional, or replaces what is known of them.
    pub fn put_professional(&mut self, entry: &Professional) -> Result<Change, Failure> {
        let (now, known) = (self.call.now, self.tx.professionals(&[&entry.id])?.pop());
        self.changed(&entry.id, known.as_ref(), entry, |tx| Ok(tx.put_professional(entry, now)?))
    }

    /// Adds a legal representative, or replaces what is known of them for the same child.
    ///
    /// # Errors
    /// [`DirectoryRefusal::UnknownPatient`] if one of the two has no record here in use.
    pub fn put_representative(&mut self, entry: &LegalRepresentative) -> Result<Change, Failure> {
        for patient_id in [&entry.child, &entry.representative] {
            self.note(patient_id);
            let known = self.tx.patient(patient_id)?;
            if known.is_none_or(|known| known.state != PatientState::Active) {
                return Err(DirectoryRefusal::UnknownPatient.into());
            }
        }
        let now = self.call.now;
        let known = self.tx.representation(&entry.child, &entry.representative)?.map(|(known, _)| known);
        self.changed(&entry.representative.to_string(), known.as_ref(), entry, |tx| Ok(tx.put_representative(entry, now)?))
    }

    /// Adds a connected system, or replaces what is known of it and its certificates.
    pub fn put_connected_system(&mut self, system: &ConnectedSystem) -> Result<Change, Failure> {
        let (now, known) = (self.call.now, self.tx.connected_system(&system.id)?);
        let is_new = known.is_none();
        self.changed(&system.id, known.as_ref(), system, |tx| match tx.put_connected_system(system, now) {
            Err(StoreError::Duplicate { .. }) => Err(DirectoryRefusal::CertificateInUse.into()),
            done => Ok(done.map(|()| is_new)?),
        })
    }

    fn changed<T: PartialEq>(
        &mut self,
        id: &str,
        known: Option<&T>,
        entry: &T,
        put: impl FnOnce(&mut Write) -> Result<bool, Failure>,
    ) -> Result<Change, Failure> {
        if known == Some(entry) {
            return Ok(Change::Unchanged);
        }
        self.audit.object_ids.push(id.to_owned());
        Ok(if put(self.tx)? { Change::Created } else { Change::Updated })
    }
}
