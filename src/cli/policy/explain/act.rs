//! What somebody would do, as the command line names it.

use clap::ValueEnum;

use crate::cli::{Exit, Failure};
use crate::model::dsp::{Format, Level, MandateKind};
use crate::model::explanation::{AskedAct, ManagingAct};

/// What somebody would do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Act {
    /// Look for documents
    List,
    /// Read the document
    Read,
    /// Send a document of this type at this level
    Submit,
    /// Send a new version of the document
    Replace,
    /// Change what describes the document
    Update,
    /// Give the document the level --to
    ChangeLevel,
    /// Read the activity history
    ReadHistory,
    /// Take the document out of sight
    Deactivate,
    /// Show the document again
    Restore,
    /// Take the document out of sight for good
    ConfirmDeactivation,
    /// File the document under another patient
    Move,
    /// Create the record
    Create,
    /// End the thirty days of an inactive record
    Activate,
    /// Close the record
    Close,
    /// Open a closed record again
    Reopen,
    /// Choose what emergency professionals see
    EmergencyAccess,
    /// Set the presence code
    PresenceCode,
    /// Name or dismiss an assistant
    Assistant,
    /// Name or dismiss a member of the trusted circle
    TrustedCircle,
    /// Shut the professional of --professional out
    Blacklist,
    /// Let a professional in again
    Unblacklist,
    /// Cut the mandate --mandate short
    ShortenMandate,
    /// Validate the declaration of a referring physician
    DeclarePhysician,
    /// Revoke that declaration
    RevokePhysician,
    /// Enter the right presence code
    OpenConsultation,
    /// Declare an ordinary episode of --establishment: admission, discharge, refusal
    Episode,
    /// Declare an episode of its emergency care
    EmergencyEpisode,
}

/// In which format a document would be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum SentFormat {
    /// Plain text
    Text,
    /// PDF/A
    PdfA,
    /// Anything else
    Other,
}

/// The mandates that can be cut short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum CutMandate {
    /// By the presence code
    Consultation,
    /// Of an establishment
    Establishment,
    /// Of emergency care
    Emergency,
}

/// What some acts need besides.
pub(super) struct Details<'a> {
    pub(super) to: Option<Level>,
    pub(super) format: SentFormat,
    pub(super) professional: Option<&'a str>,
    pub(super) mandate: Option<CutMandate>,
    pub(super) establishment: Option<&'a str>,
}

impl Act {
    /// The act with what it needs.
    pub(super) fn asked(self, details: &Details<'_>) -> Result<AskedAct, Failure> {
        let format = match details.format {
            SentFormat::Text => Format::Text,
            SentFormat::PdfA => Format::PdfA,
            SentFormat::Other => Format::Other,
        };
        let managing = match self {
            Self::List => return Ok(AskedAct::List),
            Self::Read => return Ok(AskedAct::Read),
            Self::Submit => return Ok(AskedAct::Submit(format)),
            Self::Replace => return Ok(AskedAct::Replace(format)),
            Self::Update => return Ok(AskedAct::Update),
            Self::ChangeLevel => return details.to.map(AskedAct::ChangeLevel).ok_or_else(|| missing("--to", "the new level")),
            Self::ReadHistory => return Ok(AskedAct::ReadHistory),
            Self::Deactivate => return Ok(AskedAct::Deactivate),
            Self::Restore => return Ok(AskedAct::Restore),
            Self::ConfirmDeactivation => return Ok(AskedAct::ConfirmDeactivation),
            Self::Move => return Ok(AskedAct::Move),
            Self::Create => ManagingAct::Create,
            Self::Activate => ManagingAct::Activate,
            Self::Close => ManagingAct::Close,
            Self::Reopen => ManagingAct::Reopen,
            Self::EmergencyAccess => ManagingAct::SetEmergencyAccess,
            Self::PresenceCode => ManagingAct::SetPresenceCode,
            Self::Assistant => ManagingAct::NameAssistant,
            Self::TrustedCircle => ManagingAct::NameTrusted,
            Self::Blacklist => {
                let whom = details.professional.ok_or_else(|| missing("--professional", "whom to shut out"))?;
                ManagingAct::Blacklist(whom.into())
            }
            Self::Unblacklist => ManagingAct::Unblacklist,
            Self::ShortenMandate => ManagingAct::Shorten(match details.mandate.ok_or_else(|| missing("--mandate", "which"))? {
                CutMandate::Consultation => MandateKind::Consultation,
                CutMandate::Establishment => MandateKind::Establishment,
                CutMandate::Emergency => MandateKind::Emergency,
            }),
            Self::DeclarePhysician => ManagingAct::DeclareReferringPhysician,
            Self::RevokePhysician => ManagingAct::RevokeReferringPhysician,
            Self::OpenConsultation => ManagingAct::OpenConsultation,
            Self::Episode | Self::EmergencyEpisode => {
                let whose = details.establishment.ok_or_else(|| missing("--establishment", "whose episode it is"))?;
                ManagingAct::DeclareEpisode { establishment: whose.into(), emergency: matches!(self, Self::EmergencyEpisode) }
            }
        };
        Ok(AskedAct::Manage(managing))
    }

    /// As a part of a sentence: "may …".
    pub(super) fn in_words(self) -> &'static str {
        match self {
            Self::List => "look for documents",
            Self::Read => "read this document",
            Self::Submit => "send this document",
            Self::Replace => "send a new version of this document",
            Self::Update => "change what describes this document",
            Self::ChangeLevel => "change the level of this document",
            Self::ReadHistory => "read the activity history",
            Self::Deactivate => "take this document out of sight",
            Self::Restore => "show this document again",
            Self::ConfirmDeactivation => "take this document out of sight for good",
            Self::Move => "file this document under another patient",
            Self::Create => "create the record",
            Self::Activate => "activate the record",
            Self::Close => "close the record",
            Self::Reopen => "open the record again",
            Self::EmergencyAccess => "choose what emergency professionals see",
            Self::PresenceCode => "set the presence code",
            Self::Assistant => "name or dismiss an assistant",
            Self::TrustedCircle => "name or dismiss a member of the trusted circle",
            Self::Blacklist => "shut this professional out",
            Self::Unblacklist => "let a professional in again",
            Self::ShortenMandate => "cut this mandate short",
            Self::DeclarePhysician => "validate the declaration of a referring physician",
            Self::RevokePhysician => "revoke the declaration of a referring physician",
            Self::OpenConsultation => "open a consultation by the presence code",
            Self::Episode => "declare an episode",
            Self::EmergencyEpisode => "declare an episode of emergency care",
        }
    }
}

fn missing(flag: &str, what: &str) -> Failure {
    Failure::new(Exit::Usage, format!("this action needs {flag}: {what}"))
}
