//! Audit messages as DICOM PS3.15, A.5 writes them, with the codes of the IHE transactions (ITI TF-2: 3.20): what an audit
//! record repository takes. They are made of the same [`crate::model::audit_event::AuditEvent`] as every other form of the trail.

mod coded;
mod event_codes;
mod message;
mod objects;
mod participants;

pub use event_codes::{EXPORT, IMPORT, action_code, event_kind, event_type, is_query, transaction_name};
pub use message::{Source, message, outcome_description};
pub use objects::certificate_details;
