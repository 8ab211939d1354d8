//! Records, as a deployment that moves here from elsewhere brings them: what was granted, declared and decided so far.

use uuid::Uuid;

use crate::model::care_record::{CareEpisode, CareRecord, Grant, GrantKind, Noted, person_id};
use crate::model::directory::BroughtRecord;
use crate::model::dsp::{DspStatus, EmergencyAccess, EpisodeKind, Period, RefusalChange};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::{InvalidIdentifier, Oid};
use crate::model::matricule::Matricule;
use crate::model::presence_code::PresenceCode;
use crate::model::timestamp::Instant;

use super::Fault;
use super::csv_table::{Cell, Column};
use super::fields::{Fields, Item};

/// A record is no flat row: only JSON holds it.
pub(super) const COLUMNS: [Column; 1] = [("patient", Cell::Text)];

const NAMES: [&str; 15] = [
    "patient",
    "assigning_authority",
    "status",
    "created_at",
    "activates_at",
    "closed_at",
    "deceased_at",
    "emergency_access",
    "presence_code",
    "referring_physicians",
    "trusted_circle",
    "consultations",
    "assistants",
    "blacklist",
    "episodes",
];
const GRANT: [&str; 3] = ["professional", "start", "end"];
const EPISODE: [&str; 10] =
    ["visit_number", "establishment", "emergency", "arrival_decision", "start", "end", "access_end", "cut_to", "refusals", "requested_by"];

/// Who the trail says declared what a file brings.
const IMPORTED: &str = "import";

pub(super) fn read(item: &Item, authorities: &[Oid], faults: &mut Vec<Fault>) -> Option<BroughtRecord> {
    let mut fields = Fields::of(item, &NAMES, faults);
    let authority = super::patient::authority(&mut fields, authorities);
    let holder = patient(&mut fields, "patient", authority.as_ref());
    let created_at = instant(&mut fields, "created_at");
    let status = status(&mut fields);
    let (closed_at, deceased_at) = (fields.parsed("closed_at", at), fields.parsed("deceased_at", at));
    if status == Some(DspStatus::Closed) && closed_at.is_none() {
        fields.fault("closed_at", "a closed record says when it was closed");
    }
    let emergency_access = fields.parsed("emergency_access", emergency_access).unwrap_or_default();
    let presence_code = fields.parsed("presence_code", |text| PresenceCode::new(text).map_err(|unfit| unfit.to_string()));
    let holder = holder?;
    let names = Names { holder: &holder, authority: authority.as_ref() };
    let mut grants = names.grants(&mut fields, "referring_physicians", |id| GrantKind::ReferringPhysician(id.into()));
    grants.extend(names.grants(&mut fields, "trusted_circle", |id| GrantKind::TrustedCircle(id.into())));
    grants.extend(names.grants(&mut fields, "blacklist", |id| GrantKind::Blacklist(id.into())));
    grants.extend(names.consultations(&mut fields));
    grants.extend(names.assistants(&mut fields));
    let episodes = names.episodes(&mut fields);
    let created = Noted { at: created_at?, by: IMPORTED.to_owned() };
    let record = CareRecord { closed_at, deceased_at, emergency_access, grants, episodes, ..CareRecord::new(holder, status?, created) };
    Some(BroughtRecord { record, presence_code })
}

/// Names what a file brings, so that the same file brings the same again.
struct Names<'a> {
    holder: &'a PatientId,
    authority: Option<&'a Oid>,
}

impl Names<'_> {
    fn id(&self, what: &str) -> Uuid {
        Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{} {what}", self.holder).as_bytes())
    }

    fn grant(&self, list: &str, grantee: &str, kind: GrantKind, period: Period) -> Grant {
        let id = self.id(&format!("{list} {grantee} {}", period.start.0));
        Grant { id, kind, period, given: Noted { at: period.start, by: IMPORTED.to_owned() }, ended: None, version: 1 }
    }

    fn grants(&self, fields: &mut Fields<'_>, list: &str, kind: impl Fn(&str) -> GrantKind) -> Vec<Grant> {
        let read = |fields: &mut Fields<'_>| {
            let (professional, period) = (fields.required("professional"), period(fields));
            Some(self.grant(list, &professional, kind(&professional), period?))
        };
        fields.objects(list, &GRANT, read).into_iter().flatten().collect()
    }

    fn consultations(&self, fields: &mut Fields<'_>) -> Vec<Grant> {
        let read = |fields: &mut Fields<'_>| {
            let (professional, period, care_end) = (fields.required("professional"), period(fields), instant(fields, "care_end"));
            let kind = GrantKind::Consultation { professional: professional.as_str().into(), care_end: care_end? };
            Some(self.grant("consultations", &professional, kind, period?))
        };
        fields.objects("consultations", &["professional", "start", "care_end", "end"], read).into_iter().flatten().collect()
    }

    fn assistants(&self, fields: &mut Fields<'_>) -> Vec<Grant> {
        let read = |fields: &mut Fields<'_>| {
            let (person, period) = (patient(fields, "patient", self.authority), period(fields));
            let person = person?;
            if person == *self.holder {
                fields.fault("patient", "nobody is their own assistant");
            }
            Some(self.grant("assistants", &person.to_string(), GrantKind::Assistant(person_id(&person)), period?))
        };
        fields.objects("assistants", &["patient", "start", "end"], read).into_iter().flatten().collect()
    }

    fn episodes(&self, fields: &mut Fields<'_>) -> Vec<CareEpisode> {
        fields.objects("episodes", &EPISODE, |fields| self.episode(fields)).into_iter().flatten().collect()
    }

    fn episode(&self, fields: &mut Fields<'_>) -> Option<CareEpisode> {
        let (visit_number, establishment) = (fields.required("visit_number"), fields.required("establishment"));
        let arrival_decision = fields.parsed("arrival_decision", emergency_access);
        let kind = if fields.flag("emergency") { EpisodeKind::Emergency { arrival_decision } } else { EpisodeKind::Ordinary };
        let stay = period(fields);
        let (follow_up_end, cut_to) = (fields.parsed("access_end", at), fields.parsed("cut_to", at));
        if stay.is_some_and(|stay| stay.end.is_some()) && follow_up_end.is_none() && cut_to.is_none() {
            fields.fault("access_end", "an episode that has ended says until when access under it goes on");
        }
        let refusal = |fields: &mut Fields<'_>| Some(RefusalChange { refused: fields.flag("refused"), at: instant(fields, "at")? });
        let refusals = fields.objects("refusals", &["at", "refused"], refusal).into_iter().flatten().collect();
        let requested_by = fields.text("requested_by").map(|visit| self.id(&format!("episode {visit}")));
        let stay = stay?;
        Some(CareEpisode {
            id: self.id(&format!("episode {visit_number}")),
            visit_number: Some(visit_number),
            establishment: establishment.as_str().into(),
            kind,
            stay,
            follow_up_end,
            cut_to,
            refusals,
            requested_by,
            declared: Noted { at: stay.start, by: IMPORTED.to_owned() },
            version: 1,
        })
    }
}

fn patient(fields: &mut Fields<'_>, name: &str, authority: Option<&Oid>) -> Option<PatientId> {
    let matricule = fields.required(name);
    if matricule.is_empty() {
        return None;
    }
    let checked = Matricule::try_from(matricule).map_err(|error| fields.fault(name, error.to_string())).ok()?;
    Cx::new(checked.as_str(), authority?.clone()).ok()
}

fn status(fields: &mut Fields<'_>) -> Option<DspStatus> {
    let activates_at = fields.parsed("activates_at", at);
    match fields.required("status").as_str() {
        "" => None,
        "active" => Some(DspStatus::Active),
        "closed" => Some(DspStatus::Closed),
        "inactive" if activates_at.is_none() => {
            fields.fault("activates_at", "an inactive record says when it activates by itself");
            None
        }
        "inactive" => activates_at.map(|activates_at| DspStatus::Inactive { activates_at }),
        _ => {
            fields.fault("status", "a record is inactive, active or closed");
            None
        }
    }
}

fn period(fields: &mut Fields<'_>) -> Option<Period> {
    let (start, end) = (instant(fields, "start"), fields.parsed("end", at));
    let start = start?;
    if end.is_some_and(|end| end < start) {
        fields.fault("end", "the end lies before the start");
    }
    Some(Period { start, end })
}

fn instant(fields: &mut Fields<'_>, name: &str) -> Option<Instant> {
    let text = fields.required(name);
    if text.is_empty() { None } else { at(text).map_err(|expected| fields.fault(name, expected)).ok() }
}

fn at(text: String) -> Result<Instant, String> {
    text.parse().map_err(|error: InvalidIdentifier| format!("the value is not {}", error.expected))
}

fn emergency_access(text: String) -> Result<EmergencyAccess, String> {
    match text.as_str() {
        "standard" => Ok(EmergencyAccess::Standard),
        "extended" => Ok(EmergencyAccess::Extended),
        "denied" => Ok(EmergencyAccess::Denied),
        _ => Err("the emergency setting is standard, extended or denied".to_owned()),
    }
}
