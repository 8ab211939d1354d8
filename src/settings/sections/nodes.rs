//! Which connected systems may call.

use crate::settings::declaration::section;
use crate::settings::kinds::choice;

choice! {
    /// Whether a calling system needs an attestation of conformity.
    AttestationRule expects "\"required\" or \"off\"" {
        /// It does, proven by its certificate.
        Required = "required",
        /// It does not.
        Off = "off",
    }
}

section! {
    /// Which connected systems may call.
    Nodes = "nodes" {
        /// "required": only a system whose certificate is in the directory of connected systems (`dossier import systems`) with
        /// an attestation in force gets any answer; "off": every system that can connect.
        /// Not set: required under luxembourg-dsp where a listener requires client certificates, off otherwise.
        attestation: Option<AttestationRule> = "";
        /// Whom a refused system is told to contact.
        contact: String = "the operator of this server";
    }
}
