//! The contract of the [`KeyedDigest`] port.

#![expect(missing_docs, reason = "a test's name is the sentence that it tests")]

use std::collections::HashSet;

use doorward_application::ports::{DigestUse, KeyedDigest};
use doorward_domain::Digest;

/// Digests, and others to compare them with.
pub struct Subject {
    /// The digests.
    pub digests: Box<dyn KeyedDigest>,
    /// The same after a restart, or on another node.
    pub again: Box<dyn KeyedDigest>,
    /// Those of a deployment with a key of its own.
    pub stranger: Box<dyn KeyedDigest>,
}

/// Makes one test of each sentence of the contract, in the module that it stands in. The argument makes the
/// [`Subject`].
#[macro_export]
macro_rules! keyed_digest_contract {
    ($subject:expr) => {
        $crate::keyed_digest_contract! { @each $subject;
            the_same_bytes_have_the_same_digest_on_every_node
            the_same_bytes_have_another_digest_for_another_use
            bytes_that_differ_have_digests_that_differ
            no_part_of_the_bytes_counts_as_part_of_the_use
            a_digest_is_made_from_a_key_and_not_from_the_bytes_alone
        }
    };
    (@each $subject:expr; $($sentence:ident)*) => {
        $(
            #[test]
            fn $sentence() {
                $crate::contract::keyed_digest::$sentence(&$subject);
            }
        )*
    };
}

const USES: [DigestUse; 3] = [DigestUse::Identifier, DigestUse::Cursor, DigestUse::Request];

const BYTES: &[u8] = b"jane@example.com";

pub fn the_same_bytes_have_the_same_digest_on_every_node(subject: &Subject) {
    for for_use in USES {
        let digest = subject.digests.digest(for_use, BYTES);
        assert_eq!(subject.digests.digest(for_use, BYTES), digest);
        assert_eq!(subject.again.digest(for_use, BYTES), digest);
    }
}

pub fn the_same_bytes_have_another_digest_for_another_use(subject: &Subject) {
    let digests: HashSet<_> = USES.map(|for_use| subject.digests.digest(for_use, BYTES)).into();
    assert_eq!(digests.len(), USES.len());
}

pub fn bytes_that_differ_have_digests_that_differ(subject: &Subject) {
    let all = [BYTES, b"", b"\0", b"jane@example.co", b"jane@example.com\0", b"Jane@example.com"];
    let digests: HashSet<_> = all.map(|bytes| subject.digests.digest(DigestUse::Identifier, bytes)).into();
    assert_eq!(digests.len(), all.len());
}

pub fn no_part_of_the_bytes_counts_as_part_of_the_use(subject: &Subject) {
    for one in USES {
        for other in USES.into_iter().filter(|other| *other != one) {
            let longer = [one.as_str().as_bytes(), BYTES].concat();
            assert_ne!(subject.digests.digest(one, BYTES), subject.digests.digest(other, &longer));
        }
    }
}

pub fn a_digest_is_made_from_a_key_and_not_from_the_bytes_alone(subject: &Subject) {
    for for_use in USES {
        let digest = subject.digests.digest(for_use, BYTES);
        assert_ne!(subject.stranger.digest(for_use, BYTES), digest);
        assert_ne!(Digest::of(BYTES), digest);
    }
}
