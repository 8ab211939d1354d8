"""SOAP 1.2 messages, plain or in an MTOM package (ITI TF-2: V.3); `wire` of a step makes them differ from the rule."""

import base64
import uuid
from xml.sax.saxutils import escape

from . import names

ROOT = "root@suite.example"


class Message:
    """One request: what to send, and what its answer has to refer to."""

    def __init__(self, make_body, action, url, packaging, wire):
        self.action = wire.get("action", action)
        self.message_id = wire.get("messageId", f"urn:uuid:{uuid.uuid4()}")
        self.wire, self.url, self.parts = wire, url, []
        self.packaging = wire.get("packaging", packaging)
        self.body = wire["body"] if "body" in wire else make_body(self.embed)

    def embed(self, content, mime_type):
        """A document: beside the envelope in an MTOM package, else within it (both are MTOM-conformant: ITI TF-2: V.3)."""
        if self.packaging != "mtom" or self.wire.get("inline"):
            return base64.b64encode(content).decode()
        content_id = f"part{len(self.parts) + 1}@suite.example"
        self.parts.append((content_id, mime_type, content))
        return f'<xop:Include xmlns:xop="{names.XOP}" href="cid:{self.wire.get("dangling", content_id)}"/>'

    def envelope(self):
        understand = ' s:mustUnderstand="true"'
        header = f"<a:Action{understand}>{escape(self.action)}</a:Action>" if self.action else ""
        header += f"<a:MessageID>{self.message_id}</a:MessageID>" if self.message_id else ""
        reply_to = self.wire.get("replyTo", names.ANONYMOUS)
        header += f"<a:ReplyTo><a:Address>{reply_to}</a:Address></a:ReplyTo>" if reply_to else ""
        header += f"<a:To>{escape(self.url)}</a:To>" + self.wire.get("header", "")
        namespace = self.wire.get("soapNamespace", names.SOAP)
        envelope = (f'<s:Envelope xmlns:s="{namespace}" xmlns:a="{names.WSA}"><s:Header>{header}</s:Header>'
                    f"<s:Body>{self.body}</s:Body></s:Envelope>")
        return self.wire.get("prolog", '<?xml version="1.0" encoding="UTF-8"?>') + envelope

    def encoded(self):
        """Content type and bytes."""
        envelope = self.envelope().encode(self.wire.get("encoding", "utf-8"))
        action = self.wire.get("httpAction", "")
        parameter = f'; action="{action}"' if action else ""
        if self.packaging != "mtom":
            return self.wire.get("contentType", f"application/soap+xml; charset=UTF-8{parameter}"), envelope
        boundary = f"suite-{uuid.uuid4().hex}"
        root_type = f'application/xop+xml; charset=UTF-8; type="application/soap+xml{parameter}"'
        root = (ROOT, root_type, envelope)
        parts = [*self.parts, root] if self.wire.get("rootLast") else [root, *self.parts]
        start = self.wire.get("start", f"<{ROOT}>")
        start = f'; start="{start}"' if start else ""
        content_type = f'multipart/related; boundary="{boundary}"; type="application/xop+xml"{start}; start-info="application/soap+xml"{parameter}'
        body = b"".join(
            f"--{boundary}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\nContent-ID: <{content_id}>\r\n\r\n".encode()
            + content + b"\r\n"
            for content_id, kind, content in parts
        )
        end = b"" if self.wire.get("unfinished") else f"--{boundary}--\r\n".encode()
        return self.wire.get("contentType", content_type), body + end
