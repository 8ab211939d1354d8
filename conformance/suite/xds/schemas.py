"""Validation of answers against the schemas of ebRS 3.0 and IHE, where lxml is installed."""

import xml.etree.ElementTree as ElementTree
from pathlib import Path

from . import names

FOLDER = Path(__file__).parents[3] / "profiles" / "ihe" / "schemas"
FILES = {names.QUERY: "query.xsd", names.RS: "rs.xsd", names.XDSB: "xdsb.xsd"}


class Schemas:
    """One schema for each namespace of an answer, read when first needed."""

    def __init__(self, lxml_etree, folder):
        self.etree, self.folder, self.read = lxml_etree, folder, {}

    @classmethod
    def available(cls, folder=FOLDER):
        """The schemas, or nothing where lxml or the files are missing."""
        try:
            from lxml import etree
        except ImportError:
            return None
        return cls(etree, folder) if folder.is_dir() else None

    def faults(self, payload):
        """What is wrong with the content of a body, at most three lines."""
        namespace = payload.tag[1:].split("}")[0]
        if namespace not in FILES:
            return []
        if namespace not in self.read:
            self.read[namespace] = self.etree.XMLSchema(file=str(self.folder / FILES[namespace]))
        schema = self.read[namespace]
        document = self.etree.fromstring(ElementTree.tostring(payload))
        for include in list(document.iter(f"{{{names.XOP}}}Include")):
            # The schema is that of the message before it was packaged.
            parent = include.getparent()
            parent.remove(include)
            parent.text = "AA=="
        if schema.validate(document):
            return []
        return [f"not valid by {FILES[namespace]}: {error.message}" for error in list(schema.error_log)[:3]]
