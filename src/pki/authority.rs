//! Certificates and revocation lists (RFC 5280) of one authority.

use openssl::asn1::{Asn1Integer, Asn1Time};
use openssl::bn::{BigNum, MsbOption};
use openssl::ec::{EcGroup, EcKey};
use openssl::error::ErrorStack;
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::rsa::Rsa;
use openssl::x509::extension::{
    AuthorityKeyIdentifier, BasicConstraints, CrlNumber, ExtendedKeyUsage, KeyUsage, SubjectAlternativeName, SubjectKeyIdentifier,
};
use openssl::x509::{X509, X509Builder, X509Crl, X509CrlBuilder, X509Name, X509NameRef, X509RevokedBuilder};

use crate::model::node::TEST_PKI_ORGANISATION;

/// What a key is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// Signs authorities.
    Root,
    /// Signs certificates of servers, clients and signers.
    IssuingAuthority,
    /// Is the server of a TLS connection.
    Server,
    /// Is the client of a TLS connection.
    Client,
    /// Signs SAML assertions.
    Signer,
    /// Answers for an authority whether its certificates are revoked (OCSP).
    Responder,
}

/// First and last second of a validity, as seconds since 1970.
#[derive(Debug, Clone, Copy)]
pub(super) struct Validity {
    pub(super) from: i64,
    pub(super) until: i64,
}

/// What a certificate says.
pub(super) struct Subject<'a> {
    pub(super) name: &'a str,
    pub(super) purpose: Purpose,
    pub(super) validity: Validity,
    /// Host names, IP addresses and URIs.
    pub(super) alternative_names: &'a [String],
}

/// A certificate with its key.
pub(super) struct Credential {
    pub(super) certificate: X509,
    pub(super) key: PKey<Private>,
}

/// A new RSA key of so many bits.
pub(super) fn rsa(bits: u32) -> Result<PKey<Private>, ErrorStack> {
    PKey::from_rsa(Rsa::generate(bits)?)
}

/// A new key on the curve P-256.
pub(super) fn p256() -> Result<PKey<Private>, ErrorStack> {
    let group = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1)?;
    PKey::from_ec_key(EcKey::generate(&group)?)
}

impl Credential {
    /// A certificate that signs itself.
    pub(super) fn root(subject: &Subject<'_>, key: PKey<Private>) -> Result<Self, ErrorStack> {
        let certificate = sign(subject, &key, None)?;
        Ok(Self { certificate, key })
    }

    /// A certificate that this authority signs.
    pub(super) fn issue(&self, subject: &Subject<'_>, key: PKey<Private>) -> Result<Self, ErrorStack> {
        let certificate = sign(subject, &key, Some(self))?;
        Ok(Self { certificate, key })
    }

    /// The list of what this authority revoked.
    pub(super) fn revocation_list(&self, validity: Validity, number: u32, revoked: &[&X509]) -> Result<X509Crl, ErrorStack> {
        let this_update = Asn1Time::from_unix(validity.from)?;
        let mut list = X509CrlBuilder::new()?;
        list.set_issuer_name(self.certificate.subject_name())?;
        list.set_last_update(&this_update)?;
        list.set_next_update(&*Asn1Time::from_unix(validity.until)?)?;
        for certificate in revoked {
            let mut entry = X509RevokedBuilder::new()?;
            entry.set_serial_number(certificate.serial_number())?;
            entry.set_revocation_date(&this_update)?;
            list.add_revoked(entry.build())?;
        }
        list.sort()?;
        let context = X509::builder()?;
        let identifier = AuthorityKeyIdentifier::new().keyid(true).build(&context.x509v3_context(Some(&self.certificate), None))?;
        list.append_extension(identifier)?;
        list.append_extension(CrlNumber::new(BigNum::from_u32(number)?)?.build()?)?;
        list.sign(&self.key, MessageDigest::sha256())?;
        list.build()
    }

    /// The private key as PKCS#8 PEM.
    pub(super) fn key_pem(&self) -> Result<Vec<u8>, ErrorStack> {
        self.key.private_key_to_pem_pkcs8()
    }
}

fn sign(subject: &Subject<'_>, key: &PKey<Private>, issuer: Option<&Credential>) -> Result<X509, ErrorStack> {
    let name = distinguished_name(subject.name)?;
    let mut builder = X509::builder()?;
    builder.set_version(2)?;
    builder.set_serial_number(&*random_serial()?)?;
    builder.set_subject_name(&name)?;
    builder.set_issuer_name(issuer.map_or::<&X509NameRef, _>(&name, |issuer| issuer.certificate.subject_name()))?;
    builder.set_not_before(&*Asn1Time::from_unix(subject.validity.from)?)?;
    builder.set_not_after(&*Asn1Time::from_unix(subject.validity.until)?)?;
    builder.set_pubkey(key)?;
    extend(&mut builder, subject, issuer)?;
    builder.sign(issuer.map_or(key, |issuer| &issuer.key), MessageDigest::sha256())?;
    Ok(builder.build())
}

fn extend(builder: &mut X509Builder, subject: &Subject<'_>, issuer: Option<&Credential>) -> Result<(), ErrorStack> {
    let issuer = issuer.map(|issuer| &*issuer.certificate);
    let (mut constraints, mut usage) = (BasicConstraints::new(), KeyUsage::new());
    constraints.critical();
    usage.critical();
    match subject.purpose {
        Purpose::Root | Purpose::IssuingAuthority => {
            // Below a root there is one more authority, below that none.
            constraints.ca().pathlen(u32::from(subject.purpose == Purpose::Root));
            usage.key_cert_sign().crl_sign();
        }
        Purpose::Server | Purpose::Client | Purpose::Signer | Purpose::Responder => {
            usage.digital_signature();
        }
    }
    builder.append_extension(constraints.build()?)?;
    builder.append_extension(usage.build()?)?;
    match subject.purpose {
        Purpose::Server => builder.append_extension(ExtendedKeyUsage::new().server_auth().build()?)?,
        Purpose::Client => builder.append_extension(ExtendedKeyUsage::new().client_auth().build()?)?,
        Purpose::Responder => builder.append_extension(ExtendedKeyUsage::new().other("OCSPSigning").build()?)?,
        Purpose::Root | Purpose::IssuingAuthority | Purpose::Signer => {}
    }
    let own_key = SubjectKeyIdentifier::new().build(&builder.x509v3_context(issuer, None))?;
    builder.append_extension(own_key)?;
    if issuer.is_some() {
        let issuers_key = AuthorityKeyIdentifier::new().keyid(true).build(&builder.x509v3_context(issuer, None))?;
        builder.append_extension(issuers_key)?;
    }
    if !subject.alternative_names.is_empty() {
        let names = alternative_names(subject.alternative_names).build(&builder.x509v3_context(issuer, None))?;
        builder.append_extension(names)?;
    }
    Ok(())
}

fn alternative_names(names: &[String]) -> SubjectAlternativeName {
    let mut extension = SubjectAlternativeName::new();
    for name in names {
        match name {
            ip if ip.parse::<std::net::IpAddr>().is_ok() => extension.ip(ip),
            uri if uri.contains(':') => extension.uri(uri),
            host => extension.dns(host),
        };
    }
    extension
}

fn distinguished_name(common_name: &str) -> Result<X509Name, ErrorStack> {
    let mut name = X509Name::builder()?;
    name.append_entry_by_text("C", "LU")?;
    name.append_entry_by_text("O", TEST_PKI_ORGANISATION)?;
    name.append_entry_by_text("CN", common_name)?;
    Ok(name.build())
}

/// 127 random bits: positive, and never twice.
fn random_serial() -> Result<Asn1Integer, ErrorStack> {
    let mut number = BigNum::new()?;
    number.rand(127, MsbOption::MAYBE_ZERO, false)?;
    number.to_asn1_integer()
}
