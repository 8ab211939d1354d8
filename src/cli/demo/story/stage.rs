//! Where the story is told, and its order.

use std::net::SocketAddr;
use std::sync::Arc;

use super::StoryFailure;
use crate::cli::demo::DemoFolder;
use crate::cli::demo::announcing::announce;
use crate::cli::demo::importing::import;
use crate::cli::{Exit, Failure};
use crate::demo::{self, BEGINNING, DESCRIBED_AT, Event, SampleDocument};
use crate::model::directory::DirectoryKind;
use crate::server::{AssertionIssuer, Backend, DemoDirectory, DemoIssuer};
use crate::settings::Settings;
use crate::wire::directory_file::FileFormat;

/// The establishment that makes the patients known.
const ANNOUNCES: &str = "E1";

/// A running server whose clock is set, and who vouches for the people of the story there.
pub(super) struct Stage {
    pub(super) folder: DemoFolder,
    pub(super) backend: Backend,
    /// For FHIR.
    pub(super) tokens: DemoIssuer,
    /// For SOAP.
    pub(super) assertions: AssertionIssuer,
}

/// How much of the story a store has heard.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Nothing, not even directories.
    Nothing,
    /// So many events; what came right after the last of them may have happened too.
    Some(usize),
    /// All of it.
    All,
}

impl Told {
    /// As the documents tell that a store knows.
    pub(super) fn to(backend: &Backend) -> Result<Self, Failure> {
        let broken = |error: demo::BrokenFixture| Failure::new(Exit::Failed, error.to_string());
        let documents = all_documents().map_err(broken)?;
        let events = demo::events(&documents).map_err(broken)?;
        let unknown = backend.unknown(Vec::new(), documents.iter().filter_map(SampleDocument::unique_id).cloned().collect());
        let (_, unknown) = unknown.map_err(|error| Failure::new(Exit::CannotStart, error.to_string()))?;
        let known = |event: &Event<'_>| match event {
            Event::Submit(document) => document.unique_id().is_some_and(|id| !unknown.contains(id)),
            Event::MakePrivate(..) | Event::Close(_) => false,
        };
        Ok(match events.iter().rposition(|(_, event)| known(event)) {
            None => Self::Nothing,
            Some(last) if last + 1 == events.len() => Self::All,
            Some(last) => Self::Some(last + 1),
        })
    }
}

fn all_documents() -> Result<Vec<SampleDocument>, demo::BrokenFixture> {
    demo::all_documents(&demo::patients()?)
}

impl Stage {
    pub(super) fn new(folder: DemoFolder, backend: Backend, settings: &Settings) -> Result<Self, Failure> {
        let directory = DemoDirectory::of(Arc::clone(&backend.store));
        let failed = |error: &dyn std::error::Error| Failure::new(Exit::CannotStart, error.to_string());
        let tokens = DemoIssuer::open(settings, directory.clone()).map_err(|error| failed(&error))?;
        let assertions = AssertionIssuer::open(settings, directory).map_err(|error| failed(&error))?;
        Ok(Self { folder, backend, tokens, assertions })
    }

    /// Tells what is lacking. At its end the clock stands at [`DESCRIBED_AT`] and runs on. `step` is told what was done, and
    /// how much there is.
    pub(super) fn tell(&self, told: Told, mut step: impl FnMut(usize, &str)) -> Result<(), StoryFailure> {
        let patients = demo::patients()?;
        let documents = demo::all_documents(&patients)?;
        let events = demo::events(&documents)?;
        let begun = match told {
            Told::All => return Ok(()),
            Told::Some(begun) => begun,
            Told::Nothing => 0,
        };
        let all = events.len() - begun + if told == Told::Nothing { patients.len() } else { 0 };
        if told == Told::Nothing {
            self.backend.clock.tell_time(BEGINNING);
            self.open(&patients, &mut |what| step(all, what))?;
        }
        for (at, event) in events.into_iter().skip(begun) {
            self.backend.clock.tell_time(at);
            self.perform(&event, at)?;
            step(all, &event.to_string());
        }
        self.backend.clock.tell_time(DESCRIBED_AT);
        Ok(())
    }

    /// Directories, patients and records.
    fn open(&self, patients: &[demo::SamplePatient], step: &mut dyn FnMut(&str)) -> Result<(), StoryFailure> {
        let json = |kind, file: &[u8]| import(&self.backend, kind, FileFormat::Json, file);
        json(DirectoryKind::Establishments, demo::ESTABLISHMENTS)?;
        json(DirectoryKind::Professionals, demo::PROFESSIONALS)?;
        let systems = std::fs::read(self.folder.pki().join("systems.csv"))?;
        import(&self.backend, DirectoryKind::Systems, FileFormat::Csv, &systems)?;
        match self.folder.addresses().mllp_tls {
            Some(feed) => self.announce(patients, feed, step)?,
            None => {
                json(DirectoryKind::Patients, demo::PATIENTS)?;
                patients.iter().for_each(|patient| step(&patient.name));
            }
        }
        json(DirectoryKind::Representatives, demo::REPRESENTATIVES)?;
        json(DirectoryKind::Records, &demo::records_before_the_story()?)?;
        Ok(())
    }

    /// As the hospital does; a feed has to come from a system that is known.
    fn announce(&self, patients: &[demo::SamplePatient], feed: SocketAddr, step: &mut dyn FnMut(&str)) -> Result<(), StoryFailure> {
        let tls = self.folder.tls(Some(ANNOUNCES)).map_err(|error| StoryFailure::Unfit(error.to_string()))?;
        Ok(announce(patients, &format!("mllps://{feed}"), &tls, self.backend.clock.now(), step)?)
    }
}
