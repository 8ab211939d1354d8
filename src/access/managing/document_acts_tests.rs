//! Documents are taken out of sight by the record administrator alone, in the order of the steps.

use super::{ActRefusal, DocumentAct};
use crate::access::test_registry::{TestRegistry, call, submission};
use crate::access::{Action, Failure};
use crate::model::audit_event::Transaction;
use crate::model::care_record::{CareRecord, Noted, person_id};
use crate::model::dsp::{Activation, Caller, DspStatus, ProfessionalState, Quality};
use crate::model::hl7_types::PatientId;
use crate::model::ids::EntryUuid;

#[test]
fn the_steps_are_taken_in_order_and_by_the_administrator_alone() {
    let (behind, door) = TestRegistry::open();
    let holder: PatientId = "P1^^^&1.2.3&ISO".parse().unwrap();
    TestRegistry::announce(&door, &holder);
    let noted = Noted { at: call().now, by: "before".to_owned() };
    let record = CareRecord::new(holder.clone(), DspStatus::Active, noted);
    door.store().write(|tx| Ok::<_, Failure>(tx.insert_care_record(&record)?)).unwrap();
    let request = submission(holder.clone(), "2.999.3.1").check().unwrap();
    let file = |writing: &mut crate::access::Writing<'_>| writing.open(&holder, Action::Submit)?.unwrap().register(&request);
    door.write(&call(), Transaction::Iti42, file).unwrap();
    let document = request.entries[0].entry_uuid;
    let nobody: PatientId = "-^^^&1.2.3&ISO".parse().unwrap();
    let administrator = Quality::RecordAdministrator { id: "Z01".into(), state: ProfessionalState::Valid, reason_stated: true };
    let patient = Quality::Patient { person: person_id(&holder), representative: None };
    let act = |quality: &Quality, id: EntryUuid, act: DocumentAct| {
        let caller = Caller { quality: quality.clone(), organisation: None };
        let result =
            door.write(&call(), Transaction::Manage, |writing| writing.act_on_document_as(Some(caller), id, act, "doublon", &nobody));
        match result {
            Ok(()) => Ok(()),
            Err(Failure::Act(refusal)) => Err(refusal),
            Err(other) => panic!("{other}"),
        }
    };
    let activation = || door.store().read(|tx| Ok::<_, Failure>(tx.document_facts(&[document])?[&document].activation)).unwrap();
    // To the holder the document is as good as not there.
    assert_eq!(act(&patient, document, DocumentAct::Deactivate), Err(ActRefusal::Unknown));
    assert_eq!(act(&patient, EntryUuid::random(), DocumentAct::Deactivate), Err(ActRefusal::Unknown));
    assert!(matches!(act(&administrator, document, DocumentAct::Restore), Err(ActRefusal::Denied(_))));
    for (step, after) in [
        (DocumentAct::Deactivate, Activation::Deactivated),
        (DocumentAct::Restore, Activation::Active),
        (DocumentAct::Deactivate, Activation::Deactivated),
        (DocumentAct::ConfirmDeactivation, Activation::Confirmed),
    ] {
        assert_eq!((act(&administrator, document, step), activation()), (Ok(()), after));
        let told = behind.last_event();
        assert_eq!((told.object_ids.contains(&document.to_string()), told.query.unwrap().ends_with(": doublon")), (true, true));
    }
    assert!(matches!(act(&administrator, document, DocumentAct::Restore), Err(ActRefusal::Denied(_))), "it is for good");
}
