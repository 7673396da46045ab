//! Keyed digests without a master secret.

use doorward_application::ports::{DigestUse, KeyedDigest};
use doorward_domain::Digest;

/// Makes plain digests of key, use and bytes. The key is secret to nobody.
#[derive(Clone, Copy, Debug, Default)]
pub struct FakeDigests {
    key: u8,
}

impl FakeDigests {
    /// Digests under this key.
    #[must_use]
    pub const fn of_key(key: u8) -> Self {
        Self { key }
    }
}

impl KeyedDigest for FakeDigests {
    fn digest(&self, for_use: DigestUse, bytes: &[u8]) -> Digest {
        Digest::of(&[&[self.key], for_use.as_str().as_bytes(), &[0], bytes].concat())
    }
}

#[cfg(test)]
mod tests {
    use super::FakeDigests;
    use crate::contract::keyed_digest::Subject;

    crate::keyed_digest_contract!(Subject {
        digests: Box::new(FakeDigests::default()),
        again: Box::new(FakeDigests::default()),
        stranger: Box::new(FakeDigests::of_key(1)),
    });
}
