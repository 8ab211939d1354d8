//! Managing a record: its life, who is granted what, the presence code (access rules, 2, 3, 7 and 9).
//!
//! [`Writing::manage`] gives the record, and each act is a method of it. `RecordAct` of the rules decides, here nobody else
//! does; what is refused here beyond that is what does not fit together, such as an assistant who has no record.
//!
//! [`Writing::manage`]: super::Writing::manage

mod consultation;
mod document_acts;
#[cfg(test)]
mod document_acts_tests;
mod grants;
mod life;
mod notices;
mod presence_code;
mod record;
mod refusal;
mod settings;
mod shortening;
mod sight;
#[cfg(test)]
mod tests;

pub use consultation::Opening;
pub use document_acts::DocumentAct;
pub use grants::NewGrant;
pub use life::Creation;
pub(super) use presence_code::hash_of;
pub use record::{Changed, ManagedRecord};
pub use refusal::ActRefusal;
pub use sight::RecordStatus;
