//! What a grant, an episode or the emergency setting was before it was changed.

use std::collections::HashMap;

use diesel::prelude::*;
use uuid::Uuid;

use crate::model::care_record::CareRecord;
use crate::model::dsp::DspStatus;
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

use super::rows::{from_json, to_json};
use super::schema::item_versions;
use super::{Read, StoreError, Write};

/// One thing of a record as it was.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReplacedItem {
    /// The record as it was then, with nothing else in it.
    pub record: CareRecord,
    /// Until when it was so.
    pub replaced_at: Instant,
}

impl Read {
    /// What the thing of this name was before, the latest first.
    pub fn replaced_items(&mut self, id: Uuid) -> Result<Vec<ReplacedItem>, StoreError> {
        let rows = item_versions::table.filter(item_versions::item.eq(id.to_string())).order(item_versions::version.desc());
        let rows: Vec<(i64, String)> = rows.select((item_versions::replaced_at, item_versions::content)).load(self.connection())?;
        let replaced =
            |(at, content): (i64, String)| Ok(ReplacedItem { record: from_json("item_versions", &content)?, replaced_at: Instant(at) });
        rows.into_iter().map(replaced).collect()
    }
}

impl Write {
    /// Keeps of a record that is replaced what is another version now. What took the place of a purged record is none of its
    /// versions.
    pub(super) fn keep_replaced_items(&mut self, before: &CareRecord, now: &CareRecord, at: Instant) -> Result<(), StoreError> {
        if before.status == DspStatus::Purged {
            return Ok(());
        }
        let versions: HashMap<_, _> = now.item_versions().collect();
        let is_replaced = |(id, version): &(Uuid, u32)| versions.get(id).is_some_and(|now| now > version);
        for (id, version) in before.item_versions().filter(is_replaced) {
            let row = (
                item_versions::item.eq(id.to_string()),
                item_versions::version.eq(i64::from(version)),
                item_versions::patient_id.eq(now.holder.to_string()),
                item_versions::replaced_at.eq(at.0),
                item_versions::content.eq(to_json(&CareRecord { holder: now.holder.clone(), ..before.only(id) })?),
            );
            diesel::insert_into(item_versions::table).values(row).execute(self.connection())?;
        }
        Ok(())
    }

    /// Keeps what was of `other`, and what becomes another version, when it goes on as part of `merged`, the record of the same
    /// person under another identifier. The emergency setting has a name of its holder's, and only one of the two settings goes on.
    pub fn move_replaced_items(
        &mut self,
        other: &CareRecord,
        merged: &CareRecord,
        setting_goes_on: bool,
        at: Instant,
    ) -> Result<(), StoreError> {
        let theirs = item_versions::table.filter(item_versions::patient_id.eq(other.holder.to_string()));
        let columns = (item_versions::item, item_versions::version, item_versions::content);
        let rows: Vec<(String, i64, String)> = theirs.select(columns).load(self.connection())?;
        let setting = other.emergency_setting_id().to_string();
        for (item, version, content) in rows.into_iter().filter(|(item, ..)| setting_goes_on || *item != setting) {
            let record = CareRecord { holder: merged.holder.clone(), ..from_json("item_versions", &content)? };
            let now = if item == setting { record.emergency_setting_id().to_string() } else { item.clone() };
            let moved = (
                item_versions::item.eq(now),
                item_versions::patient_id.eq(merged.holder.to_string()),
                item_versions::content.eq(to_json(&record)?),
            );
            diesel::update(item_versions::table.find((item, version))).set(moved).execute(self.connection())?;
        }
        self.keep_replaced_items(other, merged, at)
    }

    /// Destroys what was in a patient's record before.
    pub(super) fn purge_replaced_items(&mut self, patient_id: &PatientId) -> Result<(), StoreError> {
        let theirs = item_versions::table.filter(item_versions::patient_id.eq(patient_id.to_string()));
        diesel::delete(theirs).execute(self.connection())?;
        Ok(())
    }
}
