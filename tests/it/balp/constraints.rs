//! The constraints of the profiles of IHE BALP 1.1, as its StructureDefinitions have them: fixed values, and the slices of agents and
//! entities with how often each may be there. What FHIR R4 itself asks for is not repeated.

use serde_json::Value;

const BALP: &str = "https://profiles.ihe.net/ITI/BALP/";
const DCM: &str = "http://dicom.nema.org/resources/ontology/DCM";
const CUSTODIAN: (&str, &str) = ("http://terminology.hl7.org/CodeSystem/provenance-participant-type", "custodian");
const APPLICATION: (&str, &str) = (DCM, "110150");
const DESTINATION: (&str, &str) = (DCM, "110152");
const SOURCE: (&str, &str) = (DCM, "110153");
const PARTICIPATION: &str = "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
const ENTITY: &str = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
const ROLE: &str = "http://terminology.hl7.org/CodeSystem/object-role";
const RESTFUL: &str = "http://hl7.org/fhir/restful-interaction";

/// The profiles that this knows.
pub const KNOWN: [&str; 14] = [
    "IHE.BasicAudit.Create",
    "IHE.BasicAudit.PatientCreate",
    "IHE.BasicAudit.Read",
    "IHE.BasicAudit.PatientRead",
    "IHE.BasicAudit.Update",
    "IHE.BasicAudit.PatientUpdate",
    "IHE.BasicAudit.Delete",
    "IHE.BasicAudit.PatientDelete",
    "IHE.BasicAudit.Query",
    "IHE.BasicAudit.PatientQuery",
    "IHE.BasicAudit.PrivacyDisclosure.Source",
    "IHE.BasicAudit.PrivacyDisclosure.Recipient",
    "IHE.BasicAudit.SAMLaccessTokenUse.Minimal",
    "IHE.BasicAudit.OAUTHaccessTokenUse.Minimal",
];

/// The profiles of BALP that a resource names, by their ids.
pub fn profiles(resource: &Value) -> Vec<String> {
    let named = resource["meta"]["profile"].as_array().cloned().unwrap_or_default();
    let prefix = format!("{BALP}StructureDefinition/");
    named.iter().map(|url| url.as_str().unwrap().strip_prefix(&prefix).expect("a profile of BALP").to_owned()).collect()
}

/// What the resource has that the profiles it names do not allow, or lacks.
pub fn violations(resource: &Value) -> Vec<String> {
    let mut found = Found { resource, faults: Vec::new() };
    for profile in profiles(resource) {
        assert!(KNOWN.contains(&profile.as_str()), "{profile}");
        let name = profile.strip_prefix("IHE.BasicAudit.").unwrap();
        match name {
            "PrivacyDisclosure.Source" => found.disclosure("110106", "R", SOURCE),
            "PrivacyDisclosure.Recipient" => found.disclosure("110107", "C", DESTINATION),
            "SAMLaccessTokenUse.Minimal" => found.saml(),
            "OAUTHaccessTokenUse.Minimal" => found.oauth(),
            _ => found.restful(name.trim_start_matches("Patient"), name.starts_with("Patient")),
        }
    }
    found.faults
}

struct Found<'a> {
    resource: &'a Value,
    faults: Vec<String>,
}

impl<'a> Found<'a> {
    fn wants(&mut self, what: &str, holds: bool) {
        if !holds {
            self.faults.push(what.to_owned());
        }
    }

    /// The elements of an array whose type has the code, at least and at most so many.
    fn slice(&mut self, array: &str, code: (&str, &str), (least, most): (usize, usize)) -> Vec<&'a Value> {
        let all = self.resource[array].as_array().map(Vec::as_slice).unwrap_or_default();
        let slice: Vec<_> = all.iter().filter(|element| codings(&element["type"]).any(|coding| is(coding, code))).collect();
        self.wants(&format!("{array} {} {}: {}", code.0, code.1, slice.len()), (least..=most).contains(&slice.len()));
        slice
    }

    fn restful(&mut self, kind: &str, of_patient: bool) {
        let it = self.resource;
        let (action, interactions): (_, &[&str]) = match kind {
            "Create" => ("C", &["create"]),
            "Read" => ("R", &["read", "vread"]),
            "Update" => ("U", &["update", "patch"]),
            "Delete" => ("D", &["delete"]),
            "Query" => ("E", &["search", "search-type", "search-system"]),
            other => panic!("{other}"),
        };
        self.wants("type rest", is(&it["type"], ("http://terminology.hl7.org/CodeSystem/audit-event-type", "rest")));
        let subtypes = it["subtype"].as_array().map(Vec::as_slice).unwrap_or_default();
        let fitting = subtypes.iter().filter(|coding| interactions.iter().any(|code| is(coding, (RESTFUL, code)))).count();
        self.wants("one interaction as subtype", fitting == 1);
        self.wants("action", it["action"] == action);
        self.succeeded();
        let (client, server) = match kind {
            "Read" => (DESTINATION, SOURCE),
            "Delete" => (APPLICATION, CUSTODIAN),
            _ => (SOURCE, DESTINATION),
        };
        for system in [client, server] {
            for agent in self.slice("agent", system, (1, 1)) {
                self.system(agent);
            }
        }
        let users: &[&str] = if matches!(kind, "Read" | "Query") { &["IRCP"] } else { &["AUT", "INF", "CST"] };
        for agent in users.iter().flat_map(|code| self.slice("agent", (PARTICIPATION, code), (0, 1))).collect::<Vec<_>>() {
            self.user(agent);
        }
        self.request();
        let objects = self.slice("entity", (ENTITY, "2"), (1, 1));
        for entity in objects {
            match kind {
                "Query" => self.query(entity),
                _ => self.data(entity),
            }
        }
        if of_patient {
            self.patient();
        }
        let least = if of_patient && kind != "Query" { 2 } else { 1 };
        self.wants("entities", it["entity"].as_array().is_some_and(|all| all.len() >= least));
    }

    fn succeeded(&mut self) {
        let it = self.resource;
        self.wants("recorded", it["recorded"].is_string());
        self.wants("outcome 0", it["outcome"] == "0");
        self.wants("two agents", it["agent"].as_array().is_some_and(|agents| agents.len() >= 2));
    }

    fn system(&mut self, agent: &Value) {
        self.wants("a system has a name", agent["who"].is_object());
        self.wants("a system has an address", agent["network"]["address"].is_string());
        self.wants("a system is no medium", agent["media"].is_null());
    }

    fn user(&mut self, agent: &Value) {
        self.wants("a user has a name", agent["who"].is_object());
        self.wants("a user requests", agent["requestor"] == true);
        self.wants("a user is no system", agent["network"].is_null() && agent["media"].is_null());
    }

    fn request(&mut self) {
        let code = format!("{BALP}CodeSystem/BasicAuditEntityType");
        for entity in self.slice("entity", (&code, "XrequestId"), (0, 1)) {
            self.wants("the request has an id", entity["what"]["identifier"]["value"].is_string());
        }
    }

    fn query(&mut self, entity: &Value) {
        self.wants("the role of a query", is(&entity["role"], (ROLE, "24")));
        self.wants("the query", entity["query"].as_str().is_some_and(|text| !text.is_empty()));
        self.wants("of a query nothing else", ["what", "lifecycle", "detail"].iter().all(|name| entity[*name].is_null()));
    }

    fn data(&mut self, entity: &Value) {
        self.wants("the role of data", ["4", "3", "20"].iter().any(|code| is(&entity["role"], (ROLE, code))));
        self.wants("what data", entity["what"].is_object());
    }

    fn patient(&mut self) {
        for entity in self.slice("entity", (ENTITY, "1"), (1, 1)) {
            self.wants("the role of a patient", is(&entity["role"], (ROLE, "1")));
            let reference = entity["what"]["reference"].as_str();
            let is_patient = entity["what"]["type"] == "Patient" || reference.is_some_and(|text| text.contains("Patient/"));
            self.wants("a reference to a Patient", is_patient);
        }
    }

    fn disclosure(&mut self, event: &str, action: &str, own: (&str, &str)) {
        let it = self.resource;
        self.wants("no modifier", it["modifierExtension"].is_null());
        self.wants("type", is(&it["type"], (DCM, event)));
        self.wants("action", it["action"] == action);
        let disclose = ("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose");
        let subtypes = it["subtype"].as_array().map(Vec::as_slice).unwrap_or_default();
        self.wants("subtype disclose", subtypes.iter().filter(|coding| is(coding, disclose)).count() == 1);
        self.wants("recorded and outcome", it["recorded"].is_string() && it["outcome"].is_string());
        for code in [SOURCE, DESTINATION] {
            for agent in self.slice("agent", code, (1, 1)) {
                self.wants("who and network", agent["who"].is_object() && agent["network"].is_object());
                self.wants("val-audit-source", code != own || agent["who"] == it["source"]["observer"]);
            }
        }
        self.wants("two entities", it["entity"].as_array().is_some_and(|all| all.len() >= 2));
        self.patient();
    }

    fn saml(&mut self) {
        let code = format!("{BALP}CodeSystem/UserAgentTypes");
        for agent in self.slice("agent", (&code, "UserSamlAgent"), (1, usize::MAX)) {
            self.user(agent);
            self.wants("the subject", agent["who"]["identifier"]["value"].is_string());
            self.wants("one policy", agent["policy"].as_array().is_some_and(|ids| ids.len() == 1));
            self.wants("no other id", agent["altId"].is_null());
        }
    }

    fn oauth(&mut self) {
        let code = format!("{BALP}CodeSystem/UserAgentTypes");
        for agent in self.slice("agent", (&code, "UserOauthAgent"), (1, usize::MAX)) {
            self.user(agent);
            let policies = agent["policy"].as_array().map(Vec::as_slice).unwrap_or_default();
            let is_jti = |id: &Value| id.as_str().is_some_and(|id| id.starts_with("urn:ietf:params:oauth:jti:"));
            self.wants("the jti as policy", policies.len() == 1 && policies.iter().all(is_jti));
        }
    }
}

fn codings(concept: &Value) -> impl Iterator<Item = &Value> {
    concept["coding"].as_array().into_iter().flatten().chain(concept["code"].is_string().then_some(concept))
}

fn is(coding: &Value, (system, code): (&str, &str)) -> bool {
    coding["system"] == system && coding["code"] == code
}
