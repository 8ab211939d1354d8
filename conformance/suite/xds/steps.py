"""Carries out the steps of a case against a target."""

import concurrent.futures

from . import bodies, feed, names
from .answer import Answer
from .message import Message
from .transport import post

FEED = "feed"
PACKAGED = ("provide", "retrieve")


class Skipped(Exception):
    """The target has not what a case needs."""


def verb(step):
    """What a step does: its one key that is a transaction, or `feed`."""
    found = [do for do in (*names.TRANSACTIONS, FEED) if do in step]
    if len(found) != 1:
        raise ValueError(f"a step does one of {', '.join(names.TRANSACTIONS)} or feed, not {found}")
    return found[0]


class Runner:
    """Plays steps; keeps a log of all that went over the wire."""

    def __init__(self, target, log):
        self.target, self.log = target, log

    def play(self, step, values):
        """One step; gives the answers: of a transaction [Answer], of a feed [Acknowledgement], as many as it was sent `times`."""
        step = {**step, "do": verb(step)}
        if step["do"] == FEED:
            return [self.feed(step, values)]
        return self.transaction(step, values)

    def feed(self, step, values):
        if not self.target.feed["mllp"]:
            raise Skipped("needs feed.mllp")
        control_id, text = feed.message(step, values, self.target.feed)
        if "raw" in step:
            text = values.fill(step["raw"])
        self.log.write("request", "hl7", text.replace("\r", "\n").encode())
        answer = feed.send(self.target, text)
        answer.expected_control_id = control_id if "raw" not in step else None
        self.log.write("response", "hl7", answer.text.replace("\r", "\n").encode())
        return answer

    def transaction(self, step, values):
        transaction, action = names.TRANSACTIONS[step["do"]]
        url = self.target.endpoints.get(step.get("endpoint", transaction))
        if not url:
            raise Skipped(f"needs endpoints.{step.get('endpoint', transaction)}")
        make_body, named = bodies.build(step, values, self.target)
        packaging = "mtom" if step["do"] in PACKAGED else "plain"
        message = Message(make_body, action, url, packaging, values.fill(step.get("wire", {})))
        values.update(named)
        times = step.get("times", 1)
        if times == 1:
            return [self.exchange(message, url)]
        with concurrent.futures.ThreadPoolExecutor(times) as pool:
            return list(pool.map(lambda _: self.exchange(message, url), range(times)))

    def exchange(self, message, url):
        content_type, body = message.encoded()
        self.log.write("request", content_type, body)
        http = post(self.target, url, content_type, body, message.wire.get("method", "POST"))
        self.log.write("response", f"HTTP {http.status} {http.content_type}", http.body)
        try:
            answer = Answer(http)
        except Exception as error:  # Whatever the server sent instead of SOAP is a finding, not the end of the suite.
            raise ValueError(f"HTTP {http.status} with an answer that is no SOAP message ({type(error).__name__}: {error})") from error
        answer.request = message
        return answer
