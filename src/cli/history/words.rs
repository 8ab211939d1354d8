//! What an entry says, in the three languages of the country.

use clap::ValueEnum;

use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::ActorQuality;
use crate::model::audit_event::AuditOutcome;
use crate::model::dsp::{Ground, MandateKind};

/// A language of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Language {
    /// French.
    Fr,
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    fn of(self, fr: &'static str, de: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Fr => fr,
            Self::De => de,
            Self::En => en,
        }
    }

    pub(super) fn nothing(self) -> &'static str {
        self.of("aucune activité", "keine Aktivität", "no activity")
    }

    pub(super) fn somebody(self) -> &'static str {
        self.of("un système connecté", "ein angeschlossenes System", "a connected system")
    }

    pub(super) fn reason(self) -> &'static str {
        self.of("motif", "Grund", "reason")
    }

    pub(super) fn represented_by(self) -> &'static str {
        self.of("par son représentant légal", "durch den gesetzlichen Vertreter", "through the legal representative")
    }

    pub(super) fn outcome(self, outcome: AuditOutcome) -> Option<&'static str> {
        match outcome {
            AuditOutcome::Success => None,
            AuditOutcome::MinorFailure => Some(self.of("refusé", "verweigert", "refused")),
            AuditOutcome::SeriousFailure => Some(self.of("échec du serveur", "Fehler des Servers", "the server failed")),
        }
    }

    pub(super) fn action(self, action: AuditAction) -> &'static str {
        match action {
            AuditAction::List => {
                self.of("a consulté la liste des documents", "hat die Liste der Dokumente eingesehen", "looked at the list of documents")
            }
            AuditAction::Read => self.of("a ouvert un document", "hat ein Dokument geöffnet", "opened a document"),
            AuditAction::Submit => self.of("a déposé un document", "hat ein Dokument abgelegt", "sent a document"),
            AuditAction::Replace => self.of("a remplacé un document", "hat ein Dokument ersetzt", "replaced a document"),
            AuditAction::Update => self.of(
                "a modifié la description d'un document",
                "hat die Beschreibung eines Dokuments geändert",
                "changed the description of a document",
            ),
            AuditAction::ChangeLevel => self.of(
                "a changé le niveau de confidentialité",
                "hat die Vertraulichkeitsstufe geändert",
                "changed the confidentiality level",
            ),
            AuditAction::Remove => self.of("a supprimé un document", "hat ein Dokument gelöscht", "removed a document"),
            AuditAction::Manage => self.of(
                "a géré le dossier ou ses mandats",
                "hat die Akte oder ihre Mandate verwaltet",
                "managed the record or its mandates",
            ),
            AuditAction::ReadSettings => self.of(
                "a consulté les réglages du dossier",
                "hat die Einstellungen der Akte eingesehen",
                "looked at the settings of the record",
            ),
            AuditAction::ReadHistory => {
                self.of("a consulté l'historique des activités", "hat den Aktivitätsverlauf eingesehen", "looked at the activity history")
            }
            AuditAction::ReadIdentity => self.of(
                "a consulté l'identité du patient",
                "hat die Identität des Patienten eingesehen",
                "looked at the patient's identity",
            ),
            AuditAction::ChangeIdentity => self.of(
                "a mis à jour l'identité du patient",
                "hat die Identität des Patienten aktualisiert",
                "updated the patient's identity",
            ),
            AuditAction::SignIn => self.of("s'est identifié", "hat sich angemeldet", "signed in"),
            AuditAction::Other => self.of("a fait une autre demande", "hat eine andere Anfrage gestellt", "made another request"),
        }
    }

    pub(super) fn ground(self, ground: Ground) -> &'static str {
        match ground {
            Ground::Mandate(kind) => self.mandate(kind),
            Ground::Author => self.of("auteur du document", "Autor des Dokuments", "author of the document"),
            Ground::OwnEpisode => self.of("séjour dans l'établissement", "Aufenthalt in der Einrichtung", "stay in the establishment"),
            Ground::Operator => self.of("exploitant", "Betreiber", "operator"),
        }
    }

    fn mandate(self, kind: MandateKind) -> &'static str {
        match kind {
            MandateKind::Holder => self.of("titulaire", "Inhaber der Akte", "holder"),
            MandateKind::Assistant => self.of("assistant", "Assistent", "assistant"),
            MandateKind::ReferringPhysician => self.of("médecin référent", "Vertrauensarzt (médecin référent)", "referring physician"),
            MandateKind::TrustedCircle => self.of("cercle médical de confiance", "medizinischer Vertrauenskreis", "trusted circle"),
            MandateKind::Consultation => self.of("consultation", "Sprechstunde", "consultation"),
            MandateKind::Emergency => self.of("prise en charge en urgence", "Notfallversorgung", "emergency care"),
            MandateKind::Establishment => {
                self.of("prise en charge par l'établissement", "Versorgung in der Einrichtung", "care by the establishment")
            }
            MandateKind::HealthFund => self.of("CNS", "CNS", "CNS"),
            MandateKind::RecordAdministrator => self.of("administrateur de dossier", "Aktenverwalter", "record administrator"),
        }
    }

    pub(super) fn quality(self, quality: ActorQuality) -> &'static str {
        match quality {
            ActorQuality::Patient => self.of("un patient", "ein Patient", "a patient"),
            ActorQuality::LegalRepresentative => self.of("un représentant légal", "ein gesetzlicher Vertreter", "a legal representative"),
            ActorQuality::Professional => {
                self.of("un professionnel inconnu", "eine unbekannte Fachkraft", "a professional who is not known")
            }
            ActorQuality::RecordAdministrator => self.of("un administrateur de dossier", "ein Aktenverwalter", "a record administrator"),
            ActorQuality::HealthFund => "CNS",
            ActorQuality::Establishment => self.of("un établissement", "eine Einrichtung", "an establishment"),
            ActorQuality::Operator => self.of("l'exploitant du service", "der Betreiber des Dienstes", "the operator of the service"),
        }
    }
}
