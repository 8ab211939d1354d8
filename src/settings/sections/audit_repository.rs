//! The server as an audit record repository for other systems.

use std::num::NonZeroUsize;
use std::time::Duration;

use crate::settings::declaration::section;
use crate::settings::kinds::{ListenAddress, Size};

section! {
    /// The server as an audit record repository: it takes audit records of other systems (IHE ITI-20) as syslog. Over FHIR it
    /// takes them where it answers FHIR.
    AuditRepositorySettings = "audit_repository" {
        /// Address and port for syslog over TLS (RFC 5425), such as "0.0.0.0:6514", or "off". Senders have to show a certificate
        /// that an authority in tls.client_ca issued, and are admitted as nodes.attestation says.
        tls_listen: ListenAddress = "off";
        /// Address and port for syslog over UDP (RFC 5426), such as "127.0.0.1:514", or "off". Anybody who reaches it can write
        /// into the repository, and what is lost on the way nobody knows: use it on the own machine at most.
        udp_listen: ListenAddress = "off";
        /// The largest syslog message over TLS; over UDP none is larger than a datagram.
        message_size: Size = "1MiB";
        /// The most syslog connections open at one time; further ones wait.
        connections: NonZeroUsize = "64";
        /// The longest pause within a message, and in which a connection may be silent.
        idle_time: Duration = "1h";
        /// The most messages a second of one connection, which is read no faster; and of all datagrams together, of which those
        /// beyond are thrown away and counted.
        messages_per_second: NonZeroUsize = "1000";
    }
}
