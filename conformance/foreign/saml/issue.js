#!/usr/bin/env node
// Issues a SAML 2.0 assertion with other people's code.
//
// usage: issue.js samlify KEY.pem CERT.pem ISSUER SUBJECT AUDIENCE
//
// samlify makes the response of a login as an identity provider does, and xml-crypto signs the assertion in it.
// Exit code 77: it is not installed where NODE_PATH says.
"use strict";

const crypto = require("crypto");
const fs = require("fs");

const X509 = "urn:oasis:names:tc:SAML:2.0:ac:classes:X509";
const POST = "urn:oasis:names:tc:SAML:2.0:bindings:HTTP-POST";

async function bySamlify(key, certificate, issuer, subject, audience) {
  const saml = require("samlify");
  const template = {
    context: `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol" xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="{ID}" Version="2.0" IssueInstant="{IssueInstant}" Destination="{Destination}"><saml:Issuer>{Issuer}</saml:Issuer><samlp:Status><samlp:StatusCode Value="{StatusCode}"/></samlp:Status><saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xs="http://www.w3.org/2001/XMLSchema" ID="{AssertionID}" Version="2.0" IssueInstant="{IssueInstant}"><saml:Issuer>{Issuer}</saml:Issuer><saml:Subject><saml:NameID Format="{NameIDFormat}">{NameID}</saml:NameID><saml:SubjectConfirmation Method="urn:oasis:names:tc:SAML:2.0:cm:bearer"><saml:SubjectConfirmationData NotOnOrAfter="{End}"/></saml:SubjectConfirmation></saml:Subject><saml:Conditions NotBefore="{IssueInstant}" NotOnOrAfter="{End}"><saml:AudienceRestriction><saml:Audience>{Audience}</saml:Audience></saml:AudienceRestriction></saml:Conditions><saml:AuthnStatement AuthnInstant="{IssueInstant}"><saml:AuthnContext><saml:AuthnContextClassRef>{Context}</saml:AuthnContextClassRef></saml:AuthnContext></saml:AuthnStatement>{AttributeStatement}</saml:Assertion></samlp:Response>`,
    attributes: [
      { name: "urn:oasis:names:tc:xspa:1.0:subject:subject-id", valueTag: "name", nameFormat: "urn:oasis:names:tc:SAML:2.0:attrname-format:uri", valueXsiType: "xs:string" },
    ],
  };
  const idp = saml.IdentityProvider({
    entityID: issuer,
    privateKey: fs.readFileSync(key),
    signingCert: fs.readFileSync(certificate),
    requestSignatureAlgorithm: "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
    singleSignOnService: [{ Binding: POST, Location: "https://idp.example/sso" }],
    loginResponseTemplate: template,
  });
  const sp = saml.ServiceProvider({
    entityID: audience,
    wantAssertionsSigned: true,
    assertionConsumerService: [{ Binding: POST, Location: "https://dossier.example/acs" }],
  });
  const now = Date.now();
  const values = {
    ID: "_" + crypto.randomUUID(),
    AssertionID: "_" + crypto.randomUUID(),
    Issuer: issuer,
    Audience: audience,
    Destination: "https://dossier.example/acs",
    StatusCode: "urn:oasis:names:tc:SAML:2.0:status:Success",
    NameIDFormat: "urn:oasis:names:tc:SAML:1.1:nameid-format:unspecified",
    NameID: subject,
    IssueInstant: new Date(now).toISOString(),
    End: new Date(now + 3600000).toISOString(),
    Context: X509,
    attrName: "José & <Joan>",
  };
  const fill = (text) => ({ id: values.ID, context: saml.SamlLib.replaceTagsByValue(text, values) });
  const { context } = await idp.createLoginResponse(sp, {}, "post", {}, fill);
  const response = Buffer.from(context, "base64").toString("utf8");
  return response.slice(response.indexOf("<saml:Assertion "), response.indexOf("</samlp:Response>"));
}

async function main() {
  const [implementation, ...rest] = process.argv.slice(2);
  const make = { samlify: bySamlify }[implementation];
  try {
    process.stdout.write(await make(...rest));
  } catch (error) {
    console.error(error.code === "MODULE_NOT_FOUND" ? `${implementation} is not installed where NODE_PATH says` : error);
    process.exitCode = error.code === "MODULE_NOT_FOUND" ? 77 : 1;
  }
}

main();
