//! Which roles and purposes of use a deployment takes from those who vouch for people.

use super::person::{ADMIN, CodedClaim, SubjectClaims};

/// What is accepted. An empty list accepts any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AcceptedClaims {
    /// Roles of the subject, of which one is enough: code and code system.
    pub roles: Vec<(String, String)>,
    /// Purposes of use, each of which has to be accepted: code and code system.
    pub purposes_of_use: Vec<(String, String)>,
    /// Issuers who may say of somebody that they are the operator's staff. An empty list accepts none.
    pub admin_issuers: Vec<String>,
    /// For which qualities but that of the staff each issuer may vouch: issuer and quality. Where the list is not empty, one that is
    /// not listed may vouch for none.
    pub qualities: Vec<(String, String)>,
}

/// What of the claims is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// None of the roles is, or one that this issuer may not give.
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
        let may_give = |quality: &str| self.qualities.iter().any(|(of, known)| of == issuer && known == quality);
        if !self.qualities.is_empty() && !claims.qualities().into_iter().filter(|quality| *quality != ADMIN).all(may_give) {
            return Err(NotAccepted::Role);
        }
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::QUALITY_ROLES;

    #[test]
    fn an_issuer_vouches_for_the_qualities_that_it_may_give() {
        let quality = |issuer: &str, quality: &str| (issuer.to_owned(), quality.to_owned());
        let qualities = vec![quality("urn:hospital", "professional"), quality("urn:portal", "patient")];
        let accepted = AcceptedClaims { qualities, ..AcceptedClaims::default() };
        let role = |system: &str, code: &str| CodedClaim { code: code.to_owned(), system: system.to_owned(), display: None };
        let said = |roles: &[CodedClaim]| SubjectClaims { roles: roles.to_vec(), ..SubjectClaims::default() };
        const ROLES: &str = QUALITY_ROLES;
        let cases = [
            ("urn:hospital", said(&[]), true),
            ("urn:hospital", said(&[role(ROLES, "medecin")]), true),
            ("urn:hospital", said(&[role(ROLES, "medecin"), role(ROLES, "cns")]), false),
            ("urn:hospital", said(&[role(ROLES, "cns")]), false),
            ("urn:hospital", said(&[role(ROLES, "patient")]), false),
            ("urn:portal", said(&[role(ROLES, "patient")]), true),
            ("urn:portal", said(&[role("2.999.1", "patient")]), false),
            ("urn:portal", said(&[]), false),
            ("urn:other", said(&[]), false),
        ];
        for (issuer, claims, expected) in cases {
            assert_eq!(accepted.check(issuer, &claims).is_ok(), expected, "{issuer} {:?}", claims.roles);
            assert!(AcceptedClaims::default().check(issuer, &claims).is_ok());
        }
    }

    #[test]
    fn staff_is_vouched_for_by_whom_the_operator_names_alone() {
        let role = CodedClaim { code: ADMIN.to_owned(), system: QUALITY_ROLES.to_owned(), display: None };
        let claims = SubjectClaims { roles: vec![role], ..SubjectClaims::default() };
        let accepted = AcceptedClaims {
            qualities: vec![("urn:hospital".to_owned(), "professional".to_owned())],
            admin_issuers: vec!["urn:operator".to_owned()],
            ..AcceptedClaims::default()
        };
        assert_eq!(accepted.check("urn:operator", &claims), Ok(()));
        assert_eq!(accepted.check("urn:hospital", &claims), Err(NotAccepted::AdminIssuer));
        assert_eq!(AcceptedClaims::default().check("urn:operator", &claims), Err(NotAccepted::AdminIssuer));
    }
}
