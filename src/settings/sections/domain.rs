//! Who this server is among others.

use crate::settings::declaration::section;
use crate::settings::kinds::{HomeCommunityId, Oid};

section! {
    /// Who this server is among others (IHE affinity domain). The defaults are examples: never go live with them.
    Domain = "domain" {
        /// The repositoryUniqueId of this repository, an OID. It is written into every entry: never change it later.
        repository_unique_id: Oid = "2.999.442.9.2";
        /// The homeCommunityId of this community, an OID written as urn:oid:….
        home_community_id: HomeCommunityId = "urn:oid:2.999.442.9.1";
        /// The assigning authorities (OIDs) whose patient identifiers name records here.
        /// Identifiers of other authorities are kept as aliases.
        assigning_authorities: Vec<Oid> = "1.3.182.4.4";
    }
}
