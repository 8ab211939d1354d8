//! Errors of Document Sharing transactions (ITI TF-3: Table 4.2.4.1-2).

use std::fmt;

/// The error codes of the standard that this server gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum ErrorCode {
    /// What came is kept, but somebody still has to find the patient it belongs to. A warning.
    DocumentQueued,
    /// A submitted id is already used by another object in the registry.
    DuplicateUniqueIdInRegistry,
    /// One id is given to two objects of the message.
    RegistryDuplicateUniqueIdInMessage,
    /// An update is not built as a restricted update (ITI TF-2: 3.92.4.1.3).
    InvalidRequestException,
    /// The association of a new version does not say which version it follows.
    MetadataAnnotationError,
    /// An update changes the identifier of its object.
    MetadataIdentifierError,
    /// An update breaks a rule for which there is no other code.
    MetadataUpdateError,
    /// An update holds something that is part of no operation.
    MetadataUpdateOperationError,
    /// An update follows another version than the latest.
    MetadataVersionError,
    /// A DocumentEntry has no document in the message.
    MissingDocument,
    /// A document has no DocumentEntry in the message.
    MissingDocumentMetadata,
    /// The same document id with another hash is already there.
    NonIdenticalHash,
    /// The same document id with another size is already there.
    NonIdenticalSize,
    /// An update changes the kind of its object.
    ObjectTypeError,
    /// After an update, an association would link objects of two patients.
    PatientIdReconciliationError,
    /// Objects of one submission name different patients.
    PatientIdDoesNotMatch,
    /// A replaced or amended document is no longer current.
    RegistryDeprecatedDocument,
    /// Something went wrong inside the registry.
    RegistryError,
    /// Metadata break a rule.
    RegistryMetadataError,
    /// The registry is too busy to answer now.
    RegistryBusy,
    /// The registry has no room.
    RegistryOutOfResources,
    /// Something went wrong inside the repository.
    RepositoryError,
    /// Metadata break a rule, as seen by the repository.
    RepositoryMetadataError,
    /// The repository has no room.
    RepositoryOutOfResources,
    /// An answer would hold objects of several patients.
    ResultNotSinglePatient,
    /// A required query parameter is missing.
    StoredQueryMissingParam,
    /// A query parameter does not occur as often as it may.
    StoredQueryParamNumber,
    /// The answer would be longer than the server gives.
    TooManyResults,
    /// No document of that id can be had here.
    DocumentUniqueIdError,
    /// A restricted update changes what it may not.
    UnmodifiableMetadataError,
    /// The patient is not known to the registry.
    UnknownPatientId,
    /// The named repository is not this one.
    UnknownRepositoryId,
    /// The query id is none of the standard's.
    UnknownStoredQuery,
    /// An association refers to an object that is neither in the message nor in the registry.
    UnreferencedObject,
    /// An object to be removed is still referred to by an association.
    ReferencesExist,
    /// A removal would leave an object to which nothing refers.
    LeftUnreferenced,
}

impl ErrorCode {
    /// The code on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DocumentQueued => "DocumentQueued",
            Self::DuplicateUniqueIdInRegistry => "XDSDuplicateUniqueIdInRegistry",
            Self::RegistryDuplicateUniqueIdInMessage => "XDSRegistryDuplicateUniqueIdInMessage",
            Self::InvalidRequestException => "XDSInvalidRequestException",
            Self::MetadataAnnotationError => "XDSMetadataAnnotationError",
            Self::MetadataIdentifierError => "XDSMetadataIdentifierError",
            Self::MetadataUpdateError => "XDSMetadataUpdateError",
            Self::MetadataUpdateOperationError => "XDSMetadataUpdateOperationError",
            Self::MetadataVersionError => "XDSMetadataVersionError",
            Self::MissingDocument => "XDSMissingDocument",
            Self::MissingDocumentMetadata => "XDSMissingDocumentMetadata",
            Self::NonIdenticalHash => "XDSNonIdenticalHash",
            Self::NonIdenticalSize => "XDSNonIdenticalSize",
            Self::ObjectTypeError => "XDSObjectTypeError",
            Self::PatientIdReconciliationError => "XDSPatientIDReconciliationError",
            Self::PatientIdDoesNotMatch => "XDSPatientIdDoesNotMatch",
            Self::RegistryDeprecatedDocument => "XDSRegistryDeprecatedDocumentError",
            Self::RegistryError => "XDSRegistryError",
            Self::RegistryMetadataError => "XDSRegistryMetadataError",
            Self::RegistryBusy => "XDSRegistryBusy",
            Self::RegistryOutOfResources => "XDSRegistryOutOfResources",
            Self::RepositoryError => "XDSRepositoryError",
            Self::RepositoryMetadataError => "XDSRepositoryMetadataError",
            Self::RepositoryOutOfResources => "XDSRepositoryOutOfResources",
            Self::ResultNotSinglePatient => "XDSResultNotSinglePatient",
            Self::StoredQueryMissingParam => "XDSStoredQueryMissingParam",
            Self::StoredQueryParamNumber => "XDSStoredQueryParamNumber",
            Self::TooManyResults => "XDSTooManyResults",
            Self::DocumentUniqueIdError => "XDSDocumentUniqueIdError",
            Self::UnmodifiableMetadataError => "UnmodifiableMetadataError",
            Self::UnknownPatientId => "XDSUnknownPatientId",
            Self::UnknownRepositoryId => "XDSUnknownRepositoryId",
            Self::UnknownStoredQuery => "XDSUnknownStoredQuery",
            Self::UnreferencedObject => "UnresolvedReferenceException",
            Self::ReferencesExist => "ReferencesExistException",
            Self::LeftUnreferenced => "XDSUnreferencedObjectException",
        }
    }
}

impl ErrorCode {
    /// Whether what was asked was done all the same (ITI TF-3: 4.2.4.1, severity Warning).
    pub fn is_warning(self) -> bool {
        self == Self::DocumentQueued
    }
}

/// One error of an answer: what is wrong, where, by which rule and what to do. The context may quote the caller's own
/// input, so it goes back to the caller and never into a technical log.
#[derive(Clone, PartialEq, Eq)]
pub struct RegistryError {
    /// Kind of error.
    pub code: ErrorCode,
    /// `codeContext`: element, value and rule in words.
    pub context: String,
    /// `location`: the object or attribute meant, as a path such as `DocumentEntry(Document01)/classCode`; may be empty.
    pub location: String,
}

impl RegistryError {
    /// An error at a place.
    pub fn new(code: ErrorCode, location: impl Into<String>, context: impl Into<String>) -> Self {
        Self { code, context: context.into(), location: location.into() }
    }

    /// A broken metadata rule at a place.
    pub fn metadata(location: impl Into<String>, context: impl Into<String>) -> Self {
        Self::new(ErrorCode::RegistryMetadataError, location, context)
    }
}

impl fmt::Debug for RegistryError {
    /// Without context and location, which may quote patient data.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())
    }
}
