//! Which roles and purposes of use a deployment takes from those who vouch for people.

use super::person::{CodedClaim, SubjectClaims};

/// What is accepted. An empty list accepts any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AcceptedClaims {
    /// Roles of the subject, of which one is enough: code and code system.
    pub roles: Vec<(String, String)>,
    /// Purposes of use, each of which has to be accepted: code and code system.
    pub purposes_of_use: Vec<(String, String)>,
    /// Issuers who may say of somebody that they are the operator's staff. An empty list accepts none.
    pub admin_issuers: Vec<String>,
}

/// What of the claims is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// None of the roles is.
    Role,
    /// There is no purpose of use, or one that is not.
    PurposeOfUse,
    /// The issuer may not vouch for the operator's staff.
    AdminIssuer,
}

impl AcceptedClaims {
    /// Whether these claims of this issuer are accepted.
    ///
    /// # Errors
    /// [`NotAccepted`] says which are not.
    pub fn check(&self, issuer: &str, claims: &SubjectClaims) -> Result<(), NotAccepted> {
        let accepted = |list: &[(String, String)], claim: &CodedClaim| {
            list.iter().any(|(code, system)| *code == claim.code && *system == claim.system)
        };
        if !self.roles.is_empty() && !claims.roles.iter().any(|role| accepted(&self.roles, role)) {
            return Err(NotAccepted::Role);
        }
        if claims.roles.iter().any(CodedClaim::is_admin) && !self.admin_issuers.iter().any(|named| named == issuer) {
            return Err(NotAccepted::AdminIssuer);
        }
        let purposes = &claims.purposes_of_use;
        let all_accepted = purposes.iter().all(|purpose| accepted(&self.purposes_of_use, purpose));
        match !self.purposes_of_use.is_empty() && (purposes.is_empty() || !all_accepted) {
            true => Err(NotAccepted::PurposeOfUse),
            false => Ok(()),
        }
    }
}
