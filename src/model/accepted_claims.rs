//! Which roles and purposes of use a deployment takes from those who vouch for people.

use super::person::{CodedClaim, SubjectClaims};

/// What is accepted. An empty list accepts any.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AcceptedClaims {
    /// Roles of the subject, of which one is enough: code and code system.
    pub roles: Vec<(String, String)>,
    /// Purposes of use, each of which has to be accepted: code and code system.
    pub purposes_of_use: Vec<(String, String)>,
    /// For which qualities each issuer may vouch: issuer and quality. One that is not listed may vouch for none.
    pub qualities: Vec<(String, String)>,
}

/// What of the claims is not accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NotAccepted {
    /// None of the roles is, or one that this issuer may not give.
    Role,
    /// There is no purpose of use, or one that is not.
    PurposeOfUse,
}

impl AcceptedClaims {
    /// Whether these claims of this issuer are accepted.
    ///
    /// # Errors
    /// [`NotAccepted`] says which are not.
    pub fn check(&self, issuer: &str, claims: &SubjectClaims) -> Result<(), NotAccepted> {
        let may_give = |quality: &str| self.qualities.iter().any(|(of, known)| of == issuer && known == quality);
        if !self.qualities.is_empty() && !claims.qualities().into_iter().all(may_give) {
            return Err(NotAccepted::Role);
        }
        let accepted = |list: &[(String, String)], claim: &CodedClaim| {
            list.iter().any(|(code, system)| *code == claim.code && *system == claim.system)
        };
        if !self.roles.is_empty() && !claims.roles.iter().any(|role| accepted(&self.roles, role)) {
            return Err(NotAccepted::Role);
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

    #[test]
    fn an_issuer_vouches_for_the_qualities_that_it_may_give() {
        let quality = |issuer: &str, quality: &str| (issuer.to_owned(), quality.to_owned());
        let qualities = vec![quality("urn:hospital", "professional"), quality("urn:portal", "patient")];
        let accepted = AcceptedClaims { qualities, ..AcceptedClaims::default() };
        let role = |system: &str, code: &str| CodedClaim { code: code.to_owned(), system: system.to_owned(), display: None };
        let said = |roles: &[CodedClaim]| SubjectClaims { roles: roles.to_vec(), ..SubjectClaims::default() };
        const ROLES: &str = "2.999.442.1.5";
        let cases = [
            ("urn:hospital", said(&[]), true),
            ("urn:hospital", said(&[role(ROLES, "medecin")]), true),
            ("urn:hospital", said(&[role(ROLES, "medecin"), role(ROLES, "admin")]), false),
            ("urn:hospital", said(&[role(ROLES, "admin")]), false),
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
}
