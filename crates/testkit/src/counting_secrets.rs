//! Secrets that a test can foresee.

use std::sync::atomic::{AtomicU64, Ordering};

use doorward_application::ports::SecretGenerator;
use doorward_domain::Secret;

/// Makes secrets that end in a number, which counts from one. They are secret to nobody.
#[derive(Debug, Default)]
pub struct CountingSecrets(AtomicU64);

impl CountingSecrets {
    /// The bytes that the `n`th call makes.
    #[must_use]
    pub fn nth<const N: usize>(n: u64) -> [u8; N] {
        let mut bytes = [0; N];
        for (byte, counted) in bytes.iter_mut().rev().zip(n.to_le_bytes()) {
            *byte = counted;
        }
        bytes
    }

    fn next<const N: usize>(&self) -> Secret<[u8; N]> {
        Secret::new(Self::nth(self.0.fetch_add(1, Ordering::Relaxed) + 1))
    }
}

impl SecretGenerator for CountingSecrets {
    fn bytes16(&self) -> Secret<[u8; 16]> {
        self.next()
    }

    fn bytes32(&self) -> Secret<[u8; 32]> {
        self.next()
    }
}

#[cfg(test)]
mod tests {
    use doorward_application::ports::SecretGenerator as _;

    use super::CountingSecrets;

    #[test]
    fn counts_across_both_lengths() {
        let secrets = CountingSecrets::default();
        assert_eq!(*secrets.bytes16().expose(), CountingSecrets::nth::<16>(1));
        assert_eq!(*secrets.bytes32().expose(), CountingSecrets::nth::<32>(2));
        assert_eq!(secrets.bytes32().expose()[31], 3);
    }
}
