// Publishes, searches, pages and reads documents with fhir-kit-client.
//
// usage: client.cjs fhir-kit-client BASE PATIENT NUMBER BUNDLE.json
//
// NUMBER is part of the ids of what is published. Exit code 77: the client is not installed.
"use strict";

const fs = require("node:fs");
const path = require("node:path");
const { pathToFileURL } = require("node:url");

function expect(truth, what) {
  if (!truth) throw new Error(`not so: ${what}`);
}

// A module of the new kind is not looked for in NODE_PATH by Node itself.
async function library(name) {
  const folders = (process.env.NODE_PATH ?? "").split(path.delimiter).map((folder) => path.join(folder, name));
  const folder = folders.find((folder) => fs.existsSync(path.join(folder, "package.json")));
  if (folder === undefined) {
    console.error(`${name} is not in NODE_PATH`);
    process.exit(77);
  }
  return import(pathToFileURL(path.join(folder, "dist", "index.js")));
}

async function main(base, patient, number, file) {
  const { Client } = await library("fhir-kit-client");
  const client = new Client({ baseUrl: base });
  const capabilities = await client.capabilityStatement();
  expect(capabilities.fhirVersion === "4.0.1", "it is a server of R4");
  const answer = await client.transaction({ body: JSON.parse(fs.readFileSync(file, "utf8")) });
  expect(answer.type === "transaction-response", "the bundle is taken");
  const created = await client.create({
    resourceType: "DocumentReference",
    body: {
      resourceType: "DocumentReference",
      status: "current",
      masterIdentifier: { system: "urn:ietf:rfc:3986", value: `urn:oid:2.999.442.9.6.${number}` },
      subject: { reference: `Patient/${patient}` },
      content: [{ attachment: { contentType: "text/plain", data: "a2l0", title: `Note ${number}` } }],
    },
  });
  const read = await client.read({ resourceType: "DocumentReference", id: created.id });
  expect(read.content[0].attachment.title === `Note ${number}`, "it is read as it was sent");
  const seen = new Set();
  let page = await client.search({ resourceType: "DocumentReference", searchParams: { patient: `Patient/${patient}`, status: "current", _count: 1 } });
  const total = page.total;
  while (page) {
    for (const entry of page.entry ?? []) seen.add(entry.resource.id);
    page = page.link.some((link) => link.relation === "next") ? await client.nextPage({ bundle: page }) : undefined;
  }
  expect(total > 1 && seen.size === total, "pages hold each document once");
  const posted = await client.search({ resourceType: "List", searchParams: { patient: `Patient/${patient}`, code: "submissionset" }, options: { postSearch: true } });
  expect(posted.total > 0, "submission sets are found by POST");
  try {
    await client.read({ resourceType: "DocumentReference", id: "none" });
  } catch (error) {
    expect(error.response.status === 404 && error.response.data.resourceType === "OperationOutcome", "a refusal is an OperationOutcome");
    return;
  }
  throw new Error("what is not there was read");
}

main(...process.argv.slice(3)).catch((error) => {
  console.error(error.response?.data ? JSON.stringify(error.response.data) : error.stack);
  process.exit(1);
});
