#!/usr/bin/env python3
"""Checks conformance/coverage.md: everything that it names as evidence exists, and what is done has evidence.

Evidence is one of: `suite iti18/find-documents` (cases whose id starts so), `kit 11897` (a test of nist-tests.txt),
`test name_of_a_test` (a Rust test). Each is written in backticks in the last column.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from xds.cases import read_cases  # noqa: E402

CONFORMANCE = Path(__file__).parent.parent
STATES = ("done", "in progress", "not yet")


def rust_tests():
    """The names of the project's Rust tests; those of `on_both_databases!` run on SQLite and on PostgreSQL."""
    tests = set()
    for path in (path for folder in ("src", "tests") for path in (CONFORMANCE.parent / folder).rglob("*.rs")):
        text = path.read_text(encoding="utf-8")
        tests.update(re.findall(r"#\[test\]\s*(?:#\[[^\n]*\]\s*)*fn (\w+)", text))
        for listed in re.findall(r"\bon_both_databases!\(([^)]*)\)", text):
            tests.update(re.findall(r"\w+", listed))
    return tests


def rows(text):
    """The rows of the tables whose last columns are State and Evidence: line number, state, evidence."""
    for number, line in enumerate(text.splitlines(), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        if line.startswith("|") and len(cells) == 5 and cells[3] != "State" and not set(cells[3]) <= set("-: "):
            yield number, cells[3], re.findall(r"`([^`]+)`", cells[4])


def faults(text, cases, kit, tests):
    """What is wrong, one line each; cases that no row names are wrong too."""
    named = set()
    for number, state, evidence in rows(text):
        if state not in STATES:
            yield f"line {number}: the state {state!r} is none of {', '.join(STATES)}"
        if state == "done" and not evidence:
            yield f"line {number}: done without evidence"
        for item in evidence:
            kind, _, name = item.partition(" ")
            found = {
                "suite": [case for case in cases if case.startswith(name)],
                "kit": [test for test in kit if test == name],
                "test": [test for test in tests if test == name],
            }.get(kind, [])
            named.update(found if kind == "suite" else [])
            if not found:
                yield f"line {number}: there is no {item!r}"
    yield from (f"the case {case} is evidence of no row" for case in sorted(set(cases) - named))


def main():
    cases = [case.id for case in read_cases()]
    kit = (CONFORMANCE / "nist-tests.txt").read_text(encoding="utf-8").split()
    text = (CONFORMANCE / "coverage.md").read_text(encoding="utf-8")
    found = list(faults(text, cases, kit, rust_tests()))
    for fault in found:
        print(f"conformance/coverage.md: {fault}")
    print(f"{len(list(rows(text)))} rows, {len(cases)} cases, {len(kit)} tests of the kit: " + (f"{len(found)} faults" if found else "all evidence is there"))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
