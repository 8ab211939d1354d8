use std::io::Write as _;

use super::*;
use crate::access::test_registry::{TestRegistry, call, submission};
use crate::access::{Action, Door};
use crate::model::association::Association;
use crate::model::audit_event::Transaction;
use crate::model::document_entry::DocumentEntryType;
use crate::model::registry_error::ErrorCode;

const EVA: &str = "P1^^^&1.2.3&ISO";

/// A door to a registry where Eva has an on-demand entry; gives its id.
fn with_promise() -> (TestRegistry, Door, EntryUuid) {
    let (behind, door) = TestRegistry::open();
    TestRegistry::announce(&door, &EVA.parse().unwrap());
    let mut request = submission(EVA.parse().unwrap(), "2.999.61");
    let promise = &mut request.entries[0];
    (promise.object_type, promise.creation_time, promise.hash, promise.size) = (DocumentEntryType::OnDemand, None, None, None);
    let id = promise.entry_uuid;
    let registered =
        door.write(&call(), Transaction::Iti61, |writing| writing.open(&EVA.parse().unwrap(), Action::Submit)?.unwrap().register(&request));
    registered.unwrap();
    (behind, door, id)
}

/// Keeps a snapshot that follows `previous`; gives its id.
fn keep(door: &Door, promise: EntryUuid, previous: Option<EntryUuid>, unique_id: &str) -> Result<EntryUuid, Failure> {
    let mut request = submission(EVA.parse().unwrap(), unique_id);
    let entry_uuid = request.entries[0].entry_uuid;
    request.associations.push(Association::new(EntryUuid::random(), AssociationType::IsSnapshotOf, entry_uuid, promise));
    request.associations.extend(previous.map(|old| Association::new(EntryUuid::random(), AssociationType::Replaces, entry_uuid, old)));
    let mut staging = door.stage().unwrap();
    staging.write_all(unique_id.as_bytes()).unwrap();
    let document = NewDocument { entry_uuid, staged: staging.finish().unwrap() };
    door.write(&call(), Transaction::Iti42, |writing| {
        writing.open(&EVA.parse().unwrap(), Action::Retrieve)?.unwrap().keep_snapshot(promise, previous, &request, document)
    })?;
    Ok(entry_uuid)
}

fn current(door: &Door, promise: EntryUuid) -> Option<EntryUuid> {
    let found = door.read(&call(), Transaction::Iti43, |reading| {
        reading.open(&EVA.parse().unwrap(), Action::Retrieve)?.unwrap().current_snapshot(promise)
    });
    found.unwrap().map(|entry| entry.entry_uuid)
}

#[test]
fn a_snapshot_that_was_overtaken_is_not_kept() {
    let (_behind, door, promise) = with_promise();
    assert_eq!(current(&door, promise), None);
    let first = keep(&door, promise, None, "2.999.62").unwrap();
    assert_eq!(current(&door, promise), Some(first));
    let late = keep(&door, promise, None, "2.999.63").unwrap_err();
    assert!(late.is_transient() && late.errors()[0].code == ErrorCode::RegistryBusy, "{late}");
    let second = keep(&door, promise, Some(first), "2.999.64").unwrap();
    assert_eq!(current(&door, promise), Some(second));
    assert!(keep(&door, promise, Some(first), "2.999.65").unwrap_err().is_transient());
}

#[test]
fn snapshots_and_promises_are_no_current_documents() {
    let (_behind, door, promise) = with_promise();
    keep(&door, promise, None, "2.999.62").unwrap();
    let request = submission(EVA.parse().unwrap(), "2.999.66");
    let submit =
        |writing: &mut crate::access::Writing<'_>| writing.open(&EVA.parse().unwrap(), Action::Submit)?.unwrap().register(&request);
    door.write(&call(), Transaction::Iti42, submit).unwrap();
    let current = |most| {
        door.read(&call(), Transaction::Iti43, |reading| {
            reading.open(&EVA.parse().unwrap(), Action::Retrieve)?.unwrap().current_documents(most)
        })
    };
    let ids: Vec<_> = current(10).unwrap().iter().map(|entry| entry.entry_uuid).collect();
    assert_eq!(ids, [request.entries[0].entry_uuid]);
    assert_eq!(current(1).unwrap_err().errors()[0].code, ErrorCode::TooManyResults);
}
