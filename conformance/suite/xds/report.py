"""What a run says: lines, JUnit XML, JSON, and a folder with all messages."""

import json
import threading
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr


class Log:
    """Keeps requests and responses of each case in a folder of its own, or nothing where no folder is wanted."""

    def __init__(self, folder):
        self.folder = Path(folder) if folder else None
        self.case, self.number, self.lock = "", 0, threading.Lock()

    def begin(self, case):
        self.case, self.number = case, 0

    def write(self, kind, head, body):
        """One message: its content type, an empty line, its bytes."""
        if not self.folder:
            return
        with self.lock:
            self.number += kind == "request"
            path = self.folder / self.case / f"{self.number:02}.{kind}.txt"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(head.encode() + b"\n\n" + body)


def line(result):
    """One line a case."""
    case = result.case
    text = f"{result.outcome} {case.id} ({case.section}) {case.title}"
    return f"{text}: {result.reason}" if result.reason else text


def totals(results):
    count = {outcome: sum(result.outcome == outcome for result in results) for outcome in ("PASS", "FAIL", "SKIP")}
    return f"{count['PASS']} passed, {count['FAIL']} failed, {count['SKIP']} skipped"


def write_json(path, results):
    rows = [
        {"id": r.case.id, "section": r.case.section, "title": r.case.title, "rule": r.case.rule, "outcome": r.outcome,
         "reason": r.reason, "seconds": round(r.seconds, 3)}
        for r in results
    ]
    Path(path).write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def write_junit(path, results):
    tests = "".join(_junit_case(result) for result in results)
    failed = sum(result.outcome == "FAIL" for result in results)
    skipped = sum(result.outcome == "SKIP" for result in results)
    head = f'<testsuite name="conformance" tests="{len(results)}" failures="{failed}" skipped="{skipped}">'
    Path(path).write_text(f'<?xml version="1.0" encoding="UTF-8"?>\n{head}{tests}</testsuite>\n', encoding="utf-8")


def _junit_case(result):
    names = f"classname={quoteattr(result.case.folder)} name={quoteattr(result.case.id + ' ' + result.case.title)}"
    tag = {"FAIL": "failure", "SKIP": "skipped"}.get(result.outcome)
    inner = f"<{tag} message={quoteattr(result.reason)}>{escape(result.case.rule)}</{tag}>" if tag else ""
    return f'<testcase {names} time="{result.seconds:.3f}">{inner}</testcase>\n'
