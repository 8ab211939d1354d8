//! A patient's record as it is kept: what was granted, declared and decided, by whom and when, present and past.
//! [`CareRecord::state`] is what the access rules look at; `dsp` decides, this remembers.

mod care_episode;
mod grant;
mod record;

pub use care_episode::CareEpisode;
pub use grant::{Grant, GrantKind};
pub use record::{CareRecord, Noted, person_id};
