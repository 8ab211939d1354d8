//! What may be done with a token: scopes of SMART App Launch 2 (and 1), and of IUA (3.71.6.3).

use super::Refusal;
use crate::model::person::SubjectClaims;

/// More than a token has to have.
const MOST: usize = 200;

/// The scopes of a token that this server understands; a scope that is not understood allows nothing.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Scopes {
    resources: Vec<ResourceScope>,
    transactions: Vec<String>,
}

/// One interaction with a FHIR endpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Interaction<'a> {
    /// The resource type, such as `DocumentReference`.
    pub resource: &'a str,
    /// What is done.
    pub permission: Permission,
    /// The IHE transaction of which it is part, such as `ITI-67`.
    pub transaction: Option<&'a str>,
}

/// What a scope allows (SMART App Launch 2.2, 3.0.2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Permission {
    /// Create.
    Create,
    /// Read and version read.
    Read,
    /// Update and patch.
    Update,
    /// Delete.
    Delete,
    /// Search and history of a type.
    Search,
}

/// `patient/DocumentReference.rs`, say.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ResourceScope {
    /// Only within the account of one patient.
    of_patient: bool,
    /// The resource type, or `*`.
    resource: String,
    permissions: Vec<Permission>,
}

impl Scopes {
    /// Reads scopes separated by spaces (RFC 6749, 3.3).
    pub(super) fn read(text: &str) -> Result<Self, Refusal> {
        let words: Vec<&str> = text.split_ascii_whitespace().take(MOST + 1).collect();
        if words.len() > MOST {
            return Err(Refusal::Malformed("there are more than 200 scopes"));
        }
        let is_transaction =
            |word: &&&str| word.strip_prefix("ITI-").is_some_and(|number| number.bytes().all(|byte| byte.is_ascii_digit()));
        Ok(Self {
            resources: words.iter().filter_map(|word| ResourceScope::read(word)).collect(),
            transactions: words.iter().filter(is_transaction).map(|word| (*word).to_owned()).collect(),
        })
    }

    /// Whether the bearer, of whom this is said, may do so. A scope of a patient counts only for who acts in the account of one, and
    /// in no other quality: an app that was given a patient's scope gets no professional's view.
    pub fn allow(&self, interaction: Interaction<'_>, claims: &SubjectClaims) -> bool {
        let by_transaction = interaction.transaction.is_some_and(|asked| self.transactions.iter().any(|allowed| allowed == asked));
        let as_patient =
            claims.person.is_some() && claims.qualities().into_iter().all(|quality| matches!(quality, "patient" | "representant-legal"));
        let by_resource = |scope: &ResourceScope| {
            (!scope.of_patient || as_patient)
                && (scope.resource == "*" || scope.resource == interaction.resource)
                && scope.permissions.contains(&interaction.permission)
        };
        by_transaction || self.resources.iter().any(by_resource)
    }
}

impl ResourceScope {
    /// One that narrows a scope by search parameters (`?category=…`) is not understood: it would allow more than it says.
    fn read(word: &str) -> Option<Self> {
        let (context, rest) = word.split_once('/')?;
        let (resource, permissions) = rest.split_once('.')?;
        let of_patient = match context {
            "patient" => true,
            "user" | "system" => false,
            _ => return None,
        };
        let is_type = resource == "*" || (!resource.is_empty() && resource.bytes().all(|byte| byte.is_ascii_alphabetic()));
        let permissions = Permission::read(permissions)?;
        is_type.then(|| Self { of_patient, resource: resource.to_owned(), permissions })
    }
}

impl Permission {
    const ALL: [(char, Self); 5] = [('c', Self::Create), ('r', Self::Read), ('u', Self::Update), ('d', Self::Delete), ('s', Self::Search)];

    /// Letters of `cruds` in this order, or a word of version 1.
    fn read(text: &str) -> Option<Vec<Self>> {
        let letters = match text {
            "read" => "rs",
            "write" => "cud",
            "*" => "cruds",
            letters => letters,
        };
        let allowed: Vec<_> = Self::ALL.into_iter().filter(|(letter, _)| letters.contains(*letter)).collect();
        let in_order: String = allowed.iter().map(|(letter, _)| letter).collect();
        (in_order == letters && !allowed.is_empty()).then(|| allowed.into_iter().map(|(_, permission)| permission).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::person::CodedClaim;

    fn allows(scopes: &str, resource: &str, permission: Permission) -> bool {
        let interaction = Interaction { resource, permission, transaction: Some("ITI-67") };
        Scopes::read(scopes).unwrap().allow(interaction, &SubjectClaims::default())
    }

    #[test]
    fn a_scope_allows_what_it_says() {
        use Permission::{Create, Delete, Read, Search, Update};
        for (scope, permission, allowed) in [
            ("user/DocumentReference.rs", Read, true),
            ("user/DocumentReference.rs", Search, true),
            ("user/DocumentReference.r", Search, false),
            ("user/*.cruds", Delete, true),
            ("system/DocumentReference.c", Create, true),
            ("user/DocumentReference.read", Search, true),
            ("user/DocumentReference.write", Update, true),
            ("user/DocumentReference.write", Read, false),
            ("user/*.*", Read, true),
            ("openid user/Patient.rs user/DocumentReference.s", Search, true),
            ("ITI-67", Search, true),
            ("ITI-65", Search, false),
            ("user/Patient.rs", Read, false),
            ("user/DocumentReference.sr", Search, false),
            ("user/DocumentReference.rx", Read, false),
            ("user/DocumentReference.", Read, false),
            ("user/DocumentReference.rs?category=a", Read, false),
            ("user/documentreference.rs", Read, false),
            ("launch/DocumentReference.rs", Read, false),
            ("", Read, false),
        ] {
            assert_eq!(allows(scope, "DocumentReference", permission), allowed, "{scope}");
        }
    }

    #[test]
    fn a_patient_scope_counts_in_the_account_of_a_patient() {
        let scopes = Scopes::read("patient/*.rs").unwrap();
        let interaction = Interaction { resource: "DocumentReference", permission: Permission::Read, transaction: None };
        assert!(!scopes.allow(interaction, &SubjectClaims::default()));
        let person = "1958031498124^^^&1.3.182.4.4&ISO".parse().ok();
        let as_whom = |code: &str| {
            let role = CodedClaim { code: code.to_owned(), system: "2.999.442.1.5".to_owned(), display: None };
            SubjectClaims { person: person.clone(), roles: vec![role], ..SubjectClaims::default() }
        };
        for (code, allowed) in [("patient", true), ("representant-legal", true), ("medecin", false), ("admin", false)] {
            assert_eq!(scopes.allow(interaction, &as_whom(code)), allowed, "{code}");
        }
    }

    #[test]
    fn scopes_are_bounded() {
        assert!(Scopes::read(&"a ".repeat(MOST)).is_ok());
        assert_eq!(Scopes::read(&"a ".repeat(MOST + 1)), Err(Refusal::Malformed("there are more than 200 scopes")));
    }
}
