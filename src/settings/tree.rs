//! All sections together.

use super::declaration::{Section, SectionDeclaration, Setting};
use super::kinds::Shown;
use super::load::Reading;
use super::sections::{
    AsyncExchange, Audit, AuditRepositorySettings, Clock, Contents, Data, Database, DemoAuthorization, Deployment, Domain, Encryption,
    Http, Https, Iua, Limits, Log, Mllp, MllpTls, Nodes, OnDemand, Operations, Retention, Staged, Tls, Xua,
};

/// Declares the tree: one field for each section, in the order in which they are printed.
macro_rules! tree {
    ( $( $(#[doc = $documentation:literal])+ $field:ident: $section:ty, )+ ) => {
        /// All settings, read and checked. `Debug` shows no secret.
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub struct Settings {
            $( $(#[doc = $documentation])+ pub $field: $section, )+
        }

        impl Settings {
            /// Every section, in the order in which they are printed.
            pub const SECTIONS: &'static [SectionDeclaration] = &[$( <$section as Section>::DECLARATION ),+];

            pub(super) fn read(reading: &mut Reading) -> Option<Self> {
                $( let $field = <$section as Section>::read(reading); )+
                Some(Self { $($field: $field?),+ })
            }

            /// Every setting with its value in force.
            pub(super) fn show(&self) -> Vec<(&'static Setting, Shown)> {
                let values = [$( self.$field.show() ),+].into_iter().flatten();
                Self::all().zip(values).collect()
            }
        }
    };
}

tree! {
    /// Which rules hold, and for whom.
    deployment: Deployment,
    /// The data folder.
    data: Data,
    /// The database.
    database: Database,
    /// The document bytes.
    contents: Contents,
    /// Their encryption.
    encryption: Encryption,
    /// Bytes not yet registered.
    staged: Staged,
    /// SOAP and FHIR.
    http: Http,
    /// SOAP and FHIR over TLS.
    https: Https,
    /// Health and metrics.
    operations: Operations,
    /// The HL7 v2 feed.
    mllp: Mllp,
    /// The HL7 v2 feed over TLS.
    mllp_tls: MllpTls,
    /// Keys, certificates and revocation lists.
    tls: Tls,
    /// Which connected systems may call.
    nodes: Nodes,
    /// The affinity domain.
    domain: Domain,
    /// Documents made when they are asked for.
    on_demand: OnDemand,
    /// The people behind SOAP requests.
    xua: Xua,
    /// The people behind FHIR requests.
    iua: Iua,
    /// The authorization server of demo and tests.
    demo_authorization: DemoAuthorization,
    /// The limits.
    limits: Limits,
    /// Answers to callback addresses.
    async_exchange: AsyncExchange,
    /// What happens to records by themselves.
    retention: Retention,
    /// The audit trail.
    audit: Audit,
    /// Audit records of other systems.
    audit_repository: AuditRepositorySettings,
    /// The time by which the server decides.
    clock: Clock,
    /// The log.
    log: Log,
}

impl Settings {
    /// Every declared setting, in the order in which they are printed.
    pub fn all() -> impl Iterator<Item = &'static Setting> {
        Self::SECTIONS.iter().flat_map(|section| section.settings)
    }

    /// The declaration of a dotted key.
    pub(super) fn declared(key: &str) -> Option<&'static Setting> {
        Self::all().find(|setting| setting.key() == key)
    }
}
