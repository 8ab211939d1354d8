//! Submissions as sources write them: ebRIM text with places for what a case is about.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::envelope::{PROVIDE, REGISTER, SOAP, envelope};
use super::multipart::{Package, Part, package};
use crate::support::AUTHORITY;

pub const HAS_MEMBER: &str = "urn:oasis:names:tc:ebxml-regrep:AssociationType:HasMember";
pub const REPLACES: &str = "urn:ihe:iti:2007:AssociationType:RPLC";
pub const APPENDS: &str = "urn:ihe:iti:2007:AssociationType:APND";
pub const TRANSFORMS: &str = "urn:ihe:iti:2007:AssociationType:XFRM";

/// A patient identifier of the affinity domain as text: `id^^^&authority&ISO`.
pub fn patient_id(id: &str) -> String {
    format!("{id}^^^&{AUTHORITY}&ISO")
}

/// One document with its entry.
#[derive(Clone)]
pub struct Document {
    /// `id` of the ExtrinsicObject and of the Document.
    pub id: String,
    pub patient: String,
    /// The patient as the source knows them.
    pub source_patient: String,
    pub unique_id: String,
    pub title: String,
    pub mime_type: String,
    pub creation_time: String,
    /// Further slots of the entry, such as hash and size.
    pub slots: String,
    /// Further classifications of the entry.
    pub classifications: String,
    pub content: Vec<u8>,
}

/// A submission set with its documents, each a member.
#[derive(Clone)]
pub struct Submission {
    pub patient: String,
    pub unique_id: String,
    pub documents: Vec<Document>,
    /// Further objects: folders and associations.
    pub objects: String,
}

impl Document {
    /// The document that the number stands for, in the message and in its ids.
    pub fn new(number: u32, patient: &str, content: &[u8]) -> Self {
        Self {
            id: format!("Document{number:02}"),
            patient: patient_id(patient),
            source_patient: patient_id(patient),
            unique_id: format!("2.999.442.9.3.1000.{number}"),
            title: format!("Note {number}"),
            mime_type: "text/plain".into(),
            creation_time: "20250317083000".into(),
            slots: String::new(),
            classifications: String::new(),
            content: content.to_vec(),
        }
    }

    /// With one more slot.
    pub fn slot(mut self, name: &str, values: &[&str]) -> Self {
        self.slots.push_str(&slot(name, values));
        self
    }

    pub fn extrinsic_object(&self) -> String {
        let Self { id, patient, source_patient, unique_id, title, mime_type, creation_time, slots, classifications, .. } = self;
        let fixed = [
            slot("creationTime", &[creation_time]),
            slot("languageCode", &["fr-LU"]),
            slot("sourcePatientId", &[source_patient]),
            slots.clone(),
            name(title),
            author(id, "urn:uuid:93606bcf-9494-43ec-9b4e-a7748d1a838d"),
            code(id, "urn:uuid:41a5887f-8865-4c09-adf7-e362475b143a", "compte-rendu", "2.999.442.1.2", "Compte rendu"),
            code(id, "urn:uuid:f4f85eac-e6cb-4883-b524-f2705394840f", "N", "2.16.840.1.113883.5.25", "normal"),
            code(
                id,
                "urn:uuid:a09d5840-386c-46f2-b5ad-9c3699a4309d",
                "urn:ihe:iti:xds:2017:mimeTypeSufficient",
                "1.3.6.1.4.1.19376.1.2.3",
                "mimeType sufficient",
            ),
            code(id, "urn:uuid:f33fb8ac-18af-42cc-ae0e-ed0b0bdb91e1", "hopital", "2.999.442.1.4", "Hôpital"),
            code(id, "urn:uuid:cccf5598-8b07-4b77-a05e-ae952c785ead", "773568002", "2.16.840.1.113883.6.96", "Emergency medicine"),
            code(id, "urn:uuid:f0306f51-975f-434e-a61c-c59651d33983", "11488-4", "2.16.840.1.113883.6.1", "Consult note"),
            classifications.clone(),
            identifier(id, "urn:uuid:58a6f841-87b3-4a3e-92fd-a8ffeff98427", "XDSDocumentEntry.patientId", patient),
            identifier(id, "urn:uuid:2e82c1f6-a085-4c72-9da3-8640a32e42ab", "XDSDocumentEntry.uniqueId", unique_id),
        ];
        format!(
            "<rim:ExtrinsicObject id=\"{id}\" mimeType=\"{mime_type}\" objectType=\"urn:uuid:7edca82f-054d-47f2-a032-9b2a5b5186c1\">{}</rim:ExtrinsicObject>",
            fixed.concat()
        )
    }
}

impl Submission {
    /// The submission set that the number stands for.
    pub fn new(number: u32, patient: &str, documents: Vec<Document>) -> Self {
        let unique_id = format!("2.999.442.9.4.1000.{number}");
        Self { patient: patient_id(patient), unique_id, documents, objects: String::new() }
    }

    /// One document of one line of text.
    pub fn note(number: u32, patient: &str) -> Self {
        Self::new(number, patient, vec![Document::new(number, patient, format!("note {number}\n").as_bytes())])
    }

    /// With one more object.
    pub fn object(mut self, xml: &str) -> Self {
        self.objects.push_str(xml);
        self
    }

    pub fn submit_objects_request(&self) -> String {
        let set = "SubmissionSet01";
        let mut objects: String = self.documents.iter().map(Document::extrinsic_object).collect();
        let package = [
            slot("submissionTime", &["20250317083200"]),
            name("Submission"),
            author(set, "urn:uuid:a7058bb9-b4e4-4307-ba5b-e3f0ab85e12d"),
            code(set, "urn:uuid:aa543740-bdda-424e-8c96-df4873be8500", "compte-rendu", "2.999.442.1.2", "Compte rendu"),
            node(set, "urn:uuid:a54d6aa5-d40d-43f9-88c5-b4633d873bdd"),
            identifier(set, "urn:uuid:6b5aea1a-874d-4603-a4bc-96a0a7b38446", "XDSSubmissionSet.patientId", &self.patient),
            identifier(set, "urn:uuid:96fdda7c-d067-4183-912e-bf5ee74998a8", "XDSSubmissionSet.uniqueId", &self.unique_id),
            identifier(set, "urn:uuid:554ac39e-e3fe-47fe-b233-965d2a147832", "XDSSubmissionSet.sourceId", "2.999.442.9.5.1"),
        ];
        objects.push_str(&format!("<rim:RegistryPackage id=\"{set}\">{}</rim:RegistryPackage>", package.concat()));
        for Document { id, .. } in &self.documents {
            objects.push_str(&member(&format!("as-{id}"), set, id, Some("Original")));
        }
        objects.push_str(&self.objects);
        format!(
            "<lcm:SubmitObjectsRequest xmlns:lcm=\"urn:oasis:names:tc:ebxml-regrep:xsd:lcm:3.0\" \
             xmlns:rim=\"urn:oasis:names:tc:ebxml-regrep:xsd:rim:3.0\"><rim:RegistryObjectList>{objects}</rim:RegistryObjectList>\
             </lcm:SubmitObjectsRequest>"
        )
    }

    /// The ITI-41 envelope around these `xds:Document` elements.
    pub fn provide(&self, documents: &str) -> String {
        let body = format!(
            "<xds:ProvideAndRegisterDocumentSetRequest xmlns:xds=\"urn:ihe:iti:xds-b:2007\">{}{documents}\
             </xds:ProvideAndRegisterDocumentSetRequest>",
            self.submit_objects_request()
        );
        envelope(PROVIDE, &body)
    }

    /// ITI-41 with the documents as base64 in the envelope.
    pub fn inline(&self) -> Package {
        let document = |d: &Document| format!("<xds:Document id=\"{}\">{}</xds:Document>", d.id, STANDARD.encode(&d.content));
        let documents: String = self.documents.iter().map(document).collect();
        Package { content_type: SOAP.to_owned(), body: self.provide(&documents).into_bytes() }
    }

    /// The ITI-41 envelope that refers to one part for each document.
    pub fn provide_by_reference(&self) -> String {
        self.provide(&self.documents.iter().map(|d| reference(&d.id, &format!("cid:{}@dossier.test", d.id))).collect::<String>())
    }

    /// The parts with the documents.
    pub fn document_parts(&self) -> Vec<Part> {
        self.documents.iter().map(|d| Part::document(&format!("{}@dossier.test", d.id), &d.content)).collect()
    }

    /// ITI-41 with the documents as MTOM parts.
    pub fn mtom(&self) -> Package {
        let mut parts = vec![Part::root(&self.provide_by_reference())];
        parts.extend(self.document_parts());
        package(&parts)
    }

    /// ITI-42.
    pub fn register(&self) -> Package {
        Package { content_type: SOAP.to_owned(), body: envelope(REGISTER, &self.submit_objects_request()).into_bytes() }
    }
}

/// A Document element that refers to its bytes.
pub fn reference(id: &str, href: &str) -> String {
    format!("<xds:Document id=\"{id}\"><xop:Include xmlns:xop=\"http://www.w3.org/2004/08/xop/include\" href=\"{href}\"/></xds:Document>")
}

/// A folder that is a member of the submission set.
pub fn folder(number: u32, patient: &str) -> String {
    let id = format!("Folder{number:02}");
    let content = [
        name(&format!("Folder {number}")),
        code(&id, "urn:uuid:1ba97051-7806-41a8-a48b-8fce7af683c5", "dossier", "2.999.442.1.6", "Dossier"),
        node(&id, "urn:uuid:d9d542f3-6cc4-48b6-8870-ea235fbc94c2"),
        identifier(&id, "urn:uuid:f64ffdf0-4b97-4e06-b79f-a52b38ec2f8a", "XDSFolder.patientId", &patient_id(patient)),
        identifier(&id, "urn:uuid:75df8f67-9973-4fbe-a900-df66cefecc5a", "XDSFolder.uniqueId", &format!("2.999.442.9.6.{number}")),
    ];
    let package = format!("<rim:RegistryPackage id=\"{id}\">{}</rim:RegistryPackage>", content.concat());
    package + &member(&format!("as-{id}"), "SubmissionSet01", &id, None)
}

/// A HasMember association; `status` is that of a member of a submission set.
pub fn member(id: &str, source: &str, target: &str, status: Option<&str>) -> String {
    let slot = status.map(|status| slot("SubmissionSetStatus", &[status])).unwrap_or_default();
    association(id, HAS_MEMBER, source, target, &slot)
}

/// An association.
pub fn association(id: &str, kind: &str, source: &str, target: &str, content: &str) -> String {
    format!(
        "<rim:Association id=\"{id}\" associationType=\"{kind}\" sourceObject=\"{source}\" targetObject=\"{target}\">{content}</rim:Association>"
    )
}

pub fn slot(name: &str, values: &[&str]) -> String {
    let values: String = values.iter().map(|value| format!("<rim:Value>{}</rim:Value>", escaped(value))).collect();
    format!("<rim:Slot name=\"{name}\"><rim:ValueList>{values}</rim:ValueList></rim:Slot>")
}

pub fn code(object: &str, scheme: &str, value: &str, coding_scheme: &str, display: &str) -> String {
    classification(object, scheme, value, &(slot("codingScheme", &[coding_scheme]) + &name(display)))
}

pub fn identifier(object: &str, scheme: &str, title: &str, value: &str) -> String {
    let value = escaped(value);
    format!(
        "<rim:ExternalIdentifier id=\"ei-{object}-{title}\" registryObject=\"{object}\" identificationScheme=\"{scheme}\" value=\"{value}\">{}</rim:ExternalIdentifier>",
        name(title)
    )
}

pub fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('"', "&quot;")
}

fn name(text: &str) -> String {
    format!("<rim:Name><rim:LocalizedString value=\"{}\"/></rim:Name>", escaped(text))
}

fn author(object: &str, scheme: &str) -> String {
    classification(object, scheme, "", &slot("authorPerson", &["D05^Lambert^Sophie^^^^^^&2.999.442.2.1&ISO"]))
}

fn node(object: &str, uuid: &str) -> String {
    format!("<rim:Classification id=\"cn-{object}\" classifiedObject=\"{object}\" classificationNode=\"{uuid}\"/>")
}

fn classification(object: &str, scheme: &str, value: &str, content: &str) -> String {
    let id = format!("cl-{object}-{}", scheme.trim_start_matches("urn:uuid:"));
    format!(
        "<rim:Classification id=\"{id}\" classifiedObject=\"{object}\" classificationScheme=\"{scheme}\" nodeRepresentation=\"{value}\">{content}</rim:Classification>"
    )
}
