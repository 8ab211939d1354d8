// The metadata of one submission, made with the classes that gSOAP generated from the served WSDL.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "soapH.h"

// What a submission says of its one document.
struct Submission {
    std::string patient_id;              // CX: id^^^&oid&ISO
    std::string mime_type;
    std::string time;                    // DTM, UTC, to the second
    std::string document_unique_id;      // OID
    std::string submission_unique_id;    // OID
};

// Objects live until the soap context ends, as everything gSOAP allocates.
class MetadataWriter {
  public:
    explicit MetadataWriter(soap *context) : context(context) {}

    _lcm__SubmitObjectsRequest *submission(const Submission &of);

    rim__SlotType1 *slot(const std::string &name, const std::vector<std::string> &values);

    static constexpr const char *DOCUMENT_ENTRY_ID = "Document01";

  private:
    rim__ExtrinsicObjectType *document_entry(const Submission &of);
    rim__RegistryPackageType *submission_set(const Submission &of);
    rim__AssociationType1 *membership();
    rim__InternationalStringType *text(const std::string &value);
    rim__ClassificationType *author(const std::string &scheme, const std::string &object);
    rim__ClassificationType *code(const std::string &scheme, const std::string &object, const std::string &code,
                                  const std::string &coding_scheme, const std::string &display);
    rim__ExternalIdentifierType *identifier(const std::string &scheme, const std::string &object,
                                            const std::string &name, const std::string &value);
    std::string symbolic_id() { return "part" + std::to_string(++parts); }
    std::string *owned(const std::string &value);

    soap *context;
    int parts = 0;
};
