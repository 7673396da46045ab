//! Randomness from the operating system.

use aws_lc_rs::rand;
use doorward_application::ports::SecretGenerator;
use doorward_domain::Secret;

/// Draws from AWS-LC's generator (a `CTR_DRBG` of NIST SP 800-90A), which the operating system seeds.
#[derive(Clone, Copy, Debug, Default)]
pub struct OsRandom;

impl OsRandom {
    fn bytes<const N: usize>() -> Secret<[u8; N]> {
        let mut bytes = [0; N];
        rand::fill(&mut bytes).expect("the operating system gives randomness");
        Secret::new(bytes)
    }
}

impl SecretGenerator for OsRandom {
    fn bytes16(&self) -> Secret<[u8; 16]> {
        Self::bytes()
    }

    fn bytes32(&self) -> Secret<[u8; 32]> {
        Self::bytes()
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use doorward_application::ports::SecretGenerator as _;

    use super::OsRandom;

    #[test]
    fn never_draws_the_same_twice() {
        let drawn: HashSet<_> = (0..1_000).map(|_| *OsRandom.bytes16().expose()).collect();
        assert_eq!(drawn.len(), 1_000);
        let drawn: HashSet<_> = (0..1_000).map(|_| *OsRandom.bytes32().expose()).collect();
        assert_eq!(drawn.len(), 1_000);
    }
}
