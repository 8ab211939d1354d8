"""Patient identity messages over MLLP (ITI TF-2: 3.8, 3.64; C.2)."""

import itertools
import os
import socket
import time

from .values import Values

START, END = b"\x0b", b"\x1c\r"
STRUCTURES = {"A01": "ADT_A01", "A04": "ADT_A01", "A05": "ADT_A05", "A08": "ADT_A01", "A28": "ADT_A05", "A31": "ADT_A05",
              "A40": "ADT_A39", "A43": "ADT_A43"}
NUMBERS = itertools.count(1)


class Acknowledgement:
    """What MSA and ERR say."""

    def __init__(self, text):
        self.text = text
        segments = [segment.split("|") for segment in text.split("\r") if segment]
        self.segments = {fields[0]: fields for fields in segments}
        msa = self.segments.get("MSA", ["MSA", "", ""])
        self.code, self.control_id = msa[1], msa[2] if len(msa) > 2 else ""

    def summary(self):
        errors = [segment for segment in self.text.split("\r") if segment.startswith("ERR")]
        return f"acknowledged {self.code or 'nothing'}" + (f": {errors[0]}" if errors else "")


def message(step, values, feed):
    """The message of a step: `feed` is the event; `pid` and `mrg` hold identifiers; `segments` replaces all after EVN."""
    said = values.fill(step)
    event, version = said["feed"], said.get("version", feed["version"])
    control_id = said.get("controlId", f"SUITE{os.getpid()}-{next(NUMBERS)}")
    structure = f"^{STRUCTURES[event]}" if event in STRUCTURES and version != "2.3.1" else ""
    now = time.strftime("%Y%m%d%H%M%S", time.gmtime())
    head = ["MSH", "^~\\&", feed["sending_application"], feed["sending_facility"], feed["receiving_application"], feed["receiving_facility"],
            now, "", said.get("messageType", f"ADT^{event}{structure}"), control_id, "P", version]
    segments = ["|".join(head), f"EVN|{event}|{now}"]
    if "segments" in said:
        segments += said["segments"]
    else:
        name = said.get("name", "Exemple^Jeanne")
        pid = "~".join(said.get("pid", [values["patient"]]))
        segments.append(f"PID|||{pid}||{name}||{said.get('born', '19901224')}|{said.get('sex', 'F')}")
        segments.append(f"MRG|{'~'.join(said['mrg'])}" if "mrg" in said else "PV1||O")
    return control_id, "\r".join(segments) + "\r"


def send(target, text):
    """Sends a message; gives its acknowledgement. Raises OSError if there is none."""
    host, port = target.feed["mllp"].rsplit(":", 1)
    with socket.create_connection((host, int(port)), timeout=target.timeout) as plain:
        connection = target.tls_context().wrap_socket(plain, server_hostname=host) if target.feed["tls"] else plain
        connection.sendall(START + text.encode("utf-8") + END)
        received = b""
        while END not in received:
            more = connection.recv(65536)
            if not more:
                raise OSError("the connection was closed before an acknowledgement was complete")
            received += more
        if connection is not plain:
            connection.close()
    return Acknowledgement(received.split(END)[0].lstrip(START).decode("utf-8", "replace"))


def announce(target, identifier):
    """Makes a patient known. Raises OSError if the server does not take it."""
    _, text = message({"feed": "A01", "pid": [identifier]}, Values(patient=identifier), target.feed)
    answer = send(target, text)
    if answer.code != "AA":
        raise OSError(f"the patient {identifier} was not taken: {answer.text!r}")
