//! A patient on the command line.

use super::{Exit, Failure};
use crate::model::hl7_types::{Cx, PatientId};
use crate::model::ids::Oid;
use crate::settings::Settings;

/// The patient whom an argument names: by the identifier of the domain's own authority, or by `ID^^^&AUTHORITY&ISO`.
///
/// # Errors
/// What is no patient identifier; `name` is that of the argument.
pub fn patient_argument(text: &str, name: &str, settings: &Settings) -> Result<PatientId, Failure> {
    let wrong =
        || Failure::new(Exit::Failed, format!("{name} is no patient identifier; write the identifier alone or ID^^^&AUTHORITY&ISO"));
    if text.contains('^') {
        return text.parse().map_err(|_| wrong());
    }
    let authority = settings.domain.assigning_authorities.first().ok_or_else(wrong)?;
    let authority: Oid = authority.as_str().parse().map_err(|_| wrong())?;
    Cx::new(text, authority).map_err(|_| wrong())
}
