//! Where the server listens.

use std::net::SocketAddr;

use crate::settings::declaration::section;
use crate::settings::kinds::{ListenAddress, PublicUrl};

section! {
    /// The SOAP and FHIR endpoints.
    Http = "http" {
        /// Address and port of the endpoints. Plain HTTP: leave it on the loopback address,
        /// with a proxy before it that speaks TLS.
        listen: SocketAddr = "127.0.0.1:8080";
        /// The URL under which clients reach the server, written into the WSDL.
        /// Not set: taken from what the client asked for.
        public_url: Option<PublicUrl> = "";
        /// Origins of web applications in browsers that may use the FHIR interface, written as scheme and host (CORS).
        /// They need a token of their own: client certificates of the browser are never asked for on their behalf.
        cors_origins: Vec<PublicUrl> = "";
    }
}

section! {
    /// Health and metrics, for the operator only.
    Operations = "operations" {
        /// Address and port of /livez, /readyz and /metrics. Keep it away from clients.
        listen: SocketAddr = "127.0.0.1:8081";
    }
}

section! {
    /// The HL7 v2 patient identity feed (ITI-8) over MLLP.
    Mllp = "mllp" {
        /// Address and port of the feed, or "off". The protocol is neither encrypted nor authenticated.
        listen: ListenAddress = "127.0.0.1:2575";
    }
}
