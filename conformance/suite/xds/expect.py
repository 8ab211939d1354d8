"""Compares answers with what a case expects; every difference is one line."""

from . import names
from .answer import attributes_of, kind_of
from .objects import as_list

KINDS = {"entries": "entry", "folders": "folder", "sets": "set", "links": "link", "refs": "ref"}
WORDS = {*KINDS, "status", "error", "fault", "found", "values", "retrieved", "made", "mention", "ack", "winners", "any", "subcode", "warning"}


def differences(answers, expected, values, schemas):
    """Everything in which the answers to one step differ from what is expected; nothing said means success."""
    unknown = set(expected) - WORDS
    if unknown:
        raise ValueError(f"an expectation knows {', '.join(sorted(WORDS))}, not {', '.join(sorted(unknown))}")
    if "any" in expected:
        all_found = [differences(answers, one, values, schemas) for one in expected["any"]]
        return [] if [] in all_found else [" or ".join(found[0] for found in all_found)]
    if "winners" in expected:
        won = sum(answer.status == "Success" for answer in answers)
        return [] if won == expected["winners"] else [f"expected {expected['winners']} of {len(answers)} to succeed, got {won}"]
    found = []
    for answer in answers:
        if "ack" in expected or hasattr(answer, "control_id"):
            found += acknowledgement(answer, expected)
        else:
            found += soap(answer, expected, values) + binding(answer, schemas)
    return found


def acknowledgement(answer, expected):
    wanted = as_list(expected.get("ack", "AA"))
    found = [] if answer.code in wanted else [f"expected {' or '.join(wanted)}, got {answer.summary()}"]
    if answer.expected_control_id and answer.control_id != answer.expected_control_id:
        found.append(f"MSA-2 is {answer.control_id!r}, expected {answer.expected_control_id!r}")
    return found


def binding(answer, schemas):
    """What holds for every answer (ITI TF-2: V.3; WS-Addressing 1.0): its action, the message it is about, its schema."""
    found = []
    request = answer.request
    if request.message_id and not answer.fault and answer.relates_to != request.message_id:
        found.append(f"wsa:RelatesTo is {answer.relates_to!r}, expected {request.message_id!r} (V.3)")
    action = names.response_action(request.action)
    if not answer.fault and answer.action != action:
        found.append(f"wsa:Action is {answer.action!r}, expected {action!r}")
    if not answer.fault and answer.http.status != 200:
        found.append(f"HTTP status is {answer.http.status}, expected 200")
    if answer.status == "Success" and any(error["severity"].endswith(":Error") for error in answer.errors):
        found.append("Success comes with an error (ITI TF-3: 4.2.4)")
    if answer.status in ("Failure", "PartialSuccess") and not answer.errors:
        found.append(f"{answer.status} comes without a RegistryError (ITI TF-3: 4.2.4)")
    return found + (schemas.faults(answer.payload) if schemas and not answer.fault else [])


def soap(answer, expected, values):
    if "fault" in expected:
        return fault(answer, expected)
    status = expected.get("status", "Failure" if "error" in expected else "Success")
    if answer.fault or answer.status not in as_list(status):
        codes = f" with {' or '.join(as_list(expected['error']))}" if "error" in expected else ""
        return [f"expected {' or '.join(as_list(status))}{codes}, got {answer.summary()}"]
    found = []
    codes = [error["errorCode"] for error in answer.errors]
    for key in ("error", "warning"):
        if key in expected and not set(as_list(expected[key])) & set(codes):
            found.append(f"expected {' or '.join(as_list(expected[key]))}, got {answer.summary()}")
    if "mention" in expected:
        text = " ".join(error["codeContext"] + error["location"] for error in answer.errors)
        found += [f"no error mentions {word!r}: {text}" for word in as_list(values.fill(expected["mention"])) if word not in text]
    return found + objects(answer, expected, values) + documents(answer, expected, values) + made(answer, expected, values)


def fault(answer, expected):
    if not answer.fault:
        return [f"expected a SOAP fault, got {answer.summary()}"]
    wanted = as_list(expected["fault"])
    if wanted != [True] and answer.fault["code"] not in wanted:
        return [f"expected fault {' or '.join(wanted)}, got {answer.summary()}"]
    if "subcode" in expected and not set(as_list(expected["subcode"])) & set(answer.fault["subcodes"]):
        return [f"expected subcode {' or '.join(as_list(expected['subcode']))}, got {answer.summary()}"]
    return []


def objects(answer, expected, values):
    found = []
    for word, kind in KINDS.items():
        if word in expected and len(answer.of_kind(kind)) != expected[word]:
            found.append(f"expected {expected[word]} {word}, got {len(answer.of_kind(kind))}")
    if "found" in expected:
        labels = {}
        for name in values.fill(expected["found"]):
            labels[values.object_id(name)] = name
        got = {object_id for object_id, element in answer.objects.items() if kind_of(element) != "link"}
        missing = sorted(label for object_id, label in labels.items() if object_id not in got)
        extra = sorted(_label(object_id, values) for object_id in got - set(labels))
        found += [f"{name} is missing" for name in missing] + [f"{name} should not be there" for name in extra]
    for name, attributes in expected.get("values", {}).items():
        element = answer.objects.get(values.object_id(values.fill(name)))
        if element is None:
            found.append(f"{name} is missing")
            continue
        found += attribute_differences(name, attributes_of(element), values.fill(attributes))
    return found


def attribute_differences(name, got, wanted):
    found = []
    for attribute, value in wanted.items():
        have = got.get(attribute, [])
        if sorted(have) != sorted(_code(attribute, str(one)) for one in as_list(value)):
            found.append(f"{name}.{attribute} is {have}, expected {as_list(value)}")
    return found


def _code(attribute, value):
    """A code without its display name, as answers are compared."""
    is_code = any(attribute in codes for codes in names.CODES.values())
    return "^".join(value.split("^", 3)[:3]) if is_code else value


def _label(object_id, values):
    names_of = [name for name, value in values.items() if isinstance(value, dict) and value.get("uuid") == object_id]
    return names_of[0] if names_of else object_id


def documents(answer, expected, values):
    if "retrieved" not in expected:
        return []
    got, found = answer.documents(), []
    wanted = {values.find(name)["uniqueId"]: values.find(name) for name in expected["retrieved"]}
    for unique_id, entry in wanted.items():
        title = entry.get("title", unique_id)
        if unique_id not in got:
            found.append(f"the document {title} is missing")
        elif got[unique_id][0] != entry["content"].encode():
            found.append(f"the document {title} differs from what was submitted")
        elif got[unique_id][1] != entry["attributes"]["mimeType"]:
            found.append(f"mimeType is {got[unique_id][1]}, expected {entry['attributes']['mimeType']}")
    return found + [f"the document {unique_id} was not asked for" for unique_id in got if unique_id not in wanted]


def made(answer, expected, values):
    """Differences from the on-demand entries whose content is given: under an id of its own (ITI TF-2: 3.43.4.2.2)."""
    found = []
    for name in expected.get("made", []):
        entry = values.find(name)
        content, mime_type = answer.documents().get(entry["uniqueId"], (None, ""))
        new_id = answer.new_id(entry["uniqueId"])
        if not content:
            found.append(f"the content of {name} is missing")
        elif mime_type != entry["attributes"]["mimeType"]:
            found.append(f"mimeType is {mime_type}, expected {entry['attributes']['mimeType']}")
        if new_id in ("", entry["uniqueId"]):
            found.append(f"NewDocumentUniqueId of {name} is {new_id!r}, expected an id of the content")
    return found
