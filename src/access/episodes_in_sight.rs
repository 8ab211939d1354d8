//! Who sees which episodes of a record: an establishment and its professionals their own, holder and assistants all of them.

use uuid::Uuid;

use crate::model::care_record::{CareEpisode, CareRecord};
use crate::model::dsp::{Caller, ConsentSight, Quality, Standing, consents_in_sight};
use crate::model::hl7_types::PatientId;
use crate::model::timestamp::Instant;

use super::caller::caller;
use super::{ActRefusal, Failure, Reading};

/// One version of an episode.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EpisodeVersion {
    /// The episode as it was.
    pub episode: CareEpisode,
    /// Since when it was so, as far as that is known.
    pub since: Option<Instant>,
}

impl Reading<'_> {
    /// The episodes of a patient that the caller sees; none where there is no record, which looks the same.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`].
    pub fn episodes(&mut self, patient_id: &PatientId) -> Result<Vec<CareEpisode>, Failure> {
        self.audit.patient_ids.push(patient_id.to_string());
        let caller = caller(self.tx, self.call)?.ok_or(ActRefusal::NobodyCalls)?;
        self.episodes_for(&caller, patient_id)
    }

    fn episodes_for(&mut self, caller: &Caller, patient_id: &PatientId) -> Result<Vec<CareEpisode>, Failure> {
        let stored = self.tx.care_record(patient_id)?;
        Ok(stored.map(|stored| in_sight(caller, stored.record, self.call.now)).unwrap_or_default())
    }

    /// The episode of this name, if the caller sees it, and whose it is. Nobody learns by the refusal whether it is there.
    ///
    /// # Errors
    /// [`ActRefusal::NobodyCalls`], [`ActRefusal::Unknown`].
    pub fn episode(&mut self, id: Uuid) -> Result<(PatientId, CareEpisode), Failure> {
        // Who calls comes first: nobody is told the same of every name.
        let caller = caller(self.tx, self.call)?.ok_or(ActRefusal::NobodyCalls)?;
        let patient_id = self.tx.patient_of_record_item(id)?.ok_or(ActRefusal::Unknown)?;
        self.audit.patient_ids.push(patient_id.to_string());
        let found = self.episodes_for(&caller, &patient_id)?.into_iter().find(|episode| episode.id == id);
        Ok((patient_id, found.ok_or(ActRefusal::Unknown)?))
    }

    /// All versions of an episode that the caller sees, the latest first, and whose it is.
    ///
    /// # Errors
    /// Those of [`Self::episode`].
    pub fn episode_versions(&mut self, id: Uuid) -> Result<(PatientId, Vec<EpisodeVersion>), Failure> {
        let (patient_id, present) = self.episode(id)?;
        let replaced = self.tx.replaced_items(id)?;
        let declared = |episode: &CareEpisode| Some(episode.declared.at).filter(|_| episode.version == 1);
        let changes: Vec<_> = replaced.iter().map(|item| Some(item.replaced_at)).collect();
        let episodes = std::iter::once(present).chain(replaced.into_iter().flat_map(|item| item.record.episodes));
        // What a version replaced ends where it begins.
        let since = changes.into_iter().chain(std::iter::repeat(None));
        let with_time = |(episode, since): (CareEpisode, Option<Instant>)| {
            let since = since.or_else(|| declared(&episode));
            EpisodeVersion { episode, since }
        };
        Ok((patient_id, episodes.zip(since).map(with_time).collect()))
    }
}

fn in_sight(caller: &Caller, record: CareRecord, now: Instant) -> Vec<CareEpisode> {
    let state = record.state();
    let is_patients = matches!(caller.quality, Quality::Patient { .. });
    let all = is_patients && matches!(consents_in_sight(caller, &state, now), Ok(ConsentSight::All));
    let acts = match caller.quality {
        Quality::Establishment => true,
        Quality::Professional { .. } => Standing::of(caller, &state, now).is_ok(),
        _ => false,
    };
    let proven = caller.organisation.as_ref().filter(|one| acts && one.attested && one.linked && one.own_connection);
    let seen = |episode: &CareEpisode| all || proven.is_some_and(|own| own.id == episode.establishment);
    record.episodes.into_iter().filter(seen).collect()
}
