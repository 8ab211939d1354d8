//! What is known of the audit trail's own integrity: seals, and what a verification found.

use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::timestamp::Instant;

/// How far a chain had come.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChainHead {
    /// Whose chain: one of the servers' writing threads.
    pub writer: Uuid,
    /// Its last link, counted from 1.
    pub number: i64,
    /// What closes it: 32 bytes in lower-case hexadecimal digits.
    pub digest: String,
}

/// A signed statement of how far the chains had come. It covers what came before it, too, by the hash of the seal before.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seal {
    /// Seals are counted from 1 without a gap.
    pub number: i64,
    /// When it was made.
    pub sealed_at: Instant,
    /// The key that signed it, by the first 8 bytes of the SHA-256 of its public key, in hexadecimal digits.
    pub key: String,
    /// SHA-256 of the content and the signature of the seal before, in hexadecimal digits; of the first seal, empty.
    pub previous: String,
    /// Root of the Merkle tree over the heads (as in RFC 6962, 2.1), in hexadecimal digits.
    pub root: String,
    /// The chains that went on since the seal before.
    pub heads: Vec<ChainHead>,
}

/// Names what was taken out of the chains at one time. The certificate that stays in the trail holds it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrailRemoval {
    /// Its name.
    pub id: Uuid,
    /// SHA-256 of what the chains keep of it, in hexadecimal digits, so that nothing else can be called by that name.
    pub sha256: String,
}

/// What is wrong with a trail, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "finding", rename_all = "kebab-case")]
pub enum Finding {
    /// A record is not as it was written, or was not written by a server that has the key.
    Changed {
        /// Its chain.
        writer: Uuid,
        /// Its place there.
        number: i64,
        /// Its name, as it stands there now.
        event: String,
    },
    /// Records are gone, and no certificate says that they may be.
    Missing {
        /// Their chain.
        writer: Uuid,
        /// The first.
        first: i64,
        /// The last.
        last: i64,
    },
    /// A record stands where records were removed for good, or twice in a chain, or before the chain's earlier ones.
    Misplaced {
        /// Its chain.
        writer: Uuid,
        /// Its place there.
        number: i64,
        /// Its name.
        event: String,
    },
    /// A record belongs to no chain.
    Unchained {
        /// Its name.
        event: String,
    },
    /// A sealed chain does not come to what was sealed.
    SealedOtherwise {
        /// Its chain.
        writer: Uuid,
        /// The link that was sealed.
        number: i64,
        /// The seal.
        seal: i64,
    },
    /// The list of chains says that a link is sealed, or is not, and the seals say otherwise.
    UnknownSeal {
        /// The chain.
        writer: Uuid,
        /// The link that the list calls the last sealed; 0 is none.
        number: i64,
    },
    /// A seal is not as it was signed, or the key is not known.
    BrokenSeal {
        /// Its number.
        seal: i64,
    },
    /// Seals are gone.
    MissingSeals {
        /// The first of them.
        first: i64,
        /// The last.
        last: i64,
    },
    /// A record that was received from elsewhere is not as it was kept.
    ReceivedChanged {
        /// Its name.
        event: String,
    },
    /// A record that was received from elsewhere is gone, and the record of its reception is not.
    ReceivedMissing {
        /// Its name.
        event: String,
    },
    /// A record stands among those received, and no record of the trail tells of its reception.
    ReceivedUnknown {
        /// Its name.
        event: String,
    },
    /// Records were removed or changed in the name of a removal, and its certificate is not in the trail or tells otherwise.
    Uncertified {
        /// The removal.
        removal: String,
    },
}

/// What a verification of the whole trail found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct Verification {
    /// Records that were looked at.
    pub records: u64,
    /// Records among them that tell of one that was received from elsewhere, which was looked at, too.
    pub received: u64,
    /// Chains.
    pub chains: u64,
    /// Seals.
    pub seals: u64,
    /// When the newest seal was made.
    pub sealed_until: Option<Instant>,
    /// Records that no seal covers yet: the newest of a chain could be removed unnoticed.
    pub unsealed: u64,
    /// Records that were removed with a certificate, or whose removal is a finding.
    pub removed: u64,
    /// Records out of which a patient was taken.
    pub redacted: u64,
    /// Records from before there were chains; they get theirs with the first seal.
    pub unchained: u64,
    /// What is wrong, at most as many as were asked for.
    pub findings: Vec<Finding>,
    /// Whether there is more wrong than that.
    pub more: bool,
}
