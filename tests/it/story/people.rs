//! Who calls: a person in one quality, and from where.

use serde_json::{Value, json};

use crate::support::saml_issuer::{Said, attribute};

/// The authority of the matricule.
pub const MATRICULE: &str = "1.3.182.4.4";
const PROFESSIONALS: &str = "2.999.442.2.1";
const ROLES: &str = "2.999.442.1.5";

/// The patients of the sample population.
const PATIENTS: [(&str, &str); 12] = [
    ("P01", "1958031498124"),
    ("P02", "1986070298269"),
    ("P03", "1947112398312"),
    ("P04", "1991050998408"),
    ("P05", "2019093098526"),
    ("P06", "1975011898682"),
    ("P07", "1980022998752"),
    ("P08", "1939062198893"),
    ("P09", "1995000098999"),
    ("P10", "1968101099061"),
    ("P11", "2007081699131"),
    ("P12", "1932040399222"),
];

/// The matricule of a sample patient.
pub fn number(patient: &str) -> &'static str {
    PATIENTS.iter().find(|(name, _)| *name == patient).unwrap().1
}

/// A patient's identifier as CX.
pub fn cx(patient: &str) -> String {
    format!("{}^^^&{MATRICULE}&ISO", number(patient))
}

/// A person in one quality, and the establishment they name, from whose connection they call.
#[derive(Clone, Default)]
pub struct Who {
    role: &'static str,
    professional: Option<String>,
    person: Option<String>,
    representative: Option<String>,
    reason: Option<String>,
    /// The establishment.
    pub at: Option<&'static str>,
}

/// A professional on their own account.
pub fn professional(id: &str) -> Who {
    Who { role: "professionnel", professional: Some(id.to_owned()), ..Who::default() }
}

/// A professional in an establishment.
pub fn at(establishment: &'static str, id: &str) -> Who {
    Who { at: Some(establishment), ..professional(id) }
}

/// A patient in their own account.
pub fn patient(name: &str) -> Who {
    Who { role: "patient", person: Some(cx(name)), ..Who::default() }
}

/// A legal representative in the account of a child.
pub fn representing(child: &str, name: &str) -> Who {
    Who { role: "representant-legal", person: Some(cx(child)), representative: Some(cx(name)), ..Who::default() }
}

/// Identito-vigilance, perhaps with a reason.
pub fn administrator(reason: Option<&str>) -> Who {
    Who { role: "administrateur-dossier", professional: Some("Z01".to_owned()), reason: reason.map(str::to_owned), ..Who::default() }
}

/// The CNS.
pub fn health_fund() -> Who {
    Who { role: "cns", professional: Some("SYS".to_owned()), ..Who::default() }
}

/// The operator's staff.
pub fn staff() -> Who {
    Who { role: "admin", professional: Some("operator".to_owned()), ..Who::default() }
}

/// The information system of an establishment.
pub fn system(establishment: &'static str) -> Who {
    Who { role: "etablissement", at: Some(establishment), ..Who::default() }
}

/// The certificate of an establishment's system in the test PKI.
pub fn connector(establishment: &str) -> &'static str {
    dossier::pki::connector_of(establishment).unwrap()
}

impl Who {
    fn organisation(&self) -> Option<String> {
        self.at.map(|establishment| format!("urn:oid:2.999.442.2.3.{}", establishment.trim_start_matches('E')))
    }

    /// The same from no establishment.
    pub fn elsewhere(self) -> Self {
        Self { at: None, ..self }
    }

    /// What an assertion says of them, made at this second.
    pub fn said(&self, now: i64) -> Said {
        let subject = self.professional.as_deref().unwrap_or("patient");
        let mut said = Said::of(subject, now);
        said.role = (self.role.to_owned(), ROLES.to_owned());
        said.organization_id = self.organisation();
        let identifier = |id: &String| {
            let value = format!(r#"<id xmlns="urn:hl7-org:v3" extension="{id}" root="{PROFESSIONALS}"></id>"#);
            attribute("urn:ihe:iti:xua:2017:subject:provider-identifier", &value)
        };
        let text = |name: &str, text: &String| attribute(name, &text.replace('&', "&amp;"));
        said.attributes = [
            self.professional.as_ref().map(identifier),
            self.person.as_ref().map(|person| text("urn:dossier:person", person)),
            self.representative.as_ref().map(|person| text("urn:dossier:representative", person)),
            self.reason.as_ref().map(|reason| text("urn:dossier:access-reason", reason)),
        ]
        .into_iter()
        .flatten()
        .collect();
        said
    }

    /// What a token says of them (`extensions`).
    pub fn extensions(&self) -> Value {
        let system = |oid: &str| format!("urn:oid:{oid}");
        let mut own = json!({});
        if let Some(id) = &self.professional {
            own["provider_identifier"] = json!([{ "system": system(PROFESSIONALS), "value": id }]);
        }
        for (name, text) in [("person", &self.person), ("representative", &self.representative), ("access_reason", &self.reason)] {
            if let Some(text) = text {
                own[name] = json!(text);
            }
        }
        let mut iua = json!({ "subject_role": [{ "system": system(ROLES), "code": self.role }] });
        if let Some(organisation) = self.organisation() {
            iua["subject_organization_id"] = json!([organisation]);
        }
        json!({ "ihe_iua": iua, "dossier": own })
    }
}
