//! Mobile access to Health Documents (IHE MHD 4.2): what is shared over XDS, over FHIR, and the reverse.

mod binary;
mod change;
mod conditions;
mod document_acts;
mod document_references;
mod entry_conditions;
mod generate;
mod includes;
mod list_conditions;
mod list_search;
mod lists;
mod paging;
mod preconditions;
mod provide;
mod range;
mod search_parameters;
mod table;
mod targets;
mod versions;
mod which_patient;

pub(super) use document_acts::ROUTES as DOCUMENT_ACTS;
pub(super) use provide::bundle as provide_bundle;
pub(super) use table::ROUTES;
pub(super) use versions::ROUTES as VERSIONS;
