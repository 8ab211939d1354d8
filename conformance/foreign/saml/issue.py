#!/usr/bin/env python3
"""Issues a SAML 2.0 assertion with other people's code.

usage: issue.py signxml|pysaml2|xmlsec1 KEY.pem CERT.pem ISSUER SUBJECT AUDIENCE

signxml signs a tree of lxml; pysaml2 makes an assertion by itself and has xmlsec1 sign it; xmlsec1 signs a template that
is indented and uses a PrefixList. Exit code 77: the implementation is not installed.
"""

import datetime
import shutil
import subprocess
import sys
import tempfile
import uuid

SAML = "urn:oasis:names:tc:SAML:2.0:assertion"
DSIG = "http://www.w3.org/2000/09/xmldsig#"
X509 = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509"
BEARER = "urn:oasis:names:tc:SAML:2.0:cm:bearer"


def times():
    now = datetime.datetime.now(datetime.timezone.utc).replace(microsecond=0)
    return [(now + datetime.timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ") for minutes in (-1, 60)]


def template(issuer, subject, audience, signature):
    begin, end = times()
    identifier = "_" + uuid.uuid4().hex
    return identifier, f"""<saml:Assertion xmlns:saml="{SAML}" xmlns:xs="http://www.w3.org/2001/XMLSchema"
    xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" Version="2.0" ID="{identifier}" IssueInstant="{begin}">
  <saml:Issuer>{issuer}</saml:Issuer>{signature.replace('IDENTIFIER', identifier)}
  <saml:Subject>
    <saml:NameID>{subject}</saml:NameID>
    <saml:SubjectConfirmation Method="{BEARER}"><saml:SubjectConfirmationData NotOnOrAfter='{end}'/></saml:SubjectConfirmation>
  </saml:Subject>
  <saml:Conditions NotOnOrAfter="{end}" NotBefore="{begin}">
    <saml:AudienceRestriction><saml:Audience>{audience}</saml:Audience></saml:AudienceRestriction>
  </saml:Conditions>
  <saml:AuthnStatement AuthnInstant="{begin}">
    <saml:AuthnContext><saml:AuthnContextClassRef>{X509}</saml:AuthnContextClassRef></saml:AuthnContext>
  </saml:AuthnStatement>
  <saml:AttributeStatement>
    <saml:Attribute Name="urn:oasis:names:tc:xspa:1.0:subject:subject-id">
      <saml:AttributeValue xsi:type="xs:string">Jos\u00e9 &amp; &lt;Joan&gt; "\U0001f600"</saml:AttributeValue>
    </saml:Attribute>
    <saml:Attribute Name="urn:oasis:names:tc:xacml:2.0:subject:role">
      <saml:AttributeValue><Role xmlns="urn:hl7-org:v3" xsi:type="CE" displayName="a&#10;b &quot;c&quot;" codeSystem="2.999" code="1"/></saml:AttributeValue>
    </saml:Attribute>
  </saml:AttributeStatement>
</saml:Assertion>"""


def by_signxml(key, certificate, issuer, subject, audience):
    from lxml import etree
    from signxml import XMLSigner
    from signxml.algorithms import CanonicalizationMethod

    place = f'<ds:Signature xmlns:ds="{DSIG}" Id="placeholder"/>'
    identifier, text = template(issuer, subject, audience, place)
    signer = XMLSigner(c14n_algorithm=CanonicalizationMethod.EXCLUSIVE_XML_CANONICALIZATION_1_0)
    with open(key, "rb") as key_file, open(certificate, "rb") as certificate_file:
        signed = signer.sign(etree.fromstring(text), key=key_file.read(), cert=certificate_file.read().decode(),
                             reference_uri="#" + identifier, id_attribute="ID")
    return etree.tostring(signed).decode()


def by_xmlsec1(key, certificate, issuer, subject, audience):
    exclusive = "http://www.w3.org/2001/10/xml-exc-c14n#"
    prefixes = f'<ec:InclusiveNamespaces xmlns:ec="{exclusive}" PrefixList="xs xsi #default absent"/>'
    signature = f"""
  <ds:Signature xmlns:ds="{DSIG}">
    <ds:SignedInfo>
      <ds:CanonicalizationMethod Algorithm="{exclusive}">{prefixes}</ds:CanonicalizationMethod>
      <ds:SignatureMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#rsa-sha512"/>
      <ds:Reference URI="#IDENTIFIER">
        <ds:Transforms>
          <ds:Transform Algorithm="{DSIG}enveloped-signature"/>
          <ds:Transform Algorithm="{exclusive}">{prefixes}</ds:Transform>
        </ds:Transforms>
        <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmldsig-more#sha384"/>
        <ds:DigestValue/>
      </ds:Reference>
    </ds:SignedInfo>
    <ds:SignatureValue/>
    <ds:KeyInfo><ds:X509Data/></ds:KeyInfo>
  </ds:Signature>"""
    _, text = template(issuer, subject, audience, signature)
    with tempfile.NamedTemporaryFile("w", suffix=".xml", encoding="utf-8") as unsigned:
        unsigned.write(text)
        unsigned.flush()
        command = ["xmlsec1", "--sign", "--privkey-pem", f"{key},{certificate}", "--id-attr:ID", f"{SAML}:Assertion", unsigned.name]
        return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout.decode()


def by_pysaml2(key, certificate, issuer, subject, audience):
    from saml2 import config, saml, server
    from saml2.sigver import pre_signature_part
    from saml2.xmldsig import DIGEST_SHA256, SIG_RSA_SHA256

    if not shutil.which("xmlsec1"):
        raise FileNotFoundError("pysaml2 signs with xmlsec1, which is not there")
    idp = server.Server(config=config.IdPConfig().load({
        "entityid": issuer, "key_file": key, "cert_file": certificate, "xmlsec_binary": shutil.which("xmlsec1"),
        "service": {"idp": {"endpoints": {"single_sign_on_service": [("https://idp.example/sso", "urn:x")]}}},
    }))
    begin, end = times()
    text = lambda value: saml.AttributeValue(text=value)  # noqa: E731
    assertion = saml.Assertion(
        version="2.0", id="_" + uuid.uuid4().hex, issue_instant=begin, issuer=saml.Issuer(text=issuer),
        subject=saml.Subject(
            name_id=saml.NameID(text=subject),
            subject_confirmation=[saml.SubjectConfirmation(
                method=BEARER, subject_confirmation_data=saml.SubjectConfirmationData(not_on_or_after=end))]),
        conditions=saml.Conditions(not_before=begin, not_on_or_after=end, audience_restriction=[
            saml.AudienceRestriction(audience=[saml.Audience(text=audience)])]),
        authn_statement=[saml.AuthnStatement(authn_instant=begin, authn_context=saml.AuthnContext(
            authn_context_class_ref=saml.AuthnContextClassRef(text=X509)))],
        attribute_statement=[saml.AttributeStatement(attribute=[saml.Attribute(
            name="urn:oasis:names:tc:xspa:1.0:subject:subject-id", attribute_value=[text("José & Joan")])])])
    assertion.signature = pre_signature_part(assertion.id, idp.sec.my_cert, 1, sign_alg=SIG_RSA_SHA256, digest_alg=DIGEST_SHA256)
    return idp.sec.sign_statement(str(assertion), "urn:oasis:names:tc:SAML:2.0:assertion:Assertion", key_file=key)


def main():
    implementation, *rest = sys.argv[1:]
    make = {"signxml": by_signxml, "pysaml2": by_pysaml2, "xmlsec1": by_xmlsec1}[implementation]
    try:
        assertion = make(*rest)
    except (ImportError, FileNotFoundError) as missing:
        print(missing, file=sys.stderr)
        return 77
    sys.stdout.buffer.write(assertion.encode())
    return 0


if __name__ == "__main__":
    sys.exit(main())
