//! Which connected systems may call.

use crate::settings::declaration::section;
use crate::settings::kinds::choice;

choice! {
    /// Whether a calling system needs an attestation of conformity.
    AttestationRule expects "\"required\", \"shown\" or \"off\"" {
        /// It does, proven by its certificate.
        Required = "required",
        /// It does where it shows a certificate.
        Shown = "shown",
        /// It does not.
        Off = "off",
    }
}

section! {
    /// Which connected systems may call.
    Nodes = "nodes" {
        /// "required": only a system whose certificate is in the directory of connected systems (`dossier import systems`) with
        /// an attestation in force gets any answer; "shown": the same for whoever shows a certificate, and persons may call without one;
        /// "off": every system that can connect.
        /// Not set: under luxembourg-dsp "required" where all TLS listeners require client certificates and else "shown", otherwise "off".
        attestation: Option<AttestationRule> = "";
        /// Whom a refused system is told to contact.
        contact: String = "the operator of this server";
    }
}
