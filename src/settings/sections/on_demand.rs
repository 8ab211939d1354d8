//! Documents that are made when they are asked for.

use crate::settings::declaration::section;
use crate::settings::kinds::choice;

choice! {
    /// What makes the content of on-demand documents.
    Assembler expects "\"current-documents\" or \"off\"" {
        /// A list of the patient's current documents, as CDA.
        CurrentDocuments = "current-documents",
        /// Nothing: such documents cannot be retrieved here.
        Off = "off",
    }
}

section! {
    /// On-demand documents: entries registered by ITI-61 under this repository's own id, whose content is made at each
    /// retrieval (ITI-43) from what the caller may read.
    OnDemand = "on_demand" {
        /// What makes the content: "current-documents" (a CDA document that lists the patient's current documents) or "off".
        assembler: Assembler = "current-documents";
        /// Whether content that was given is kept: each retrieval that finds something new registers a stable document, a
        /// snapshot of the on-demand entry, which can be found and retrieved later.
        persist: bool = "false";
    }
}
