//! The Merkle tree hash (RFC 6962, 2.1).

use openssl::sha::Sha256;

/// The root of the tree over these leaves.
pub(super) fn root(leaves: &[Vec<u8>]) -> [u8; 32] {
    match leaves {
        [] => Sha256::new().finish(),
        [leaf] => prefixed(0, &[leaf]),
        more => {
            // The left half is the largest power of two that is smaller than all.
            let half = more.len().next_power_of_two() / 2;
            let (left, right) = more.split_at(half);
            prefixed(1, &[&root(left), &root(right)])
        }
    }
}

fn prefixed(kind: u8, parts: &[&[u8]]) -> [u8; 32] {
    let mut hash = Sha256::new();
    hash.update(&[kind]);
    parts.iter().for_each(|part| hash.update(part));
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of the test vectors that implementations of RFC 6962 share: trees over "", 00 and 10.
    #[test]
    fn roots_are_those_of_certificate_transparency() {
        let leaves = [vec![], vec![0x00], vec![0x10]];
        let roots = [1, 2, 3].map(|size| hex::encode(root(&leaves[..size])));
        assert_eq!(roots[0], "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
        assert_eq!(roots[1], "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125");
        assert_eq!(roots[2], "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77");
        assert_eq!(hex::encode(root(&[])), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    }
}
