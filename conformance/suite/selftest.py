#!/usr/bin/env python3
"""Tests the suite itself: servers that always say the same thing must fail nearly every case.

A server that answers Success with nothing to everything passes only what a good server may answer with Success and nothing;
one that refuses everything passes only what has to be refused, and cannot tell those refusals apart by their codes.
"""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree

sys.path.insert(0, str(Path(__file__).parent))

from xds import names, report  # noqa: E402
from xds.cases import read_cases, read_scenes  # noqa: E402
from xds.play import Session  # noqa: E402
from xds.schemas import Schemas  # noqa: E402
from xds.target import Target  # noqa: E402

FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure"
SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success"
ERRORS = (f'<rs:RegistryErrorList><rs:RegistryError errorCode="XDSNoSuchError" codeContext="no" location="" '
          f'severity="urn:oasis:names:tc:ebxml-regrep:ErrorSeverityType:Error"/></rs:RegistryErrorList>')


def handler(status, errors):
    class Handler(BaseHTTPRequestHandler):
        """Answers every request with the same status."""

        protocol_version = "HTTP/1.1"

        def do_POST(self):
            request = self.rfile.read(int(self.headers["Content-Length"]))
            start, end = request.find(b"<s:Envelope"), request.find(b"</s:Envelope>")
            action = relates_to = ""
            try:
                envelope = ElementTree.fromstring(request[start:end + len(b"</s:Envelope>")])
                action = envelope.findtext(f".//{{{names.WSA}}}Action", "")
                relates_to = envelope.findtext(f".//{{{names.WSA}}}MessageID", "")
            except ElementTree.ParseError:
                pass
            self.answer(action, relates_to)

        def answer(self, action, relates_to):
            response = f'<rs:RegistryResponse xmlns:rs="{names.RS}" status="{status}">{errors}</rs:RegistryResponse>'
            if "StoredQuery" in action:
                response = (f'<q:AdhocQueryResponse xmlns:q="{names.QUERY}" xmlns:rs="{names.RS}" status="{status}">{errors}'
                            f'<RegistryObjectList xmlns="{names.RIM}"/></q:AdhocQueryResponse>')
            body = (f'<s:Envelope xmlns:s="{names.SOAP}" xmlns:a="{names.WSA}"><s:Header><a:Action>{names.response_action(action)}</a:Action>'
                    f"<a:RelatesTo>{relates_to}</a:RelatesTo></s:Header><s:Body>{response}</s:Body></s:Envelope>").encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/soap+xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    return Handler


def passing(status, errors):
    """The ids of the cases that such a server passes."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler(status, errors))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    url = f"http://127.0.0.1:{server.server_port}/"
    transactions = [transaction for transaction, _ in names.TRANSACTIONS.values()]
    pool = [f"P{number}^^^&1.3.6.1.4.1.21367.13.20.1000&ISO" for number in range(3000)]
    target = Target({"endpoints": dict.fromkeys([*transactions, "xdr"], url), "feed": {"pool": pool}}, Path("."))
    session = Session(target, read_scenes(), Schemas.available(), report.Log(None), strict=True)
    results = [session.run(case) for case in read_cases() if case.folder not in ("iti8", "iti64")]
    server.shutdown()
    return {result.case.id for result in results if result.outcome == "PASS"}, len(results)


def main():
    yes, total = passing(SUCCESS, "")
    no, _ = passing(FAILURE, ERRORS)
    print(f"of {total} cases, a server that always says Success passes {len(yes)}, one that always says Failure {len(no)}")
    for case in sorted(yes & no):
        print(f"{case}: passes whatever the server says")
    if len(yes) > total // 6 or len(no) > total // 6:
        print("too many: cases have to tell such servers from good ones")
        return 1
    return 1 if yes & no else 0


if __name__ == "__main__":
    if "--show" in sys.argv:
        print("\n".join(sorted(passing(SUCCESS, "")[0])), "\n--\n", "\n".join(sorted(passing(FAILURE, ERRORS)[0])))
    sys.exit(main())
