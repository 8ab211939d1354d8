//! How TLS is spoken: protocols, suites, and whom to believe.
//!
//! IHE ITI TF-2: 3.19.6.2.3, BCP195 TLS Secure Transport Connection Option (RFC 9325, which replaced RFC 7525): TLS 1.2 with
//! ephemeral keys and AES-GCM, or TLS 1.3; neither renegotiation nor compression. Sessions are never resumed, so that
//! each connection is judged by the certificates and revocation lists of its own time.

use openssl::error::ErrorStack;
use openssl::ssl::{
    AlpnError, SslAcceptor, SslAcceptorBuilder, SslFiletype, SslMethod, SslOptions, SslSessionCacheMode, SslVerifyMode, SslVersion,
};
use openssl::stack::Stack;
use openssl::x509::store::{X509Lookup, X509Store, X509StoreBuilder};
use openssl::x509::verify::X509VerifyFlags;
use openssl::x509::{X509Name, X509PurposeId, X509StoreContextRef, X509VerifyResult};

use super::material::Material;
use super::node_reader;
use crate::settings::{ClientCertificate, ExpiredCrl};

/// Suites of TLS 1.2 (RFC 9325, 4.2; RFC 7525 still listed the two with finite-field keys, for older clients).
const SUITES: &str = "ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-RSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256:\
                      ECDHE-RSA-AES128-GCM-SHA256:DHE-RSA-AES256-GCM-SHA384:DHE-RSA-AES128-GCM-SHA256";
/// Suites of TLS 1.3.
const SUITES_13: &str = "TLS_AES_256_GCM_SHA384:TLS_AES_128_GCM_SHA256:TLS_CHACHA20_POLY1305_SHA256";
/// 112 bits at least: RSA of 2048 bits, curves of 224, SHA-256.
const SECURITY_LEVEL: u32 = 2;
/// Certificates between a client's and a trusted one.
const LONGEST_CHAIN: u32 = 4;
/// `X509_V_ERR_CRL_HAS_EXPIRED`.
pub(super) const LIST_HAS_EXPIRED: i32 = 12;

/// What a handshake works with.
pub(super) fn acceptor(material: &Material, trust: X509Store) -> Result<SslAcceptorBuilder, ErrorStack> {
    let mut builder = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server())?;
    builder.set_min_proto_version(Some(SslVersion::TLS1_2))?;
    builder.set_cipher_list(SUITES)?;
    builder.set_ciphersuites(SUITES_13)?;
    builder.set_security_level(SECURITY_LEVEL);
    builder.set_options(
        SslOptions::NO_RENEGOTIATION | SslOptions::NO_COMPRESSION | SslOptions::NO_TICKET | SslOptions::CIPHER_SERVER_PREFERENCE,
    );
    builder.set_session_cache_mode(SslSessionCacheMode::OFF);
    builder.set_num_tickets(0)?;
    builder.set_verify_depth(LONGEST_CHAIN);
    let mut chain = material.chain.iter();
    if let Some(own) = chain.next() {
        builder.set_certificate(own)?;
    }
    chain.try_for_each(|issuer| builder.add_extra_chain_cert(issuer.clone()))?;
    builder.set_private_key(&material.key)?;
    builder.check_private_key()?;
    builder.set_cert_store(trust);
    if let Some(staple) = material.staple.clone() {
        builder.set_status_callback(move |connection| staple.show(connection))?;
    }
    builder.set_client_ca_list(names(material)?);
    builder.set_alpn_select_callback(|_, offered| {
        const HTTP_1_1: &[u8] = b"\x08http/1.1";
        if offered.windows(HTTP_1_1.len()).any(|window| window == HTTP_1_1) { Ok(b"http/1.1") } else { Err(AlpnError::NOACK) }
    });
    Ok(builder)
}

/// Asks for the certificate of the client, and refuses those that cannot be read or that are not accepted.
pub(super) fn ask(builder: &mut SslAcceptorBuilder, wanted: ClientCertificate, expired: ExpiredCrl) {
    let mode = match wanted {
        ClientCertificate::Required => SslVerifyMode::PEER | SslVerifyMode::FAIL_IF_NO_PEER_CERT,
        ClientCertificate::Optional => SslVerifyMode::PEER,
        ClientCertificate::None => return builder.set_verify(SslVerifyMode::NONE),
    };
    builder.set_verify_callback(mode, move |accepted, chain| judge(accepted, chain, expired));
}

/// The last word on one certificate of a client's chain, after OpenSSL's.
fn judge(accepted: bool, chain: &mut X509StoreContextRef, expired: ExpiredCrl) -> bool {
    if !accepted {
        let tolerated = expired == ExpiredCrl::Accept && chain.error().as_raw() == LIST_HAS_EXPIRED;
        if tolerated {
            chain.set_error(X509VerifyResult::OK);
        } else {
            tracing::warn!(reason = chain.error().error_string(), depth = chain.error_depth(), "refused a client certificate");
        }
        return tolerated;
    }
    let readable = chain.error_depth() > 0 || chain.current_cert().is_some_and(|own| node_reader::read(own).is_some());
    if !readable {
        tracing::warn!("refused a client certificate that breaks the rules of its format (RFC 5280)");
        chain.set_error(X509VerifyResult::APPLICATION_VERIFICATION);
    }
    readable
}

/// Whom to believe as a client, and what they took back. With `lists` each authority of a chain needs its revocation list.
pub(super) fn trust(material: &Material, lists: bool) -> Result<X509Store, ErrorStack> {
    let mut store = believe(material, lists)?;
    store.set_purpose(X509PurposeId::SSL_CLIENT)?;
    Ok(store.build())
}

/// Whom to believe as an OCSP responder: who is authorised for it is checked beside.
pub(super) fn trust_of_responders(material: &Material, lists: bool) -> Result<X509Store, ErrorStack> {
    Ok(believe(material, lists)?.build())
}

fn believe(material: &Material, lists: bool) -> Result<X509StoreBuilder, ErrorStack> {
    let mut store = X509StoreBuilder::new()?;
    for authority in &material.client_ca {
        store.add_cert(authority.clone())?;
    }
    if lists && !material.crls.is_empty() {
        let files = store.add_lookup(X509Lookup::file())?;
        for path in &material.crl_files {
            files.load_crl_file(path, SslFiletype::PEM)?;
        }
        store.set_flags(X509VerifyFlags::CRL_CHECK | X509VerifyFlags::CRL_CHECK_ALL)?;
    }
    Ok(store)
}

/// The authorities as a handshake names them to clients.
fn names(material: &Material) -> Result<Stack<X509Name>, ErrorStack> {
    let mut names = Stack::new()?;
    for authority in &material.client_ca {
        names.push(authority.subject_name().to_owned()?)?;
    }
    Ok(names)
}
