//! A maker of signing keys without cryptography.

use std::sync::atomic::{AtomicU32, Ordering};

use async_trait::async_trait;
use doorward_application::ports::{KeySmith, MadeKey, SmithError};

/// Makes the keys `key-1`, `key-2` and so on, each made of its own name: keys for a [`FakeSigner`](crate::FakeSigner).
#[derive(Debug, Default)]
pub struct FakeSmith(AtomicU32);

impl FakeSmith {
    /// The key that the `n`th call makes.
    #[must_use]
    pub fn nth(n: u32) -> MadeKey {
        let id = format!("key-{n}");
        MadeKey { sealed: id.clone().into_bytes(), id }
    }
}

#[async_trait]
impl KeySmith for FakeSmith {
    async fn make(&self, _: &'static str) -> Result<MadeKey, SmithError> {
        Ok(Self::nth(self.0.fetch_add(1, Ordering::Relaxed) + 1))
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::KeySmith as _;

    use super::FakeSmith;

    #[tokio::test]
    async fn no_two_keys_are_the_same() {
        let smith = FakeSmith::default();
        for n in 1..=3 {
            assert_eq!(smith.make("ES256").await.unwrap(), FakeSmith::nth(n));
        }
        assert_ne!(FakeSmith::nth(1).id, FakeSmith::nth(2).id);
    }
}
