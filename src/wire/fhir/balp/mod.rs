//! Records of the audit trail as AuditEvents of IHE BALP (Basic Audit Log Patterns, 1.1): what auditors and audit record repositories
//! get. They are made of the same [`crate::model::audit_event::AuditEvent`] as the DICOM audit messages.
//!
//! A RESTful interaction follows the pattern of its kind ([`pattern`]), a document that goes out or comes in otherwise that of a
//! privacy disclosure, everything else the event of DICOM. `meta.profile` names a profile only where the resource has all that it
//! asks for; the patterns are for what succeeded.

mod agents;
mod coded;
mod entities;
mod pattern;
mod resource;

pub use resource::audit_records;
