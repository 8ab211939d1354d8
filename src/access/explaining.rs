//! Why the access rules allow somebody something, or deny it: the caller is worked out, and the rules are asked, as for a request of
//! theirs. Nothing is done but that the question itself is written into the trail.

use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::{Actor, ActorQuality};
use crate::model::availability_status::AvailabilityStatus;
use crate::model::care_record::person_id;
use crate::model::connected_system::ConnectedSystem;
use crate::model::dsp::{
    Caller, Denial, DocumentFacts, DspStatus, Ground, HistoryExtent, RecordAct, RecordState, Relation, Rules, Standing, Submission,
    Verdict, circumstances,
};
use crate::model::explanation::{AccessQuestion, AskedAct, AskedDocument, Explanation, ManagingAct};
use crate::model::ids::EntryUuid;
use crate::model::node::{Node, NodeProof};
use crate::model::registry_error::{ErrorCode, RegistryError};
use crate::model::stored_query::{MetadataLevel, ObjectIds};
use crate::store::RecordView;

use super::actor::actor;
use super::caller::caller;
use super::door::note_reason;
use super::standings::Standings;
use super::{Action, Call, Failure, Policy, Reading, Reason, history, policy};

impl Reading<'_> {
    /// What would become of a call that somebody else made at another time, for the operator's own machine. `imagined` says who and when.
    ///
    /// # Errors
    /// A document that is not in this record, or none where the act is about one.
    pub fn explain(&mut self, question: &AccessQuestion, imagined: &Call) -> Result<Explanation, Failure> {
        self.audit.patient_ids.push(question.patient_id.to_string());
        self.audit.actor = Some(Actor::of(ActorQuality::Operator));
        self.audit.action = Some(AuditAction::ReadSettings);
        self.audit.query = imagined.person.as_ref().map(|person| format!("explain access of {}", person.name_id));
        note_reason(self.audit, Reason::Ground(Ground::Operator));
        let document = self.asked_document(question)?;
        let system = self.connected_system(question)?;
        let node = system.as_ref().map_or(NodeProof::None, |system| NodeProof::Proven(node_of(system)));
        let imagined = &Call { node, ..imagined.clone() };
        let caller = caller(self.tx, imagined)?;
        let name = match &caller {
            Some(caller) => actor(self.tx, caller)?.name,
            None => Default::default(),
        };
        let name = [name.given, name.family].into_iter().flatten().collect::<Vec<_>>().join(" ");
        let state = self.tx.care_record(&question.patient_id)?.map(|stored| stored.record.state());
        let standing = Standings::default().towards(self.tx, imagined, &question.patient_id)?;
        let found = |caller: &Caller| state.as_ref().map(|state| circumstances(caller, state, imagined.now));
        let circumstances = caller.as_ref().and_then(found);
        let clauses = standing.as_ref().map(|standing| standing.clauses.clone()).unwrap_or_default();
        let otherwise = standing.as_ref().ok().map(|standing| standing.otherwise);
        let verdict = match (self.policy, &caller) {
            (Policy::Open, _) => None,
            (Policy::CareRecord(_), None) => Some(Verdict::Deny(Denial::CallerInvalid)),
            (Policy::CareRecord(rules), Some(caller)) => {
                let state = state.unwrap_or_else(|| RecordState::new(person_id(&question.patient_id), DspStatus::Closed));
                let asked = Asked { caller, state: &state, standing: &standing, document: document.as_ref(), rules, call: imagined };
                Some(asked.decide(&question.act)?)
            }
        };
        let connected = system.is_some();
        let name = Some(name).filter(|name| !name.is_empty());
        Ok(Explanation { caller, name, connected, circumstances, clauses, otherwise, document, verdict })
    }

    fn asked_document(&mut self, question: &AccessQuestion) -> Result<Option<DocumentFacts>, Failure> {
        let whole = RecordView::whole(&question.patient_id);
        let ids = match &question.document {
            None => return Ok(None),
            Some(AskedDocument::Described(facts)) => return Ok(Some(facts.clone())),
            Some(AskedDocument::Entry(id)) => ObjectIds::EntryUuids(vec![*id]),
            Some(AskedDocument::Document(id)) => ObjectIds::UniqueIds(vec![id.clone()]),
        };
        let entries = self.tx.entries_of_record(&whole, &ids, MetadataLevel::Two, i64::MAX)?;
        let current = entries.iter().rfind(|entry| entry.availability_status == AvailabilityStatus::Approved);
        let entry: EntryUuid = current.or(entries.last()).map(|entry| entry.entry_uuid).ok_or_else(no_document)?;
        self.audit.object_ids.push(entry.to_string());
        Ok(Some(self.tx.document_facts(&[entry])?.remove(&entry).ok_or_else(no_document)?))
    }

    /// A system of the establishment, one that is not suspended if there is one.
    fn connected_system(&mut self, question: &AccessQuestion) -> Result<Option<ConnectedSystem>, Failure> {
        let Some(establishment) = &question.connection else { return Ok(None) };
        let mut systems = self.tx.systems_of_establishment(establishment)?;
        systems.sort_by_key(|system| system.suspended_from.is_some());
        Ok(systems.into_iter().next())
    }
}

/// A node with a certificate that the directory knows as that of the system.
fn node_of(system: &ConnectedSystem) -> Node {
    let mut node = Node {
        fingerprint: String::new(),
        subject: String::new(),
        issuer: String::new(),
        serial: String::new(),
        dns_names: Vec::new(),
        uris: Vec::new(),
    };
    match system.certificates.first().and_then(|identity| identity.as_str().split_once(':')) {
        Some(("dns", name)) => node.dns_names.push(name.to_owned()),
        Some(("uri", uri)) => node.uris.push(uri.to_owned()),
        Some(("subject", name)) => node.subject = name.to_owned(),
        Some((_, fingerprint)) => node.fingerprint = fingerprint.to_owned(),
        None => {}
    }
    node
}

/// One question before the rules.
struct Asked<'a> {
    caller: &'a Caller,
    state: &'a RecordState,
    standing: &'a Result<Standing, Denial>,
    document: Option<&'a DocumentFacts>,
    rules: &'a Rules,
    call: &'a Call,
}

impl Asked<'_> {
    fn decide(&self, act: &AskedAct) -> Result<Verdict, Failure> {
        let now = self.call.now;
        let of_record = |act: RecordAct<'_>| act.decide(self.caller, self.state, now);
        let verdict = match act {
            AskedAct::Manage(act) => of_record(act_on_record(act)),
            AskedAct::Deactivate => of_record(RecordAct::Deactivate(self.document()?)),
            AskedAct::Restore => of_record(RecordAct::Restore(self.document()?)),
            AskedAct::ConfirmDeactivation => of_record(RecordAct::ConfirmDeactivation(self.document()?)),
            AskedAct::Move => of_record(RecordAct::MoveToPatient(self.document()?)),
            AskedAct::List | AskedAct::ReadHistory | AskedAct::Read => match self.standing {
                Err(denial) => Verdict::Deny(*denial),
                Ok(standing) => self.read(act, standing)?,
            },
            AskedAct::Submit(_) | AskedAct::Replace(_) | AskedAct::Update | AskedAct::ChangeLevel(_) => match self.standing {
                Err(denial) => Verdict::Deny(*denial),
                Ok(standing) => self.write(act, standing)?,
            },
        };
        Ok(verdict)
    }

    fn read(&self, act: &AskedAct, standing: &Standing) -> Result<Verdict, Failure> {
        Ok(match act {
            AskedAct::Read => standing.read(self.document()?, &self.rules.matrix),
            AskedAct::ReadHistory => {
                let extent = HistoryExtent::of(self.caller, self.state, self.call.now);
                let mandate = standing.clauses.first().map(|clause| clause.mandate);
                extent.map(|extent| history::ground(self.caller, extent, mandate)).into()
            }
            _ => match policy::ground(standing, Action::Find) {
                Ok(Reason::Ground(ground)) => Verdict::Allow(ground),
                // Without a mandate, their own documents.
                Ok(_) => Verdict::Allow(Ground::Author),
                Err(denial) => Verdict::Deny(denial),
            },
        })
    }

    fn write(&self, act: &AskedAct, standing: &Standing) -> Result<Verdict, Failure> {
        let document = self.document()?;
        let submission =
            |format, relation| Submission { document_type: document.document_type.clone(), level: document.level, format, relation };
        Ok(match act {
            AskedAct::ChangeLevel(to) => standing.change_level(document, *to, self.rules),
            AskedAct::Submit(format) => standing.submit(&submission(*format, Relation::New), self.rules),
            AskedAct::Replace(format) => standing.submit(&submission(*format, Relation::Replaces(document)), self.rules),
            _ => standing.change_metadata(document, &document.document_type, self.rules),
        })
    }

    fn document(&self) -> Result<&DocumentFacts, Failure> {
        self.document.ok_or_else(no_document)
    }
}

fn act_on_record(act: &ManagingAct) -> RecordAct<'_> {
    match act {
        ManagingAct::Create => RecordAct::Create,
        ManagingAct::Activate => RecordAct::Activate,
        ManagingAct::Close => RecordAct::Close,
        ManagingAct::Reopen => RecordAct::Reopen,
        ManagingAct::SetEmergencyAccess => RecordAct::SetEmergencyAccess,
        ManagingAct::SetPresenceCode => RecordAct::SetPresenceCode,
        ManagingAct::NameAssistant => RecordAct::NameAssistant,
        ManagingAct::NameTrusted => RecordAct::NameTrusted,
        ManagingAct::Blacklist(professional) => RecordAct::Blacklist(professional),
        ManagingAct::Unblacklist => RecordAct::Unblacklist,
        ManagingAct::Shorten(kind) => RecordAct::ShortenMandate(*kind),
        ManagingAct::DeclareReferringPhysician => RecordAct::DeclareReferringPhysician,
        ManagingAct::RevokeReferringPhysician => RecordAct::RevokeReferringPhysician,
        ManagingAct::OpenConsultation => RecordAct::OpenConsultation,
        ManagingAct::DeclareEpisode { establishment, emergency } => RecordAct::DeclareEpisode { establishment, emergency: *emergency },
    }
}

fn no_document() -> Failure {
    let context =
        "this act is about a document, and the record holds none of that id; name one of this record, or describe one by its type";
    Failure::refused(RegistryError::new(ErrorCode::RegistryError, "document", context))
}
