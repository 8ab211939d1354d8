//! Patients (PDQm, ITI TF-2: 3.78), establishments and professionals (mCSD, ITI TF-2: 3.90), legal representatives: looked up by those
//! who may, kept by the operator's staff.

mod cross_reference;
mod feed;
mod filters;
mod includes;
mod matching;
mod paging;
mod parameters;
mod question;
mod reads;
mod routes;
mod source;
mod versions;
mod writes;

pub(super) use reads::resources_at;
pub(super) use routes::ROUTES;
pub(super) use versions::{versions, versions_of_type};

#[cfg(test)]
mod tests;
