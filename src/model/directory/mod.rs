//! What the directories say of patients, establishments, professionals, connected systems and legal representatives, over
//! time: every entry says from when until when what it says holds, and is asked for one day.

mod days;
mod establishment;
mod listing;
mod professional;
mod representative;
mod stamp;

pub use days::DayPeriod;
pub use establishment::Establishment;
pub use listing::{BroughtRecord, Directory, DirectoryKind};
pub use professional::{Account, Licence, Professional, Workplace};
pub use representative::LegalRepresentative;
pub use stamp::{PastEntry, Stamp};
