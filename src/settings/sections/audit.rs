//! The audit trail.

use std::path::PathBuf;
use std::time::Duration;

use crate::settings::declaration::section;
use crate::settings::kinds::AuditRepository;

section! {
    /// The audit trail. Its records are chained, and the chains are sealed while the server runs: `dossier audit verify` finds
    /// what was changed, removed or added behind the server's back.
    Audit = "audit" {
        /// How often the trail is sealed. What was written since the last seal can be cut off its end unnoticed.
        seal_interval: Duration = "1min";
        /// The audit record repositories that get every record (IHE ITI-20). As DICOM audit messages in syslog: tls://HOST:PORT
        /// (RFC 5425), or udp://HOST:PORT (RFC 5426), where nobody knows what arrives. As AuditEvents of FHIR: https://HOST/PATH,
        /// where its FHIR interface is. Empty: the trail stays in the database alone.
        repositories: Vec<AuditRepository> = "";
        /// Files with the certificates of the authorities whose repositories are trusted. Not set: those that the system trusts.
        tls_ca_file: Vec<PathBuf> = "";
        /// The certificate that the server shows to repositories, PEM, followed by those of its issuers but for the root.
        /// Not set: that of tls.certificate, which then has to be good for clients too (extended key usage).
        client_certificate: Option<PathBuf> = "";
        /// Its private key, without a password, readable by its owner only.
        client_key: Option<PathBuf> = "";
        /// How often new records are delivered. After a failure the next try is this much later; each further failure doubles it,
        /// up to five minutes.
        delivery_interval: Duration = "1s";
    }
}
