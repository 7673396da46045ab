//! bcrypt, for users who were imported with it. Nothing new is hashed with it.

/// The highest cost that is computed: 2^15 rounds take seconds.
const MAX_COST: u32 = 15;

/// Whether the stored hash is a bcrypt. `$2x$`, the mark of a faulty implementation's hashes, is not.
pub(super) fn is_bcrypt(stored: &str) -> bool {
    ["$2a$", "$2b$", "$2y$"].iter().any(|prefix| stored.starts_with(prefix))
}

/// Whether the password has this hash.
///
/// bcrypt reads the first 72 bytes of a password and no more: those that agree so far are one password to it, until
/// the sign-in that hashes the one typed anew. It also takes its key again and again with a NUL in between, so that
/// `a` and `a\0a` would be one: a password that holds a NUL has no bcrypt hash. It costs the same work all the same.
pub(super) fn verify(password: &str, stored: &str) -> bool {
    let cost = stored.get(4..6).filter(|cost| cost.bytes().all(|digit| digit.is_ascii_digit()));
    let is_affordable = cost.and_then(|cost| cost.parse().ok()).is_some_and(|cost: u32| cost <= MAX_COST);
    is_affordable && bcrypt::verify(password, stored).unwrap_or(false) && !password.contains('\0')
}

#[cfg(test)]
mod tests {
    use super::{is_bcrypt, verify};

    fn hash(password: &str) -> String {
        bcrypt::hash(password, 4).unwrap()
    }

    #[test]
    fn verifies_what_other_implementations_made() {
        // From jBCrypt's tests: https://github.com/djmdjm/jBCrypt
        let stored = "$2a$06$If6bvum7DFjUnE9p2uDeDu0YHzrHM6tf.iqN8.yx.jNN1ILEf7h0i";
        for prefix in ["$2a$", "$2b$", "$2y$"] {
            let stored = stored.replace("$2a$", prefix);
            assert!(is_bcrypt(&stored));
            assert!(verify("abc", &stored), "{stored}");
            assert!(!verify("abd", &stored), "{stored}");
        }
        assert!(!is_bcrypt(&stored.replace("$2a$", "$2x$")));
    }

    #[test]
    fn a_password_with_a_nul_matches_nothing() {
        let stored = hash("a");
        assert!(bcrypt::verify("a\0a", &stored).unwrap(), "the trap is there");
        assert!(!verify("a\0a", &stored));
        assert!(!verify("a\0b", &hash("a\0b")));
    }

    #[test]
    fn only_the_first_72_bytes_count() {
        let stored = hash(&"x".repeat(80));
        assert!(verify(&"x".repeat(72), &stored));
        assert!(!verify(&"x".repeat(71), &stored));
    }

    #[test]
    fn a_cost_beyond_the_bound_is_not_computed() {
        let stored = hash("abc");
        for cost in ["16", "31", "99", "03", "+4", "-1"] {
            assert!(!verify("abc", &stored.replacen("$04$", &format!("${cost}$"), 1)), "{cost}");
        }
    }

    #[test]
    fn a_malformed_hash_is_no_panic() {
        let stored = hash("abc");
        for end in 0..stored.len() {
            assert!(!verify("abc", &stored[..end]));
        }
        for broken in ["$2b$04$", "$2b$é4$", &format!("{stored}x"), &stored.replace('$', "é"), &"$".repeat(60)] {
            assert!(!verify("abc", broken), "{broken}");
        }
    }
}
