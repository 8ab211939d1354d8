//! What an entry says, in the three languages of the country.

use crate::model::audit_action::AuditAction;
use crate::model::audit_actor::ActorQuality;
use crate::model::audit_event::AuditOutcome;
use crate::model::dsp::{Ground, MandateKind};

/// A language of the country.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Language {
    /// French.
    Fr,
    /// German.
    De,
    /// English.
    En,
}

impl Language {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Fr, Self::De, Self::En];

    /// Its code (ISO 639-1).
    pub fn code(self) -> &'static str {
        self.of("fr", "de", "en")
    }

    /// The language of a tag such as `de` or `de-LU` (RFC 5646); nothing for others.
    pub fn of_tag(tag: &str) -> Option<Self> {
        let primary = tag.trim().split('-').next()?;
        Self::ALL.into_iter().find(|language| language.code().eq_ignore_ascii_case(primary))
    }

    fn of(self, fr: &'static str, de: &'static str, en: &'static str) -> &'static str {
        match self {
            Self::Fr => fr,
            Self::De => de,
            Self::En => en,
        }
    }

    /// What stands where there is no entry.
    pub fn nothing(self) -> &'static str {
        self.of("aucune activité", "keine Aktivität", "no activity")
    }

    pub(super) fn somebody(self) -> &'static str {
        self.of("un système connecté", "ein angeschlossenes System", "a connected system")
    }

    /// What stands before the reason of an access.
    pub fn reason(self) -> &'static str {
        self.of("motif", "Grund", "reason")
    }

    pub(super) fn title(self) -> &'static str {
        self.of("Historique des activités du dossier", "Aktivitätsverlauf der Akte", "Activity history of the record")
    }

    pub(super) fn patient(self) -> &'static str {
        self.of("Patient", "Patient", "Patient")
    }

    pub(super) fn made(self) -> &'static str {
        self.of("établi le", "erstellt am", "made on")
    }

    pub(super) fn times(self) -> &'static str {
        self.of("Heures de Luxembourg", "Zeiten in Luxemburg", "Times are those of Luxembourg")
    }

    pub(super) fn page(self) -> &'static str {
        self.of("page", "Seite", "page")
    }

    pub(super) fn success(self) -> &'static str {
        self.of("réussi", "erfolgt", "done")
    }

    pub(super) fn more(self) -> &'static str {
        self.of(
            "Il y a des entrées plus anciennes ; demandez-les avec une date de fin antérieure.",
            "Es gibt ältere Einträge; fragen Sie sie mit einem früheren Enddatum ab.",
            "There are older entries; ask for them with an earlier last day.",
        )
    }

    /// When, who and what: the columns on paper.
    pub(super) fn headings(self) -> [&'static str; 3] {
        match self {
            Self::Fr => ["Quand", "Qui", "Quoi"],
            Self::De => ["Wann", "Wer", "Was"],
            Self::En => ["When", "Who", "What"],
        }
    }

    /// The columns of a spreadsheet.
    pub(super) fn columns(self) -> [&'static str; 10] {
        match self {
            Self::Fr => [
                "date et heure",
                "nom",
                "fonction",
                "établissement",
                "représentant légal",
                "action",
                "mandat",
                "résultat",
                "motif",
                "documents",
            ],
            Self::De => [
                "Datum und Uhrzeit",
                "Name",
                "Funktion",
                "Einrichtung",
                "gesetzlicher Vertreter",
                "Handlung",
                "Mandat",
                "Ergebnis",
                "Grund",
                "Dokumente",
            ],
            Self::En => [
                "date and time",
                "name",
                "function",
                "establishment",
                "legal representative",
                "action",
                "mandate",
                "outcome",
                "reason",
                "documents",
            ],
        }
    }

    pub(super) fn represented_by(self) -> &'static str {
        self.of("par son représentant légal", "durch den gesetzlichen Vertreter", "through the legal representative")
    }

    pub(super) fn failure(self, outcome: AuditOutcome) -> Option<&'static str> {
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
            AuditAction::ReadIdentity | AuditAction::ChangeIdentity | AuditAction::CreateIdentity | AuditAction::MergeIdentity => {
                self.on_identity(action)
            }
            AuditAction::SignIn => self.of("s'est identifié", "hat sich angemeldet", "signed in"),
            AuditAction::Other => self.of("a fait une autre demande", "hat eine andere Anfrage gestellt", "made another request"),
        }
    }

    fn on_identity(self, action: AuditAction) -> &'static str {
        match action {
            AuditAction::ReadIdentity => self.of(
                "a consulté l'identité du patient",
                "hat die Identität des Patienten eingesehen",
                "looked at the patient's identity",
            ),
            AuditAction::CreateIdentity => self.of(
                "a fait connaître l'identité du patient",
                "hat die Identität des Patienten bekannt gemacht",
                "made the patient's identity known",
            ),
            AuditAction::MergeIdentity => self.of(
                "a fusionné deux identités du patient",
                "hat zwei Identitäten des Patienten zusammengeführt",
                "merged two identities of the patient",
            ),
            _ => self.of(
                "a mis à jour l'identité du patient",
                "hat die Identität des Patienten aktualisiert",
                "updated the patient's identity",
            ),
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
