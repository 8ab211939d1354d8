//! A patient's record as it is kept: what was granted, declared and decided, by whom and when, present and past.
//! [`CareRecord::state`] is what the access rules look at; `dsp` decides, this remembers.

mod attempts;
mod care_episode;
mod consent;
mod grant;
mod life;
mod notice;
mod record;
mod visit;

pub use attempts::Attempts;
pub use care_episode::CareEpisode;
pub use consent::{Beneficiary, Consent, ConsentKind};
pub use grant::{Grant, GrantKind};
pub use notice::{Notice, NoticeReason, Recipient};
pub use record::{CareRecord, Choice, Noted, person_id};
pub use visit::{FollowUp, Reporter, RequestingVisit, VisitEvent, VisitRefusal, VisitReport};
