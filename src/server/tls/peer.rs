//! The other end of a TLS connection.

use std::sync::Arc;

use openssl::ssl::SslRef;
use openssl::stack::Stack;
use openssl::x509::{CrlStatus, X509, X509StoreContext};

use super::context::LIST_HAS_EXPIRED;
use super::credentials::{Credentials, Generation};
use super::material::seconds;
use super::node_reader;
use super::ocsp::Question;
use crate::model::node::{Node, NodeProof};
use crate::server::clock;
use crate::settings::ExpiredCrl;

/// A client whose certificate was verified when it connected.
pub(in crate::server) struct TlsPeer {
    credentials: Arc<Credentials>,
    node: Node,
    certificate: X509,
    /// What it sent between its own certificate and the root.
    chain: Vec<X509>,
    /// When the certificate runs out, in seconds since 1970.
    until: i64,
    /// The reading of the files that found it good when it connected.
    judged_by: Option<u64>,
}

impl TlsPeer {
    /// The client of a connection after its handshake; nothing if it showed no certificate.
    pub(in crate::server) fn of(connection: &SslRef, credentials: &Arc<Credentials>) -> Option<Self> {
        let certificate = connection.peer_certificate()?;
        let chain = connection.peer_cert_chain().map(|chain| chain.iter().map(ToOwned::to_owned).collect()).unwrap_or_default();
        let mut peer = Self {
            // The handshake has read it already; an unreadable one would not have come so far.
            node: node_reader::read(&certificate)?,
            until: seconds(certificate.not_after())?,
            credentials: Arc::clone(credentials),
            chain,
            certificate,
            judged_by: None,
        };
        // The files may have changed since the handshake began, so it is judged by those in force now.
        let current = credentials.current();
        peer.judged_by = peer.is_trusted_by(&current).then_some(current.number);
        Some(peer)
    }

    /// What it proves now: a connection may outlive its certificate, and the certificate its trust. Where OCSP is on, it may
    /// wait for a responder, so it is called on threads that may block.
    pub(in crate::server) fn proof(&self) -> NodeProof {
        let current = self.credentials.current();
        let now = clock::now().unix_timestamp();
        let judged = self.judged_by == Some(current.number) && current.is_fresh(now);
        if now <= self.until && (judged || self.is_trusted_by(&current)) && self.is_vouched_for(&current) {
            NodeProof::Proven(self.node.clone())
        } else {
            NodeProof::Withdrawn(self.node.clone())
        }
    }

    fn is_vouched_for(&self, generation: &Generation) -> bool {
        let question = Question { fingerprint: &self.node.fingerprint, certificate: &self.certificate, chain: &self.chain };
        generation.ocsp.as_ref().is_none_or(|ocsp| ocsp.accepts(&question))
    }

    fn is_trusted_by(&self, generation: &Generation) -> bool {
        match self.verify(&generation.trust) {
            Ok(()) => true,
            Err(LIST_HAS_EXPIRED) if self.credentials.settings.expired_crl == ExpiredCrl::Accept => {
                self.verify(&generation.trust_without_lists).is_ok() && !self.is_listed_by(generation)
            }
            Err(_) => false,
        }
    }

    /// The number of OpenSSL's verification error.
    fn verify(&self, trust: &openssl::x509::store::X509StoreRef) -> Result<(), i32> {
        let verified = || -> Result<_, openssl::error::ErrorStack> {
            let mut between = Stack::new()?;
            for certificate in &self.chain {
                between.push(certificate.clone())?;
            }
            let mut context = X509StoreContext::new()?;
            context.init(trust, &self.certificate, &between, |context| Ok((context.verify_cert()?, context.error().as_raw())))
        };
        match verified() {
            Ok((true, _)) => Ok(()),
            Ok((false, error)) => Err(error),
            Err(_) => Err(-1),
        }
    }

    fn is_listed_by(&self, generation: &Generation) -> bool {
        let all = std::iter::once(&self.certificate).chain(&self.chain);
        let listed = |one: &X509| {
            let mut lists = generation.lists_of(one.issuer_name());
            lists.any(|list| matches!(list.get_by_cert(one), CrlStatus::Revoked(_)))
        };
        all.into_iter().any(listed)
    }
}
