// Submits one document with MTOM (ITI-41), finds it (ITI-18), retrieves it (ITI-43) and compares the bytes.
//
//     client BASE_URL PATIENT_ID FILE MIME_TYPE
//
// One line per step, PASS or FAIL. Exit code 0: all passed; 1: a step failed; 2: wrong use.
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fstream>
#include <iostream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

#include "DocumentRegistry_USCOREBinding_USCORESoap12.nsmap"
#include "metadata.h"
#include "soapDocumentRegistry_USCOREBinding_USCORESoap12Proxy.h"
#include "wsaapi.h"

namespace {

const char *const SUCCESS = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Success";
const char *const FAILURE = "urn:oasis:names:tc:ebxml-regrep:ResponseStatusType:Failure";
const char *const UNIQUE_ID_SCHEME = "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab";

using Proxy = DocumentRegistry_USCOREBinding_USCORESoap12Proxy;
using RetrieveResponse = xds__RetrieveDocumentSetResponseType;

// What the registry told of a document.
struct Found {
    std::string repository_unique_id;
    std::string size;
};

void require(bool condition, const std::string &otherwise) {
    if (!condition) throw std::runtime_error(otherwise);
}

std::string errors_of(const rs__RegistryResponseType &response) {
    std::string text = "status " + response.status;
    if (response.RegistryErrorList)
        for (const auto *error : response.RegistryErrorList->RegistryError)
            text += "; " + error->errorCode + ": " + error->codeContext;
    return text;
}

std::string slot_value(const rim__IdentifiableType &object, const std::string &name) {
    for (const auto *slot : object.Slot)
        if (slot->name == name && slot->ValueList && !slot->ValueList->Value.empty())
            return slot->ValueList->Value.front();
    return "";
}

std::string unique_id(const rim__ExtrinsicObjectType &entry) {
    for (const auto *identifier : entry.ExternalIdentifier)
        if (identifier->identificationScheme == UNIQUE_ID_SCHEME) return identifier->value;
    return "";
}

class Client {
  public:
    explicit Client(const std::string &base) : base(base), proxy(SOAP_ENC_MTOM | SOAP_C_UTFSTRING) {
        soap_register_plugin(proxy.soap, soap_wsa);
        proxy.soap->connect_timeout = proxy.soap->send_timeout = proxy.soap->recv_timeout = 30;
    }

    void submit(const Submission &submission, std::string &bytes) {
        address("/xds/repository", "urn:ihe:iti:2007:ProvideAndRegisterDocumentSet-b");
        auto *request = soap_new_xds__ProvideAndRegisterDocumentSetRequestType(proxy.soap);
        request->lcm__SubmitObjectsRequest = MetadataWriter(proxy.soap).submission(submission);
        request->Document.resize(1);
        auto &document = request->Document.front();
        document.id = MetadataWriter::DOCUMENT_ENTRY_ID;
        document.__item.__ptr = reinterpret_cast<unsigned char *>(&bytes[0]);
        document.__item.__size = static_cast<int>(bytes.size());
        // A media type is what makes gSOAP send the bytes as a part of their own.
        document.__item.type = soap_strdup(proxy.soap, submission.mime_type.c_str());
        rs__RegistryResponseType response;
        finish(proxy.DocumentRepository_USCOREProvideAndRegisterDocumentSet_b(url.c_str(), action, request, response));
        require(response.status == SUCCESS, errors_of(response));
    }

    Found find(const Submission &submission) {
        address("/xds/registry", "urn:ihe:iti:2007:RegistryStoredQuery");
        MetadataWriter writer(proxy.soap);
        auto *request = soap_new__query__AdhocQueryRequest(proxy.soap);
        request->ResponseOption = soap_new_query__ResponseOptionType(proxy.soap);
        request->ResponseOption->returnType = _query__ResponseOptionType_returnType__LeafClass;
        request->rim__AdhocQuery = soap_new_rim__AdhocQueryType(proxy.soap);
        request->rim__AdhocQuery->id = "urn:uuid:14d4debf-8f97-4251-9a74-a90016b0af0d";
        request->rim__AdhocQuery->Slot = {
            writer.slot("$XDSDocumentEntryPatientId", {"'" + submission.patient_id + "'"}),
            writer.slot("$XDSDocumentEntryStatus", {"('urn:oasis:names:tc:ebxml-regrep:StatusType:Approved')"}),
        };
        _query__AdhocQueryResponse response;
        finish(proxy.DocumentRegistry_USCORERegistryStoredQuery(url.c_str(), action, request, response));
        require(response.status == SUCCESS, errors_of(response));
        for (const auto &object : response.rim__RegistryObjectList->__union_RegistryObjectListType) {
            if (object.__union_RegistryObjectListType != SOAP_UNION__rim__union_RegistryObjectListType_ExtrinsicObject)
                continue;
            const auto &entry = *object.union_RegistryObjectListType.ExtrinsicObject;
            if (unique_id(entry) == submission.document_unique_id)
                return {slot_value(entry, "repositoryUniqueId"), slot_value(entry, "size")};
        }
        throw std::runtime_error("the answer does not contain the document");
    }

    void retrieve(const Found &found, const Submission &submission, const std::string &bytes) {
        RetrieveResponse response;
        ask_for(found.repository_unique_id, submission.document_unique_id, response);
        require(response.rs__RegistryResponse->status == SUCCESS, errors_of(*response.rs__RegistryResponse));
        require(response.DocumentResponse.size() == 1,
                std::to_string(response.DocumentResponse.size()) + " documents came instead of one");
        const auto &document = response.DocumentResponse.front();
        require(document.DocumentUniqueId == submission.document_unique_id, "another document came");
        require(document.mimeType == submission.mime_type, "mimeType is " + document.mimeType);
        require(document.Document.id != nullptr, "the document did not come as a part of its own");
        require(document.Document.__size == static_cast<int>(bytes.size()),
                std::to_string(document.Document.__size) + " bytes came");
        require(std::memcmp(document.Document.__ptr, bytes.data(), bytes.size()) == 0, "the bytes differ");
    }

    void retrieve_unknown(const Found &found) {
        RetrieveResponse response;
        ask_for(found.repository_unique_id, "2.999.442.9.3.0.404", response);
        require(response.rs__RegistryResponse->status == FAILURE, errors_of(*response.rs__RegistryResponse));
        require(response.DocumentResponse.empty(), "a document came");
        const auto *errors = response.rs__RegistryResponse->RegistryErrorList;
        require(errors && errors->RegistryError.front()->errorCode == "XDSDocumentUniqueIdError",
                errors_of(*response.rs__RegistryResponse));
    }

  private:
    void ask_for(const std::string &repository, const std::string &document, RetrieveResponse &response) {
        address("/xds/repository", "urn:ihe:iti:2007:RetrieveDocumentSet");
        auto *request = soap_new_xds__RetrieveDocumentSetRequestType(proxy.soap);
        auto *wanted = soap_new_xds__DocumentRequestType(proxy.soap);
        wanted->RepositoryUniqueId = repository;
        wanted->DocumentUniqueId = document;
        request->DocumentRequest.push_back(wanted);
        finish(proxy.DocumentRepository_USCORERetrieveDocumentSet(url.c_str(), action, request, response));
        require(response.rs__RegistryResponse != nullptr, "the answer has no RegistryResponse");
    }

    void address(const std::string &path, const char *of_action) {
        url = base + path;
        action = of_action;
        message_id = soap_wsa_rand_uuid(proxy.soap);
        soap_wsa_request(proxy.soap, message_id.c_str(), url.c_str(), action);
        soap_wsa_add_ReplyTo(proxy.soap, "http://www.w3.org/2005/08/addressing/anonymous");
    }

    // Turns a SOAP fault or a broken answer into an exception, and checks the WS-Addressing header of a good one.
    void finish(int outcome) {
        if (outcome != SOAP_OK) {
            std::ostringstream fault;
            proxy.soap_stream_fault(fault);
            throw std::runtime_error(fault.str());
        }
        const auto *header = proxy.soap->header;
        require(header && header->wsa5__Action, "the answer has no WS-Addressing action");
        require(header->wsa5__Action == std::string(action) + "Response",
                std::string("the answer's action is ") + header->wsa5__Action);
        require(header->wsa5__RelatesTo && header->wsa5__RelatesTo->__item == message_id,
                "the answer does not relate to the request");
    }

    std::string base;
    std::string url;
    std::string message_id;
    const char *action = nullptr;
    Proxy proxy;
};

std::string read_file(const char *path) {
    std::ifstream file(path, std::ios::binary);
    require(file.good(), std::string("cannot read ") + path);
    return std::string(std::istreambuf_iterator<char>(file), {});
}

Submission new_submission(const char *patient_id, const char *mime_type) {
    const std::time_t now = std::time(nullptr);
    char time[16];
    std::strftime(time, sizeof time, "%Y%m%d%H%M%S", std::gmtime(&now));
    const std::string unique = std::to_string(now) + "." + std::to_string(getpid());
    return {patient_id, mime_type, time, "2.999.442.9.3." + unique, "2.999.442.9.4." + unique};
}

template <typename Step> void step(const char *name, Step run) {
    try {
        run();
    } catch (const std::exception &problem) {
        throw std::runtime_error(std::string(name) + ": " + problem.what());
    }
    std::cout << "PASS gsoap " << name << std::endl;
}

}  // namespace

int main(int count, char **arguments) {
    if (count != 5) {
        std::cerr << "usage: client BASE_URL PATIENT_ID FILE MIME_TYPE" << std::endl;
        return 2;
    }
    try {
        std::string bytes = read_file(arguments[3]);
        const Submission submission = new_submission(arguments[2], arguments[4]);
        Client client(arguments[1]);
        Found found;
        step("ITI-41 submit with MTOM", [&] { client.submit(submission, bytes); });
        step("ITI-18 FindDocuments", [&] {
            found = client.find(submission);
            require(found.size == std::to_string(bytes.size()), "size is " + found.size);
            require(!found.repository_unique_id.empty(), "there is no repositoryUniqueId");
        });
        step("ITI-43 retrieve, byte for byte", [&] { client.retrieve(found, submission, bytes); });
        step("ITI-43 an unknown document is an error", [&] { client.retrieve_unknown(found); });
    } catch (const std::exception &problem) {
        std::cout << "FAIL gsoap " << problem.what() << std::endl;
        return 1;
    }
    return 0;
}
