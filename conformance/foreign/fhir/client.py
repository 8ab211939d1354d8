#!/usr/bin/env python3
"""Publishes, searches, pages and reads documents with other people's FHIR clients.

usage: client.py fhirpy|fhirclient BASE PATIENT NUMBER BUNDLE.json
       client.py fhir.resources BASE PATIENT NUMBER BUNDLE.json

NUMBER is part of the ids of what is published. The last one parses every kind of resource that the server emits. Exit code 77:
the implementation is not installed.
"""

import json
import sys
import urllib.error
import urllib.request


def document(patient, number, base64):
    """A DocumentReference for Simplified Publish (ITI-105)."""
    urn = "urn:ietf:rfc:3986"
    return {
        "resourceType": "DocumentReference", "status": "current",
        "masterIdentifier": {"system": urn, "value": f"urn:oid:2.999.442.9.6.{number}"},
        "subject": {"reference": f"Patient/{patient}"},
        "content": [{"attachment": {"contentType": "text/plain", "data": base64, "title": f"Note {number}"}}],
    }


def expect(truth, what):
    if not truth:
        sys.exit(f"not so: {what}")


def by_fhirpy(base, patient, number, bundle):
    from fhirpy import SyncFHIRClient
    from fhirpy.base.exceptions import OperationOutcome
    client = SyncFHIRClient(base)
    answer = client.execute("", method="post", data=bundle)
    expect(answer["type"] == "transaction-response", "the bundle is taken")
    made = client.resource("DocumentReference", **document(patient, number, "ZmhpcnB5"))
    made.save()
    expect(made.id, "the created resource has an id")
    search = client.resources("DocumentReference").search(patient=f"Patient/{patient}", status="current")
    whole = search.limit(1).fetch_all()
    expect(len({found.id for found in whole}) == search.count() > 1, "pages hold each document once")
    read = client.reference("DocumentReference", made.id).to_resource()
    expect(read["content"][0]["attachment"]["title"] == f"Note {number}", "it is read as it was sent")
    lists = client.resources("List").search(patient=f"Patient/{patient}", code="submissionset", status="current").fetch()
    expect(lists, "submission sets are found")
    try:
        client.resource("DocumentReference", status="current").save()
        sys.exit("a DocumentReference without a document was taken")
    except OperationOutcome:
        pass


def by_fhirclient(base, patient, number, bundle):
    from fhirclient import client
    from fhirclient.models.documentreference import DocumentReference
    from fhirclient.models.list import List
    server = client.FHIRClient(settings={"app_id": "dossier", "api_base": base}).server
    answer = server.post_json("", bundle)
    expect(answer.json()["type"] == "transaction-response", "the bundle is taken")
    made = DocumentReference(document(patient, number, "ZmhpcmNsaWVudA=="))
    created = made.create(server)
    expect(created["resourceType"] == "DocumentReference", "the created resource comes back")
    read = DocumentReference.read(created["id"], server)
    expect(read.content[0].attachment.title == f"Note {number}", "it is read as it was sent")
    asked = {"patient": f"Patient/{patient}", "status": "current", "_count": "1"}
    found = [resource.id for resource in DocumentReference.where(asked).perform_resources_iter(server)]
    expect(len(found) > 1 and len(set(found)) == len(found), "pages hold each document once")
    lists = List.where({"patient": f"Patient/{patient}", "code": "submissionset"}).perform_resources(server)
    expect(lists and all(isinstance(found, List) for found in lists), "submission sets are found")


def by_fhir_resources(base, patient, number, bundle):
    from fhir.resources.R4B import get_fhir_model_class

    def parsed(resource):
        model = get_fhir_model_class(resource["resourceType"]).model_validate(resource)
        for entry in getattr(model, "entry", None) or []:
            expect(entry is not None, "entries are parsed")
        return resource

    def ask(path, resource=None, method=None):
        body = None if resource is None else json.dumps(resource).encode()
        headers = {"Accept": "application/fhir+json", "Content-Type": "application/fhir+json"}
        request = urllib.request.Request(f"{base}{path}", body, headers, method=method)
        try:
            with urllib.request.urlopen(request) as answer:
                return parsed(json.load(answer))
        except urllib.error.HTTPError as error:
            return parsed(json.load(error))

    ask("/metadata")
    answer = ask("", bundle)
    expect(answer["type"] == "transaction-response", "the bundle is taken")
    addresses = [entry["response"]["location"] for entry in answer["entry"]]
    read = {address: ask(f"/{address}") for address in addresses}
    expect(len(read) == len(addresses), "each has an address of its own")
    created = ask("/DocumentReference", document(patient, number, "cmVzb3VyY2Vz"))
    expect(created["resourceType"] == "DocumentReference", "the created resource comes back")
    for query in ["", "&_count=1", "&_summary=count", "&_elements=type", "&unknown=1", "&_revinclude=List:item"]:
        expect(ask(f"/DocumentReference?patient=Patient/{patient}{query}")["resourceType"] == "Bundle", f"a search with {query}")
    for query in ["", "&_include=List:item"]:
        expect(ask(f"/List?patient=Patient/{patient}{query}")["resourceType"] == "Bundle", f"a search with {query}")
    for bad in ["/DocumentReference?patient=x&date=y", "/DocumentReference/none", "/Nothing", "/List?date=2025"]:
        expect(ask(bad)["resourceType"] == "OperationOutcome", f"{bad} is refused")


def main():
    name, base, patient, number, path = sys.argv[1:]
    by = {"fhirpy": by_fhirpy, "fhirclient": by_fhirclient, "fhir.resources": by_fhir_resources}[name]
    try:
        __import__(name)
    except ImportError as error:
        print(error, file=sys.stderr)
        sys.exit(77)
    with open(path, encoding="utf-8") as file:
        by(base, patient, number, json.load(file))


main()
