#!/usr/bin/env python3
"""Parses AuditEvents with fhir.resources.

usage: audit_events.py FILE.ndjson

Exit code 77: fhir.resources is not installed.
"""

import json
import sys

try:
    from fhir.resources.R4B.auditevent import AuditEvent
except ImportError as error:
    sys.stderr.write(f"{error}\n")
    sys.exit(77)

count = 0
with open(sys.argv[1], encoding="utf-8") as lines:
    for line in lines:
        resource = json.loads(line)
        try:
            AuditEvent.model_validate(resource)
        except ValueError as error:
            sys.exit(f"{error}\n{line}")
        count += 1
if not count:
    sys.exit("there is nothing to parse")
print(f"{count} AuditEvents")
