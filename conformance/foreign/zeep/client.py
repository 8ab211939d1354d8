#!/usr/bin/env python3
"""Adds a patient (ITI-44), submits one document inline (ITI-41), finds it (ITI-18), retrieves it (ITI-43) and compares the bytes, with zeep.

    client.py BASE_URL SOAP_FIXTURES

zeep writes documents as base64 into the message and reads MTOM answers. The submission is the fixture with fresh
unique ids, read into zeep's objects and written again by zeep.

One line per step, PASS or FAIL. Exit code 0: all passed; 1: a step failed; 2: wrong use.
"""

import os
import sys
import time
import uuid
from pathlib import Path

import zeep
from lxml import etree

SOAP = "{http://www.w3.org/2003/05/soap-envelope}"
WSA = "{http://www.w3.org/2005/08/addressing}"
LCM = "{urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0}"
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
PATIENT_ID = "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427"
UNIQUE_ID = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab"
FIND_DOCUMENTS = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d"
GET_DOCUMENTS = "urn:uuid:5c4f972b-d56b-40ac-a5fc-c8ca9b40b9d4"


def require(condition, otherwise):
    if not condition:
        raise AssertionError(otherwise)


def require_success(response):
    errors = response.RegistryErrorList.RegistryError if response.RegistryErrorList else []
    require(
        response.status == SUCCESS,
        "; ".join([f"status {response.status}"] + [f"{e.errorCode}: {e.codeContext}" for e in errors]),
    )


class Addressed(zeep.Plugin):
    """Checks that every answer names the right action and the request it answers."""

    def __init__(self, answer=None):
        self.answer = answer

    def egress(self, envelope, http_headers, operation, binding_options):
        self.message_id = envelope.findtext(f"{SOAP}Header/{WSA}MessageID")
        self.action = envelope.findtext(f"{SOAP}Header/{WSA}Action")
        require(self.message_id and self.action, "zeep did not read from the WSDL that WS-Addressing is used")
        return envelope, http_headers

    def ingress(self, envelope, http_headers, operation):
        action = envelope.findtext(f"{SOAP}Header/{WSA}Action")
        require(action == (self.answer or f"{self.action}Response"), f"the answer's action is {action}")
        relates_to = envelope.findtext(f"{SOAP}Header/{WSA}RelatesTo")
        require(relates_to == self.message_id, f"the answer relates to {relates_to}")
        return envelope, http_headers


def connect(base, path, answer=None):
    """The client of one endpoint, at the address that the served WSDL gives; its answers' action, if it is a fixed one."""
    return zeep.Client(f"{base}{path}?wsdl", plugins=[Addressed(answer)])


def addition(authority, number):
    """A message that adds a patient (ITI-44), in the terms of the schema."""
    device = {"classCode": "DEV", "determinerCode": "INSTANCE"}
    person = {
        "classCode": "PSN", "determinerCode": "INSTANCE",
        "name": [{"use": "L", "given": ["Jeanne"], "family": ["Exemple"]}],
        "administrativeGenderCode": {"code": "F", "codeSystem": "2.16.840.1.113883.5.1"},
        "birthTime": {"value": "19901224"},
    }
    patient = {
        "classCode": "PAT", "id": [{"root": authority, "extension": number}],
        "statusCode": {"code": "active"}, "patientPerson": person,
    }
    registration = {
        "classCode": "REG", "moodCode": "EVN", "id": {"nullFlavor": "NA"}, "statusCode": {"code": "active"},
        "subject1": {"typeCode": "SBJ", "patient": patient},
        "custodian": {"typeCode": "CST", "assignedEntity": {"classCode": "ASSIGNED", "id": {"root": "2.999.442.9.7.1"}}},
    }
    return {
        "ITSVersion": "XML_1.0",
        "id": {"root": str(uuid.uuid4())},
        "creationTime": {"value": time.strftime("%Y%m%d%H%M%S")},
        "interactionId": {"root": "2.16.840.1.113883.1.6", "extension": "PRPA_IN201301UV02"},
        "processingCode": {"code": "P"}, "processingModeCode": {"code": "T"}, "acceptAckCode": {"code": "AL"},
        "receiver": {"typeCode": "RCV", "device": {**device, "id": {"root": "2.999.442.9.7.2"}}},
        "sender": {"typeCode": "SND", "device": {**device, "id": {"root": "2.999.442.9.7.1"}}},
        "controlActProcess": {
            "classCode": "CACT", "moodCode": "EVN",
            "code": {"code": "PRPA_TE201301UV02", "codeSystem": "2.16.840.1.113883.1.6"},
            "subject": {"typeCode": "SUBJ", "contextConductionInd": False, "registrationEvent": registration},
        },
    }


def fresh_submission(client, fixtures):
    """The fixture's metadata under unique ids that no server has seen."""
    envelope = etree.parse(str(fixtures / "iti41-request.xml"))
    metadata = envelope.find(f".//{LCM}SubmitObjectsRequest")
    unique = f"{int(time.time())}.{os.getpid()}"
    for index, attribute in enumerate(metadata.xpath("//@value[starts-with(., '2.999.442.9.3.')] | "
                                                     "//@value[starts-with(., '2.999.442.9.4.')]")):
        attribute.getparent().set("value", f"2.999.442.9.6.{unique}.{index}")
    return client.get_element(f"{LCM}SubmitObjectsRequest").parse(metadata, client.wsdl.types)


def objects(registry_object_list, kind):
    return [choice[kind] for choice in registry_object_list["_value_1"] or [] if kind in choice]


def identifier(entry, scheme):
    (value,) = [i.value for i in entry.ExternalIdentifier if i.identificationScheme == scheme]
    return value


def slot(entry, name):
    return next((s.ValueList.Value[0] for s in entry.Slot if s.name == name), None)


def query(registry, query_id, return_type, **parameters):
    response = registry["DocumentRegistry_RegistryStoredQuery"](
        ResponseOption={"returnType": return_type, "returnComposedObjects": True},
        AdhocQuery={
            "id": query_id,
            "Slot": [{"name": f"${name}", "ValueList": {"Value": [value]}} for name, value in parameters.items()],
        },
    )
    require_success(response)
    return response.RegistryObjectList


class Steps:
    def __init__(self, base, fixtures):
        repository = connect(base, "/xds/repository")
        self.repository = repository.service
        self.registry = connect(base, "/xds/registry").service
        self.feed = connect(base, "/hl7v3/patient-feed", "urn:hl7-org:v3:MCCI_IN000002UV01").service
        self.bytes = (fixtures / "note.txt").read_bytes()
        self.submission = fresh_submission(repository, fixtures)
        (self.sent,) = objects(self.submission.RegistryObjectList, "ExtrinsicObject")
        self.unique_id = identifier(self.sent, UNIQUE_ID)

    def add_patient(self):
        """ITI-44 add a patient"""
        for authority, expected in [("1.3.182.4.4", "CA"), ("2.999.1", "CE")]:
            message = addition(authority, f"Z{time.time_ns()}")
            acknowledgement = self.feed["DocumentRegistry_PRPA_IN201301UV02"](**message).acknowledgement
            require(acknowledgement.targetMessage.id.root == message["id"]["root"], "another message is acknowledged")
            require(acknowledgement.typeCode.code == expected, f"{authority}: {acknowledgement.typeCode.code}")

    def submit(self):
        """ITI-41 submit inline"""
        require_success(self.repository["DocumentRepository_ProvideAndRegisterDocumentSet-b"](
            SubmitObjectsRequest=self.submission,
            Document=[{"_value_1": self.bytes, "id": self.sent.id}],
        ))

    def find_references(self):
        """ITI-18 FindDocuments, ObjectRef"""
        found = query(
            self.registry, FIND_DOCUMENTS, "ObjectRef",
            XDSDocumentEntryPatientId=f"'{identifier(self.sent, PATIENT_ID)}'",
            XDSDocumentEntryStatus="('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')",
        )
        self.references = [reference.id for reference in objects(found, "ObjectRef")]
        require(self.references, "no document was found")

    def get(self):
        """ITI-18 GetDocuments, LeafClass"""
        found = query(self.registry, GET_DOCUMENTS, "LeafClass", XDSDocumentEntryUniqueId=f"('{self.unique_id}')")
        (self.entry,) = objects(found, "ExtrinsicObject")
        require(self.entry.id in self.references, "FindDocuments did not refer to this document")
        require(self.entry.Name.LocalizedString[0].value == self.sent.Name.LocalizedString[0].value, "title differs")
        require(len(self.entry.Classification) == len(self.sent.Classification), "codes or authors differ")

    def retrieve(self):
        """ITI-43 retrieve and compare"""
        response = self.repository["DocumentRepository_RetrieveDocumentSet"](DocumentRequest=[
            {"RepositoryUniqueId": slot(self.entry, "repositoryUniqueId"), "DocumentUniqueId": self.unique_id},
        ])
        require_success(response.RegistryResponse)
        (document,) = response.DocumentResponse
        require(document.mimeType == self.sent.mimeType, f"mimeType is {document.mimeType}")
        # zeep strips the line breaks at both ends of a part.
        require(document.Document == self.bytes.strip(b"\r\n"), "the bytes differ")

    def submit_again(self):
        """ITI-41 refuses the same submission twice"""
        response = self.repository["DocumentRepository_ProvideAndRegisterDocumentSet-b"](
            SubmitObjectsRequest=self.submission,
            Document=[{"_value_1": self.bytes, "id": self.sent.id}],
        )
        require(response.status == FAILURE, f"status is {response.status}")
        codes = [error.errorCode for error in response.RegistryErrorList.RegistryError]
        require("XDSDuplicateUniqueIdInRegistry" in codes, f"error codes are {codes}")


def main(arguments):
    if len(arguments) != 3:
        print("usage: client.py BASE_URL SOAP_FIXTURES", file=sys.stderr)
        return 2
    name = "read the WSDLs"
    try:
        steps = Steps(arguments[1], Path(arguments[2]))
        print(f"PASS zeep {name}")
        for step in [steps.add_patient, steps.submit, steps.find_references, steps.get, steps.retrieve, steps.submit_again]:
            name = step.__doc__
            step()
            print(f"PASS zeep {name}")
    except Exception as problem:  # whatever a foreign library throws is this step's failure
        print(f"FAIL zeep {name}: {type(problem).__name__}: {problem}")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv))
