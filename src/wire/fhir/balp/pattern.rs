//! Which pattern of BALP an event follows.

use crate::model::audit_actor::ActorQuality;
use crate::model::audit_event::{AuditEvent, AuditOutcome, Transaction};
use crate::model::person::TokenKind;
use crate::wire::dicom_audit::{self, EXPORT, IMPORT};

use super::coded::PROFILES;

/// The patterns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pattern {
    /// Create, RESTful.
    Create,
    /// Read and vread, RESTful.
    Read,
    /// Update and patch, RESTful.
    Update,
    /// Delete, RESTful.
    Delete,
    /// Search, RESTful; the operations of PIXm and PDQm, whose profiles count them as such.
    Query,
    /// Documents go out (PrivacyDisclosure.Source).
    Out,
    /// Documents come in (PrivacyDisclosure.Recipient; MHD's own profile of ITI-65 is the same but for the name).
    In,
    /// Any other event, as DICOM has it.
    Other,
}

impl Pattern {
    pub(super) fn of(event: &AuditEvent) -> Self {
        let interaction = event.asked.as_ref().and_then(|asked| asked.interaction.as_deref());
        match (interaction, event.transaction) {
            (Some(_), Transaction::Iti65) => Self::In,
            (Some("create"), _) | (Some("operation"), Transaction::Iti106) => Self::Create,
            (Some("read" | "vread"), _) => Self::Read,
            (Some("update" | "patch"), _) => Self::Update,
            (Some("delete"), _) => Self::Delete,
            (Some("search-type"), _) | (Some("operation"), Transaction::Iti83 | Transaction::Iti119) => Self::Query,
            (Some(_), _) => Self::Other,
            (None, _) => match dicom_audit::event_type(event).0 {
                EXPORT => Self::Out,
                IMPORT if dicom_audit::action_code(event) == "C" => Self::In,
                _ => Self::Other,
            },
        }
    }

    pub(super) fn is_restful(self) -> bool {
        !matches!(self, Self::Out | Self::In | Self::Other)
    }

    /// Whether the caller gets data: then this system is their source (BALP, Read; DICOM PS3.15, A.5.3.5).
    pub(super) fn gives(self) -> bool {
        matches!(self, Self::Read | Self::Out)
    }

    /// `AuditEvent.action` of the RESTful patterns.
    pub(super) fn action(self) -> Option<&'static str> {
        match self {
            Self::Create => Some("C"),
            Self::Read => Some("R"),
            Self::Update => Some("U"),
            Self::Delete => Some("D"),
            Self::Query => Some("E"),
            Self::Out | Self::In | Self::Other => None,
        }
    }

    /// The interaction in `AuditEvent.subtype`.
    pub(super) fn interaction(self, event: &AuditEvent) -> Option<String> {
        let said = event.asked.as_ref().and_then(|asked| asked.interaction.clone());
        match (self, said.as_deref()) {
            (Self::Query, Some("operation")) => Some("search".to_owned()),
            (Self::Create, Some("operation")) => Some("create".to_owned()),
            _ => said,
        }
    }

    fn profile(self, has_patient: bool) -> Option<&'static str> {
        Some(match (self, has_patient) {
            (Self::Create, true) => "IHE.BasicAudit.PatientCreate",
            (Self::Create, false) => "IHE.BasicAudit.Create",
            (Self::Read, true) => "IHE.BasicAudit.PatientRead",
            (Self::Read, false) => "IHE.BasicAudit.Read",
            (Self::Update, true) => "IHE.BasicAudit.PatientUpdate",
            (Self::Update, false) => "IHE.BasicAudit.Update",
            (Self::Delete, true) => "IHE.BasicAudit.PatientDelete",
            (Self::Delete, false) => "IHE.BasicAudit.Delete",
            (Self::Query, true) => "IHE.BasicAudit.PatientQuery",
            (Self::Query, false) => "IHE.BasicAudit.Query",
            (Self::Out, true) => "IHE.BasicAudit.PrivacyDisclosure.Source",
            (Self::In, true) => "IHE.BasicAudit.PrivacyDisclosure.Recipient",
            (Self::Out | Self::In, false) | (Self::Other, _) => return None,
        })
    }
}

/// Whether a document goes from one party to another. To the patient it does not: they have what is theirs.
pub(super) fn is_disclosure(pattern: Pattern, event: &AuditEvent) -> bool {
    let is_patient = |quality| matches!(quality, ActorQuality::Patient | ActorQuality::LegalRepresentative);
    matches!(pattern, Pattern::Out | Pattern::In) && !event.actor.as_ref().is_some_and(|actor| is_patient(actor.quality))
}

/// The profiles that the resource about this patient, or about none, conforms to.
pub(super) fn profiles(pattern: Pattern, event: &AuditEvent, has_patient: bool) -> Vec<String> {
    let is_whole = event.outcome == AuditOutcome::Success
        && !event.source_address.is_empty()
        && (pattern != Pattern::Query || event.asked.as_ref().is_some_and(|asked| asked.query.is_some()))
        && (pattern.is_restful() || is_disclosure(pattern, event));
    let of_pattern = pattern.profile(has_patient).filter(|_| is_whole);
    let of_token = event.token.as_ref().filter(|_| event.user.is_some()).map(|token| match token.kind {
        TokenKind::Saml => "IHE.BasicAudit.SAMLaccessTokenUse.Minimal",
        TokenKind::Oauth => "IHE.BasicAudit.OAUTHaccessTokenUse.Minimal",
    });
    of_pattern.into_iter().chain(of_token).map(|name| format!("{PROFILES}{name}")).collect()
}
