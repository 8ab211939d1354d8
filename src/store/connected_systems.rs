//! Connected systems, found by their certificates.

use diesel::prelude::*;

use crate::model::connected_system::{ConnectedSystem, SystemOperator};
use crate::model::directory::Establishment;
use crate::model::node::CertificateIdentity;
use crate::model::timestamp::Instant;

use super::connection::StoreConnection;
use super::directories::all;
use super::directory_versions::{SYSTEMS, keep_past};
use super::rows::{from_json, to_json};
use super::schema::{connected_systems, establishments, system_certificates};
use super::{Read, StoreError, Write};

/// A system and what the directory says of its establishment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KnownSystem {
    /// The system.
    pub system: ConnectedSystem,
    /// Its establishment, where it calls for one that the directory knows.
    pub establishment: Option<Establishment>,
}

impl Read {
    /// The systems that have any of these certificate names, each once: more than one only if the directory is ambiguous.
    pub fn connected_systems_of(&mut self, identities: &[CertificateIdentity]) -> Result<Vec<KnownSystem>, StoreError> {
        let of_system = connected_systems::id.eq(system_certificates::system_id);
        let of_establishment = establishments::id.nullable().eq(connected_systems::establishment);
        let mut rows: Vec<(String, Option<String>)> = system_certificates::table
            .inner_join(connected_systems::table.on(of_system))
            .left_join(establishments::table.on(of_establishment))
            .filter(system_certificates::identity.eq_any(identities.iter().map(CertificateIdentity::as_str)))
            .select((connected_systems::content, establishments::content.nullable()))
            .load(self.connection())?;
        rows.sort();
        rows.dedup();
        rows.into_iter().map(|(system, establishment)| known(&system, establishment.as_deref())).collect()
    }

    /// The system of this id.
    pub fn connected_system(&mut self, id: &str) -> Result<Option<ConnectedSystem>, StoreError> {
        let row = connected_systems::table.find(id).select(connected_systems::content);
        let content: Option<String> = row.first(self.connection()).optional()?;
        content.map(|content| from_json("connected_systems", &content)).transpose()
    }

    /// The systems that call for an establishment, by id.
    pub fn systems_of_establishment(&mut self, establishment: &str) -> Result<Vec<ConnectedSystem>, StoreError> {
        let rows = connected_systems::table.filter(connected_systems::establishment.eq(establishment));
        let rows: Vec<String> = rows.order(connected_systems::id).select(connected_systems::content).load(self.connection())?;
        all("connected_systems", &rows)
    }
}

fn known(system: &str, establishment: Option<&str>) -> Result<KnownSystem, StoreError> {
    let system: ConnectedSystem = from_json("connected_systems", system)?;
    let establishment: Option<Establishment> = establishment.map(|content| from_json("establishments", content)).transpose()?;
    Ok(KnownSystem { system, establishment })
}

impl Write {
    /// Adds a system or replaces the one of the same id, with its certificates.
    ///
    /// # Errors
    /// [`StoreError::Duplicate`] if another system has one of the certificates.
    pub fn put_connected_system(&mut self, system: &ConnectedSystem, at: Instant) -> Result<(), StoreError> {
        let establishment = match &system.operator {
            SystemOperator::Establishment(id) => Some(id.as_str()),
            SystemOperator::PracticeSoftware(_) => None,
        };
        let columns = (
            connected_systems::establishment.eq(establishment),
            connected_systems::content.eq(to_json(system)?),
            connected_systems::updated_at.eq(at.0),
        );
        let row = connected_systems::table.find(&system.id);
        let told = row.select((connected_systems::version, connected_systems::updated_at, connected_systems::content));
        if keep_past!(self, (SYSTEMS, &system.id), told, at) {
            let next_version = connected_systems::version.eq(connected_systems::version + 1);
            diesel::update(row).set((columns, next_version)).execute(self.connection())?;
        } else {
            let row = (connected_systems::id.eq(&system.id), columns.0, columns.1, columns.2);
            diesel::insert_into(connected_systems::table).values(row).execute(self.connection())?;
        }
        let former = system_certificates::table.filter(system_certificates::system_id.eq(&system.id));
        diesel::delete(former).execute(self.connection())?;
        for identity in &system.certificates {
            let row = (system_certificates::identity.eq(identity.as_str()), system_certificates::system_id.eq(&system.id));
            diesel::insert_into(system_certificates::table).values(row).execute(self.connection())?;
        }
        Ok(())
    }
}
