"""What a server answered, taken apart."""

import base64
import email.parser
import email.policy
import xml.etree.ElementTree as ElementTree

from . import names

NAMES = {"s": names.SOAP, "a": names.WSA, "rs": names.RS, "rim": names.RIM, "xds": names.XDSB, "xop": names.XOP}


class Answer:
    """A SOAP answer: status, errors, fault, objects and documents."""

    def __init__(self, http):
        self.http = http
        self.parts = {}
        self.envelope = ElementTree.fromstring(self._root(http))
        self.action = (self.envelope.findtext("s:Header/a:Action", "", NAMES) or "").strip()
        self.relates_to = (self.envelope.findtext("s:Header/a:RelatesTo", "", NAMES) or "").strip()
        body = self.envelope.find("s:Body", NAMES)
        self.payload = body[0] if body is not None and len(body) else None
        self.fault = self._fault()
        response = self._response()
        self.status = names.RESPONSE_STATUS.get(response.get("status"), response.get("status")) if response is not None else None
        errors = self.envelope.iter(f"{{{names.RS}}}RegistryError")
        self.errors = [{key: error.get(key, "") for key in ("errorCode", "severity", "codeContext", "location")} for error in errors]
        self.objects = {element.get("id"): element for element in self._objects()}

    def _root(self, http):
        """The envelope; the other parts of a package are kept by Content-ID."""
        if not http.content_type.lower().startswith("multipart/related"):
            return http.body
        head = f"Content-Type: {http.content_type}\r\nMIME-Version: 1.0\r\n\r\n".encode()
        package = email.parser.BytesParser(policy=email.policy.HTTP).parsebytes(head + http.body)
        parts = list(package.iter_parts())
        by_id = {str(part["Content-ID"] or "").strip("<> "): part for part in parts}
        start = package.get_param("start")
        root = by_id.get(str(start).strip("<> ")) if start else parts[0]
        self.parts = {content_id: part.get_payload(decode=True) for content_id, part in by_id.items() if part is not root}
        return root.get_payload(decode=True)

    def _response(self):
        for element in self.envelope.iter():
            if element.get("status") and element.tag.endswith("Response") and element.tag.startswith(("{" + names.RS, "{" + names.QUERY)):
                return element
        return None

    def _fault(self):
        if self.payload is None or self.payload.tag != f"{{{names.SOAP}}}Fault":
            return None
        local = lambda path: [(code.text or "").split(":")[-1].strip() for code in self.payload.findall(path, NAMES)]
        reason = self.payload.findtext("s:Reason/s:Text", "", NAMES)
        return {"code": local("s:Code/s:Value")[0], "subcodes": local(".//s:Subcode/s:Value"), "reason": reason}

    def _objects(self):
        lists = self.envelope.iter(f"{{{names.RIM}}}RegistryObjectList")
        return [element for found in lists for element in found]

    def of_kind(self, kind):
        """The objects of one kind: entry, set, folder, link, ref."""
        return [element for element in self.objects.values() if kind_of(element) == kind]

    def _document_responses(self):
        return self.envelope.iter(f"{{{names.XDSB}}}DocumentResponse")

    def new_id(self, unique_id):
        """NewDocumentUniqueId that came with a DocumentUniqueId, or nothing."""
        for response in self._document_responses():
            if response.findtext("xds:DocumentUniqueId", "", NAMES).strip() == unique_id:
                return response.findtext("xds:NewDocumentUniqueId", "", NAMES).strip()
        return ""

    def documents(self):
        """Retrieved documents by DocumentUniqueId: bytes and mimeType."""
        found = {}
        for response in self._document_responses():
            unique_id = response.findtext("xds:DocumentUniqueId", "", NAMES).strip()
            document = response.find("xds:Document", NAMES)
            include = document.find("xop:Include", NAMES)
            content = base64.b64decode(document.text or "") if include is None else self.parts.get(include.get("href", "")[4:])
            found[unique_id] = (content, response.findtext("xds:mimeType", "", NAMES).strip())
        return found

    def summary(self):
        """One line for a report."""
        if self.fault:
            subcodes = "".join(f"/{code}" for code in self.fault["subcodes"])
            return f"HTTP {self.http.status}, fault {self.fault['code']}{subcodes}: {self.fault['reason']}"
        errors = "; ".join(f"{error['errorCode']} ({error['codeContext']})" for error in self.errors[:3])
        return f"{self.status}" + (f": {errors}" if errors else "")


def kind_of(element):
    """What an element of a RegistryObjectList is: entry, set, folder, link or ref."""
    local = element.tag.split("}")[1]
    if local == "RegistryPackage":
        nodes = [c.get("classificationNode") for c in element.iterfind("rim:Classification", NAMES)]
        return "folder" if names.NODES["folder"] in nodes else "set"
    return {"ExtrinsicObject": "entry", "Association": "link", "ObjectRef": "ref"}.get(local, local)


def attributes_of(element):
    """The attributes of a returned object under the names of the standard, each a list of texts; codes are `code^^scheme`."""
    kind = kind_of(element)
    found = {name: [value] for name, value in element.attrib.items()}
    found["availabilityStatus"] = [element.get("status", "").split(":")[-1]]
    for slot in element.iterfind("rim:Slot", NAMES):
        name = "referenceIdList" if slot.get("name") == names.REFERENCE_IDS else slot.get("name")
        found[name] = [(value.text or "") for value in slot.iter(f"{{{names.RIM}}}Value")]
    for name, path in (("title", "rim:Name"), ("comments", "rim:Description")):
        texts = element.iterfind(f"{path}/rim:LocalizedString", NAMES)
        found[name] = [text.get("value") for text in texts]
    version = element.find("rim:VersionInfo", NAMES)
    found["version"] = [version.get("versionName")] if version is not None else []
    schemes = {scheme: name for name, scheme in names.CODES.get(kind, {}).items()}
    for classification in element.iterfind("rim:Classification", NAMES):
        _classification(classification, schemes, found)
    schemes = {scheme: name for name, scheme in names.IDENTIFIERS.get(kind, {}).items()}
    for identifier in element.iterfind("rim:ExternalIdentifier", NAMES):
        found[schemes.get(identifier.get("identificationScheme"), "other")] = [identifier.get("value")]
    return found


def _classification(classification, schemes, found):
    scheme = classification.get("classificationScheme")
    if scheme in schemes:
        coding_scheme = classification.findtext("rim:Slot/rim:ValueList/rim:Value", "", NAMES)
        found.setdefault(schemes[scheme], []).append(f"{classification.get('nodeRepresentation')}^^{coding_scheme}")
    elif scheme in names.AUTHORS.values():
        for slot in classification.iterfind("rim:Slot", NAMES):
            values = [(value.text or "") for value in slot.iter(f"{{{names.RIM}}}Value")]
            found.setdefault(slot.get("name"), []).extend(values)
