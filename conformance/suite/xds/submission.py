"""A submission out of the objects that a step lists: what the step leaves unsaid gets a valid value."""

import hashlib

from . import names, objects
from .values import fresh_oid, fresh_uuid

KINDS = ("entry", "folder", "link")
# What a source of limited metadata has to know (ITI TF-3: Table 4.3.1-3, XDR MS); `content` is the document.
LIMITED = {"entry": ("objectType", "mimeType", "uniqueId", "content"), "set": ("submissionTime", "sourceId", "uniqueId")}
# What nobody knows before content is made (ITI TF-3: Table 4.2.3.2-1).
NOT_ON_DEMAND = ("creationTime", "hash", "size")
# What an item says about itself rather than about its metadata.
WORDS = {*KINDS, "like", "without", "from", "to", "type", "uuid", "loose", "membership", "memberSlots", "previous", "document"}


class Submission:
    """The XML of the objects, the documents they come with, and what later steps may call them."""

    def __init__(self, step, transaction, values, domain):
        self.values, self.domain, self.transaction = values, domain, transaction
        self.symbolic = step.get("symbolic", False)
        self.numbers = 0
        self.xml, self.documents, self.named = [], [], {}
        self.patient = values["patient"]
        said = values.fill(step.get("set", {}))
        self.set = self.named[step.get("as", "set")] = self.object("set", said, self.set_defaults())
        if not said.get("absent"):
            self.add("set", said)
        for item in step.get(step["do"], []):
            self.item(item)

    def item(self, item):
        kind = next(kind for kind in KINDS if kind in item)
        # What the step has named is known from here on, so that objects can refer to those before them.
        scope = type(self.values)({**self.values, **self.named, "set": self.set})
        said = scope.fill(item)
        name = said.pop(kind)
        if kind == "link":
            return self.link(name, said, scope)
        earlier = scope.find(said["like"])["attributes"] if "like" in said else None
        defaults = earlier or (self.entry_defaults(name, said) if kind == "entry" else self.folder_defaults())
        made = self.named[name] = self.object(kind, said, {k: v for k, v in defaults.items() if k not in ("id", "lid")})
        if "previous" in said:
            made["attributes"].setdefault("lid", scope.find(said["like"])["lid"])
            made["lid"] = made["attributes"]["lid"]
        self.add(kind, said, made)
        if kind == "entry":
            self.document(made, said)
        if not said.get("loose"):
            made["member"] = self.member(made, self.membership_slots(kind, said))

    def object(self, kind, said, defaults):
        if said.get("limited"):
            defaults = {name: defaults[name] for name in LIMITED[kind]}
        attributes = {**defaults, **{key: value for key, value in said.items() if key not in WORDS and key != "absent"}}
        for name in said.get("without", []):
            attributes.pop(name, None)
        self.numbers += 1
        uuid = said.get("uuid") or (f"Object{self.numbers:02}" if self.symbolic else fresh_uuid())
        attributes["id"] = uuid
        made = {"kind": kind, "uuid": uuid, "lid": uuid, "attributes": attributes}
        made.update({key: attributes[key] for key in ("uniqueId", "hash", "size", "content", "patientId", "title") if key in attributes})
        return made

    def add(self, kind, said, made=None):
        self.xml.append(objects.write(kind, (made or self.set)["attributes"], said.get("type") != "none"))

    def link(self, kind, said, scope):
        source, target = (self.set["uuid"] if said[end] == "set" else scope.object_id(said[end]) for end in ("from", "to"))
        attributes = {"associationType": names.ASSOCIATION_TYPES.get(kind, kind), "sourceObject": source, "targetObject": target}
        made = self.object("link", said, attributes)
        self.named[said.get("name", f"link{self.numbers}")] = made
        made["attributes"].pop("name", None)
        self.xml.append(objects.write("link", made["attributes"]))
        of_set = source == self.set["uuid"]
        if kind == "HasMember" and not of_set and not said.get("loose") and self.transaction in ("iti41", "iti42", "iti61"):
            made["member"] = self.member(made, {})

    def member(self, made, slots):
        """The HasMember association from the SubmissionSet to an object; gives its entryUUID."""
        attributes = {"associationType": names.ASSOCIATION_TYPES["HasMember"], "sourceObject": self.set["uuid"], "targetObject": made["uuid"]}
        link = self.object("link", {"slots": slots}, attributes)
        self.xml.append(objects.write("link", link["attributes"]))
        return link["uuid"]

    def membership_slots(self, kind, said):
        status = said.get("membership", "Original" if kind == "entry" or "previous" in said else "")
        slots = {"SubmissionSetStatus": status} if status else {}
        if "previous" in said and said["previous"] != "":
            slots["PreviousVersion"] = str(said["previous"])
        return {**slots, **said.get("memberSlots", {})}

    def document(self, made, said):
        """The document of an entry; `document` names another id for it, or none at all."""
        document_id = said.get("document", made["uuid"])
        if document_id:
            self.documents.append((document_id, made["content"].encode(), made["attributes"].get("mimeType", "text/plain")))

    def set_defaults(self):
        return {
            "submissionTime": "20250317090000", "title": "Submission",
            "author": {"person": "^Exemple^Jeanne^^^Dr"}, "patientId": self.patient, "sourceId": self.domain["source_id"],
            "uniqueId": fresh_oid(self.domain["uid_root"]),
        } | self.values.fill({"contentTypeCode": "${code.contentTypeCode.0}"})

    def folder_defaults(self):
        codes = self.values.fill({"codeList": "${code.codeList.0}"})
        return {"title": "Folder", "patientId": self.patient, "uniqueId": fresh_oid(self.domain["uid_root"]), **codes}

    def entry_defaults(self, name, said):
        content = said.get("content", f"Content of {name}\n")
        facts = {"hash": hashlib.sha1(content.encode()).hexdigest(), "size": str(len(content.encode()))}
        codes = [code for code in names.CODES["entry"] if code != "eventCodeList"]
        defaults = {
            "objectType": names.STABLE, "mimeType": "text/plain", "creationTime": "20250317083000", "languageCode": "fr-LU",
            "sourcePatientId": self.patient, "title": name, "patientId": self.patient,
            "uniqueId": fresh_oid(self.domain["uid_root"]), "content": content, **facts,
            **self.values.fill({code: f"${{code.{code}.0}}" for code in codes}),
        }
        if self.transaction != "iti41":
            defaults["repositoryUniqueId"] = self.domain["repository_unique_id"]
        if self.transaction == "iti61":
            defaults["objectType"] = names.ON_DEMAND
            return {name: value for name, value in defaults.items() if name not in NOT_ON_DEMAND}
        return defaults
