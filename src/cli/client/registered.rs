//! What the registry says of one document.

use crate::client::ClientError;
use crate::client::soap::{GET_DOCUMENTS, ReturnType, XdsClient, quoted_list};
use crate::model::document_entry::DocumentEntry;
use crate::model::ids::UniqueId;

/// The entry of a document, by the stored query GetDocuments.
pub(super) fn registered(client: &XdsClient, unique_id: &UniqueId) -> Result<Option<DocumentEntry>, ClientError> {
    let parameters = [("$XDSDocumentEntryUniqueId", quoted_list([unique_id.as_str()]))];
    let found = client.stored_query(GET_DOCUMENTS, ReturnType::LeafClass, &parameters)?;
    Ok(found.objects.entries.into_iter().find(|entry| entry.unique_id == *unique_id))
}
