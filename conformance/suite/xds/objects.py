"""Metadata objects as XML (ITI TF-3: 4.2), from plain attribute tables. Whatever a table says is written, right or wrong."""

from itertools import count
from xml.sax.saxutils import escape, quoteattr

from . import names

ELEMENTS = {"entry": "ExtrinsicObject", "set": "RegistryPackage", "folder": "RegistryPackage", "link": "Association"}
XML_ATTRIBUTES = ("lid", "home", "objectType", "status", "mimeType", "associationType", "sourceObject", "targetObject")
NOT_SLOTS = XML_ATTRIBUTES + ("id", "title", "comments", "author", "slots", "content", "limited")
AUTHOR_SLOTS = {
    "person": "authorPerson", "institution": "authorInstitution", "role": "authorRole",
    "specialty": "authorSpecialty", "telecommunication": "authorTelecommunication",
}


def as_list(value):
    return value if isinstance(value, list) else [value]


def write(kind, attributes, node=True):
    """The XML of an object. Attributes are texts, or lists where they have several values; codes are `code^^scheme^name`."""
    return _Writer(kind, attributes["id"]).object(attributes, node)


def slot(name, values):
    inner = "".join(f"<rim:Value>{escape(str(value))}</rim:Value>" for value in as_list(values))
    return f"<rim:Slot name={quoteattr(name)}><rim:ValueList>{inner}</rim:ValueList></rim:Slot>"


def _text(element, value):
    return f"<rim:{element}><rim:LocalizedString value={quoteattr(value)}/></rim:{element}>"


class _Writer:
    """Writes one object; its parts have ids of their own."""

    def __init__(self, kind, object_id):
        self.kind, self.id, self.numbers = kind, object_id, count(1)

    def object(self, attributes, node):
        element = ELEMENTS[self.kind]
        head = "".join(f" {name}={quoteattr(str(attributes[name]))}" for name in XML_ATTRIBUTES if name in attributes)
        parts = [*self.slots(attributes)]
        parts += [_text("Name", attributes["title"])] if attributes.get("title") else []
        parts += [_text("Description", attributes["comments"])] if attributes.get("comments") else []
        parts += [self.author(author) for author in as_list(attributes.get("author", []))]
        for name, scheme in names.CODES[self.kind].items():
            parts += [self.code(scheme, value) for value in as_list(attributes.get(name, []))]
        if node and self.kind in names.NODES:
            parts.append(self.classification(f" classificationNode=\"{names.NODES[self.kind]}\""))
        if attributes.get("limited"):
            parts.append(self.classification(f" classificationNode=\"{names.LIMITED[self.kind]}\""))
        for name, scheme in names.IDENTIFIERS[self.kind].items():
            parts += [self.identifier(name, scheme, value) for value in as_list(attributes.get(name, []))]
        return f"<rim:{element} id={quoteattr(self.id)}{head}>{''.join(parts)}</rim:{element}>"

    def slots(self, attributes):
        known = {*NOT_SLOTS, *names.CODES[self.kind], *names.IDENTIFIERS[self.kind]}
        for name, values in attributes.items():
            if name not in known:
                yield slot(names.REFERENCE_IDS if name == "referenceIdList" else name, values)
        for name, values in attributes.get("slots", {}).items():
            yield slot(name, values)

    def part_id(self):
        return f"part{next(self.numbers)}-{self.id.replace(':', '-')}"

    def classification(self, attributes, content=""):
        return (f"<rim:Classification id=\"{self.part_id()}\" classifiedObject={quoteattr(self.id)}{attributes}>"
                f"{content}</rim:Classification>")

    def author(self, author):
        content = "".join(slot(AUTHOR_SLOTS[name], values) for name, values in author.items())
        return self.classification(f" classificationScheme=\"{names.AUTHORS[self.kind]}\" nodeRepresentation=\"\"", content)

    def code(self, scheme, value):
        """`code^^scheme^display name`; without a display name the code is its own; an empty part is left out."""
        parts = value.split("^", 3)
        code, coding_scheme = parts[0], parts[2] if len(parts) > 2 else ""
        display = parts[3] if len(parts) > 3 else code
        content = slot("codingScheme", coding_scheme) if coding_scheme else ""
        content += _text("Name", display) if display else ""
        return self.classification(f" classificationScheme=\"{scheme}\" nodeRepresentation={quoteattr(code)}", content)

    def identifier(self, name, scheme, value):
        label = _text("Name", f"{names.OBJECT_NAMES[self.kind]}.{name}")
        return (f"<rim:ExternalIdentifier id=\"{self.part_id()}\" registryObject={quoteattr(self.id)} "
                f"identificationScheme=\"{scheme}\" value={quoteattr(value)}>{label}</rim:ExternalIdentifier>")
