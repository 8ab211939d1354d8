#!/usr/bin/env python3
"""Prints what a Gazelle platform (Test Management, simulators) asks for in the configuration of a system.

usage: gazelle.py [TARGET.toml]
Without a target, HOST stands for the address of the server, and ports and identifiers are those of an example.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from xds.target import Target  # noqa: E402

# Endpoint, actor of the configuration, what Gazelle calls the usage of the web service.
SERVICES = [
    ("iti42", "Document Registry", "ITI-42 Register Document Set-b"),
    ("iti18", "Document Registry", "ITI-18 Registry Stored Query"),
    ("iti44", "Document Registry", "ITI-44 Patient Identity Feed HL7 V3"),
    ("iti51", "Document Registry", "ITI-51 Multi-Patient Stored Query"),
    ("iti57", "Document Registry", "ITI-57 Update Document Set"),
    ("iti92", "Update Responder", "ITI-92 Restricted Update Document Set"),
    ("iti61", "Document Registry", "ITI-61 Register On-Demand Document Entry"),
    ("iti62", "Document Registry", "ITI-62 Remove Metadata"),
    ("iti41", "Document Repository", "ITI-41 Provide and Register Document Set-b"),
    ("iti43", "Document Repository", "ITI-43 Retrieve Document Set"),
    ("iti86", "Document Repository", "ITI-86 Remove Documents"),
    ("xdr", "Document Recipient", "ITI-41 Provide and Register Document Set-b"),
]
PATHS = {"iti41": "xds/repository", "iti43": "xds/repository", "iti44": "hl7v3/patient-feed", "iti86": "xds/repository", "xdr": "xds/recipient"}
EXAMPLE = {
    "endpoints": {name: "http://HOST:8080/" + PATHS.get(name, "xds/registry") for name, *_ in SERVICES},
    "feed": {"mllp": "HOST:2575"},
}


def table(title, head, rows):
    widths = [max(len(str(row[column])) for row in [head, *rows]) for column in range(len(head))]
    print(title)
    for row in [head, ["-" * width for width in widths], *rows]:
        print("  " + "  ".join(str(cell).ljust(width) for cell, width in zip(row, widths)).rstrip())
    print()


def main():
    if len(sys.argv) > 2 or "--help" in sys.argv or "-h" in sys.argv:
        print(__doc__)
        return 2
    target = Target.read(sys.argv[1]) if len(sys.argv) == 2 else Target(EXAMPLE, Path("."))
    services = [(actor, usage, target.endpoints[name]) for name, actor, usage in SERVICES if target.endpoints.get(name)]
    table("Web services (responder; SOAP 1.2, one URL for many transactions)", ("Actor", "Web service usage", "URL"), services)
    if target.feed["mllp"]:
        host, port = target.feed["mllp"].rsplit(":", 1)
        secured = "yes" if target.feed["tls"] else "no"
        feed = [("Document Registry", usage, host, port, secured) for usage in ("ITI-8 Patient Identity Feed", "ITI-64 Notify XAD-PID Link Change")]
        table("HL7 v2 responder (MLLP)", ("Actor", "Transaction", "Host", "Port", "TLS"), feed)
        names = [("MSH-5 receiving application", target.feed["receiving_application"]), ("MSH-6 receiving facility", target.feed["receiving_facility"])]
        table("Names in HL7 v2 messages (any are accepted)", ("Field", "Value"), names)
    domain = target.domain
    oids = [
        ("Repository Unique ID", domain["repository_unique_id"], "domain.repository_unique_id"),
        ("Home Community ID", domain["home_community_id"], "domain.home_community_id"),
        ("Patient ID assigning authority (XAD-PID)", domain["assigning_authority"], "domain.assigning_authorities"),
    ]
    table("OIDs, and the setting of Dossier to which the OID that the platform gives you belongs", ("OID", "Value", "Setting"), oids)
    print("Patient identity domain: Dossier files patients of the assigning authorities in domain.assigning_authorities and no others.")
    print("At a Connectathon enter there the OID of the affinity domain, as IHERED (1.3.6.1.4.1.21367.13.20.1000).")
    print("Register patients by ITI-8 before you submit; affinity domain codes need no configuration, any code is taken.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
