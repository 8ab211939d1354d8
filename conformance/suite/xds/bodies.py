"""The bodies of requests."""

from xml.sax.saxutils import escape, quoteattr

from . import names
from .objects import as_list, slot
from .submission import Submission


def submit_objects(submission):
    content = "".join(submission.xml)
    return (f'<lcm:SubmitObjectsRequest xmlns:lcm="{names.LCM}" xmlns:rim="{names.RIM}">'
            f"<rim:RegistryObjectList>{content}</rim:RegistryObjectList></lcm:SubmitObjectsRequest>")


def provide_and_register(submission, embed):
    """`embed` turns the bytes of a document into the content of its element."""
    documents = "".join(
        f"<xds:Document id={quoteattr(document_id)}>{embed(content, mime_type)}</xds:Document>"
        for document_id, content, mime_type in submission.documents
    )
    inner = submit_objects(submission)
    root = "ProvideAndRegisterDocumentSetRequest"
    return f'<xds:{root} xmlns:xds="{names.XDSB}">{inner}{documents}</xds:{root}>'


def query(step, values):
    """A stored query; a parameter that is a list of lists occurs once for each of the inner lists."""
    name = step.get("query") or step["multiPatientQuery"]
    parameters = {**names.QUERY_DEFAULTS.get(name, {}), **step.get("with", {})}
    for dropped in step.get("drop", []):
        parameters.pop(dropped, None)
    slots = []
    for parameter, given in values.fill(parameters).items():
        occurrences = given if isinstance(given, list) and given and isinstance(given[0], list) else [given]
        slots += [slot(parameter, as_list(occurrence)) for occurrence in occurrences]
    return_type = step.get("return", "LeafClass")
    option = f'<query:ResponseOption returnComposedObjects="true" returnType="{return_type}"/>' if return_type else ""
    home = f' home="{values.fill(step["home"])}"' if "home" in step else ""
    return (f'<query:AdhocQueryRequest xmlns:query="{names.QUERY}" xmlns:rim="{names.RIM}">{option}'
            f'<rim:AdhocQuery id="{names.QUERIES.get(name, name)}"{home}>{"".join(slots)}</rim:AdhocQuery></query:AdhocQueryRequest>')


def document_requests(step, values, domain):
    """ITI-43 and ITI-86: each item is the name of an entry, or a table of ids."""
    root, prefix, namespace = {
        "retrieve": ("RetrieveDocumentSetRequest", "xds", names.XDSB),
        "removeDocuments": ("RemoveDocumentsRequest", "rmd", names.RMD),
    }[step["do"]]
    requests = []
    for item in values.fill(step[step["do"]]):
        said = item if isinstance(item, dict) else {"unique": values.find(item)["uniqueId"]}
        ids = {"HomeCommunityId": said.get("home", ""), "RepositoryUniqueId": said.get("repository", domain["repository_unique_id"]),
               "DocumentUniqueId": said.get("unique", "")}
        inner = "".join(f"<xds:{name}>{escape(value)}</xds:{name}>" for name, value in ids.items() if value)
        requests.append(f"<xds:DocumentRequest>{inner}</xds:DocumentRequest>")
    declared = f'xmlns:{prefix}="{namespace}"' + ("" if prefix == "xds" else f' xmlns:xds="{names.XDSB}"')
    return f"<{prefix}:{root} {declared}>{''.join(requests)}</{prefix}:{root}>"


def remove_objects(step, values):
    ids = [values.object_id(name) for name in values.fill(step["remove"])]
    references = "".join(f"<rim:ObjectRef id={quoteattr(object_id)}/>" for object_id in ids)
    extra = step.get("requestAttributes", "")
    return (f'<lcm:RemoveObjectsRequest xmlns:lcm="{names.LCM}" xmlns:rim="{names.RIM}"{extra}>'
            f"<rim:ObjectRefList>{references}</rim:ObjectRefList></lcm:RemoveObjectsRequest>")


def build(step, values, target):
    """The request of a step: a function that makes the body with a way to embed documents, and the objects it names."""
    do = step["do"]
    if do in ("query", "multiPatientQuery"):
        return lambda embed: query(step, values), {}
    if do in ("retrieve", "removeDocuments"):
        return lambda embed: document_requests(step, values, target.domain), {}
    if do == "remove":
        return lambda embed: remove_objects(step, values), {}
    submission = Submission(step, names.TRANSACTIONS[do][0], values, target.domain)
    if do == "provide":
        return lambda embed: provide_and_register(submission, embed), submission.named
    return lambda embed: submit_objects(submission), submission.named
