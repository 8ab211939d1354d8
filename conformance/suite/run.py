#!/usr/bin/env python3
"""Plays the conformance cases of this folder against an XDS.b server. See README.md beside it.

Needs Python 3.11 or later and nothing else; with lxml installed, answers are validated against the schemas too.
"""

import argparse
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from xds import report  # noqa: E402
from xds.cases import read_cases, read_scenes  # noqa: E402
from xds.play import Session  # noqa: E402
from xds.schemas import Schemas  # noqa: E402
from xds.target import Target  # noqa: E402


def arguments():
    parser = argparse.ArgumentParser(description="Plays conformance cases against an XDS.b server.")
    parser.add_argument("--config", metavar="TARGET.toml", help="endpoints, feed, ids and codes of the server; see defaults.toml")
    parser.add_argument("--section", action="append", default=[], metavar="S",
                        help="only these: a folder (iti18), a section (3.18.4.1.2.3.7.1) or the beginning of a case id; may be repeated")
    parser.add_argument("--list", action="store_true", help="only show the cases")
    parser.add_argument("--strict", action="store_true", help="a server that differs in an optional case fails it")
    parser.add_argument("--no-schema", action="store_true", help="do not validate answers against the schemas")
    parser.add_argument("--failures", action="store_true", help="no lines for cases that pass")
    parser.add_argument("--log", metavar="DIR", help="keep all messages there")
    parser.add_argument("--junit", metavar="FILE", help="write JUnit XML")
    parser.add_argument("--json", metavar="FILE", help="write JSON")
    return parser, parser.parse_args()


def show(cases):
    for case in cases:
        print(f"{case.id} ({case.section}) {case.title}{' [optional]' if case.optional else ''}\n    {case.rule}")
    print(f"{len(cases)} cases")


def main():
    parser, given = arguments()
    cases = [case for case in read_cases() if case.fits(given.section)]
    if not cases:
        parser.error(f"no case fits {', '.join(given.section)}")
    if given.list:
        return show(cases)
    if not given.config:
        parser.error("--config TARGET.toml says which server is meant")
    try:
        target = Target.read(given.config)
    except (OSError, ValueError) as error:
        parser.error(f"{given.config}: {error}")
    schemas = None if given.no_schema else Schemas.available()
    session = Session(target, read_scenes(), schemas, report.Log(given.log), given.strict)
    if not schemas:
        print("answers are not validated against the schemas", file=sys.stderr)
    results = []
    for case in cases:
        result = session.run(case)
        results.append(result)
        if result.outcome != "PASS" or not given.failures:
            print(report.line(result), flush=True)
    for path, write in ((given.junit, report.write_junit), (given.json, report.write_json)):
        if path:
            write(path, results)
    print(report.totals(results))
    return 1 if any(result.outcome == "FAIL" for result in results) else 0


if __name__ == "__main__":
    sys.exit(main())
