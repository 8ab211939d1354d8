// UUIDs of classification and identification schemes: ITI TF-3, Tables 4.2.5.2-1 ff.
#include "metadata.h"

namespace {
const char *const SUBMISSION_SET_ID = "SubmissionSet01";
const char *const AUTHOR_PERSON = "D05^Lambert^Sophie^^^^^^&2.999.442.2.1&ISO";
}  // namespace

std::string *MetadataWriter::owned(const std::string &value) {
    std::string *copy = soap_new_std__string(context);
    *copy = value;
    return copy;
}

rim__SlotType1 *MetadataWriter::slot(const std::string &name, const std::vector<std::string> &values) {
    auto *slot = soap_new_rim__SlotType1(context);
    slot->name = name;
    slot->ValueList = soap_new_rim__ValueListType(context);
    slot->ValueList->Value = values;
    return slot;
}

rim__InternationalStringType *MetadataWriter::text(const std::string &value) {
    auto *localized = soap_new_rim__LocalizedStringType(context);
    localized->xml__lang = owned("fr-LU");
    localized->value = value;
    auto *text = soap_new_rim__InternationalStringType(context);
    text->LocalizedString.push_back(localized);
    return text;
}

rim__ClassificationType *MetadataWriter::author(const std::string &scheme, const std::string &object) {
    auto *author = soap_new_rim__ClassificationType(context);
    author->id = symbolic_id();
    author->classificationScheme = owned(scheme);
    author->classifiedObject = object;
    author->nodeRepresentation = owned("");
    author->Slot.push_back(slot("authorPerson", {AUTHOR_PERSON}));
    author->Slot.push_back(slot("authorInstitution", {"Hôpital Fictif du Sud^^^^^^^^^2.999.442.2.3.1"}));
    return author;
}

rim__ClassificationType *MetadataWriter::code(const std::string &scheme, const std::string &object,
                                              const std::string &value, const std::string &coding_scheme,
                                              const std::string &display) {
    auto *code = soap_new_rim__ClassificationType(context);
    code->id = symbolic_id();
    code->classificationScheme = owned(scheme);
    code->classifiedObject = object;
    code->nodeRepresentation = owned(value);
    code->Slot.push_back(slot("codingScheme", {coding_scheme}));
    code->Name = text(display);
    return code;
}

rim__ExternalIdentifierType *MetadataWriter::identifier(const std::string &scheme, const std::string &object,
                                                        const std::string &name, const std::string &value) {
    auto *identifier = soap_new_rim__ExternalIdentifierType(context);
    identifier->id = symbolic_id();
    identifier->registryObject = object;
    identifier->identificationScheme = scheme;
    identifier->value = value;
    identifier->Name = text(name);
    return identifier;
}

rim__ExtrinsicObjectType *MetadataWriter::document_entry(const Submission &of) {
    const std::string id = DOCUMENT_ENTRY_ID;
    auto *entry = soap_new_rim__ExtrinsicObjectType(context);
    entry->id = id;
    entry->objectType = owned("urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1");
    entry->mimeType = of.mime_type;
    entry->Slot = {slot("creationTime", {of.time}), slot("languageCode", {"fr-LU"}),
                   slot("sourcePatientId", {of.patient_id})};
    entry->Name = text("Envoyé par un client gSOAP");
    entry->Classification = {
        author("urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d", id),
        code("urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", id, "compte-rendu", "2.999.442.1.2", "Compte rendu"),
        code("urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", id, "N", "2.16.840.1.113883.5.25", "normal"),
        code("urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d", id, "urn:ihe:iti:xds:2017:mimeTypeSufficient",
             "1.3.6.1.4.1.19376.1.2.3", "mimeType sufficient"),
        code("urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", id, "hopital", "2.999.442.1.4", "Hôpital"),
        code("urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", id, "773568002", "2.16.840.1.113883.6.96",
             "Emergency medicine"),
        code("urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", id, "11488-4", "2.16.840.1.113883.6.1",
             "Consult note"),
    };
    entry->ExternalIdentifier = {
        identifier("urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", id, "XDSDocumentEntry.patientId", of.patient_id),
        identifier("urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", id, "XDSDocumentEntry.uniqueId",
                   of.document_unique_id),
    };
    return entry;
}

rim__RegistryPackageType *MetadataWriter::submission_set(const Submission &of) {
    const std::string id = SUBMISSION_SET_ID;
    auto *set = soap_new_rim__RegistryPackageType(context);
    set->id = id;
    set->Slot = {slot("submissionTime", {of.time})};
    auto *kind = soap_new_rim__ClassificationType(context);
    kind->id = symbolic_id();
    kind->classifiedObject = id;
    kind->classificationNode = owned("urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd");
    set->Classification = {
        author("urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d", id),
        code("urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", id, "compte-rendu", "2.999.442.1.2", "Compte rendu"),
        kind,
    };
    set->ExternalIdentifier = {
        identifier("urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", id, "XDSSubmissionSet.patientId", of.patient_id),
        identifier("urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", id, "XDSSubmissionSet.uniqueId",
                   of.submission_unique_id),
        identifier("urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", id, "XDSSubmissionSet.sourceId",
                   "2.999.442.9.5.1"),
    };
    return set;
}

rim__AssociationType1 *MetadataWriter::membership() {
    auto *membership = soap_new_rim__AssociationType1(context);
    membership->id = symbolic_id();
    membership->associationType = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
    membership->sourceObject = SUBMISSION_SET_ID;
    membership->targetObject = DOCUMENT_ENTRY_ID;
    membership->Slot = {slot("SubmissionSetStatus", {"Original"})};
    return membership;
}

_lcm__SubmitObjectsRequest *MetadataWriter::submission(const Submission &of) {
    auto *list = soap_new_rim__RegistryObjectListType(context);
    auto &objects = list->__union_RegistryObjectListType;
    objects.resize(3);
    objects[0].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_ExtrinsicObject;
    objects[0].union_RegistryObjectListType.ExtrinsicObject = document_entry(of);
    objects[1].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_RegistryPackage;
    objects[1].union_RegistryObjectListType.RegistryPackage = submission_set(of);
    objects[2].__union_RegistryObjectListType = SOAP_UNION__rim__union_RegistryObjectListType_Association;
    objects[2].union_RegistryObjectListType.Association = membership();
    auto *request = soap_new__lcm__SubmitObjectsRequest(context);
    request->rim__RegistryObjectList = list;
    return request;
}
