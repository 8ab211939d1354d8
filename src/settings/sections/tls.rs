//! Listeners that speak TLS, and whom they trust.

use std::path::PathBuf;
use std::time::Duration;

use crate::model::callback_url::CallbackUrl;
use crate::settings::declaration::section;
use crate::settings::kinds::{ListenAddress, choice};

choice! {
    /// Whether a client has to show a certificate.
    ClientCertificate expects "\"required\", \"optional\" or \"none\"" {
        /// No connection without one.
        Required = "required",
        /// One that is shown is verified.
        Optional = "optional",
        /// None is asked for.
        None = "none",
    }
}

choice! {
    /// What a revocation list that is out of date does.
    ExpiredCrl expects "\"refuse\" or \"accept\"" {
        /// Nobody whose issuer's list is out of date gets in.
        Refuse = "refuse",
        /// What the old list does not name gets in.
        Accept = "accept",
    }
}

choice! {
    /// Whether responders are asked for revocations.
    OcspMode expects "\"off\", \"if-available\" or \"required\"" {
        /// Nobody is asked.
        Off = "off",
        /// Without an answer a certificate is good.
        IfAvailable = "if-available",
        /// Without an answer a certificate is refused.
        Required = "required",
    }
}

section! {
    /// The SOAP and FHIR endpoints over TLS.
    Https = "https" {
        /// Address and port of the endpoints over TLS, such as "0.0.0.0:8443", or "off".
        listen: ListenAddress = "off";
        /// Whether clients have to show a certificate (IHE ITI-19): "required", "optional" or "none".
        client_certificate: ClientCertificate = "required";
    }
}

section! {
    /// The HL7 v2 patient identity feed over TLS.
    MllpTls = "mllp_tls" {
        /// Address and port of the feed over TLS, such as "0.0.0.0:2576", or "off".
        listen: ListenAddress = "off";
        /// Whether senders have to show a certificate (IHE ITI-19): "required", "optional" or "none".
        client_certificate: ClientCertificate = "required";
    }
}

section! {
    /// Keys, certificates and revocation lists of all TLS listeners, all PEM.
    /// Changed files are taken up without a restart; see docs/operations.md.
    Tls = "tls" {
        /// The server's certificate, followed by those of its issuers but for the root.
        certificate: Option<PathBuf> = "";
        /// Its private key, without a password, readable by its owner only.
        key: Option<PathBuf> = "";
        /// Files with the certificates of the authorities, root and issuing, whose clients are trusted.
        client_ca: Vec<PathBuf> = "";
        /// Files with revocation lists. If there is any, each authority in client_ca needs one.
        crl: Vec<PathBuf> = "";
        /// What a revocation list that is out of date does: "refuse" (nobody of that issuer gets in) or "accept".
        expired_crl: ExpiredCrl = "refuse";
        /// Whether OCSP responders are asked if a client's certificate was revoked, at a request and beside the lists: "off",
        /// "if-available" (without an answer it is good) or "required" (without an answer it gets nothing).
        ocsp: OcspMode = "off";
        /// The responder that is asked for all certificates, such as `http://ocsp.example/`. Not set: the one that a
        /// certificate names, if ocsp_responders allows it.
        ocsp_responder: Option<CallbackUrl> = "";
        /// Responders that certificates may name: URLs of scheme, host, port and the beginning of the path. Others are not asked.
        ocsp_responders: Vec<CallbackUrl> = "";
        /// The longest time a responder may take to answer.
        ocsp_time: Duration = "5s";
        /// How long an answer is used before the responder is asked again. While it cannot be reached, the answer goes on
        /// counting until its nextUpdate.
        ocsp_keep: Duration = "10min";
        /// A file with an OCSP response in DER about the server's own certificate, which clients get that ask for it (stapling).
        ocsp_staple: Option<PathBuf> = "";
        /// The longest time a handshake may take.
        handshake_time: Duration = "10s";
        /// How often these files, and those of xua.issuers, are looked at; changed ones are taken up.
        reload_interval: Duration = "1min";
    }
}
