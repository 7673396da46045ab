//! Email addresses.

use std::fmt;

use validator::ValidateEmail;

use crate::Rejection;

/// An email address, in the form typed and in a canonical form.
///
/// The form typed is where mail goes and what the person sees. The canonical form is who the person is: it is the
/// one that is unique. It is the whole address in lower case with the domain in its ASCII form (UTS 46). Lowering
/// the local part is our rule: RFC 5321 §2.4 lets a host tell `Jane` from `jane`, no host of note does, and two
/// accounts that look alike are worse. Nothing else is folded: dots and `+tags` stay, because what they mean is
/// each host's own affair.
///
/// The syntax is that of HTML's `<input type=email>`: an ASCII local part of at most 64 characters, without quotes
/// or comments, so that no two readers can see two addresses in one; no domain literals.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct EmailAddress {
    typed: String,
    canonical: String,
}

impl EmailAddress {
    /// The most characters of an address (RFC 5321 §4.5.3.1.3, less the angle brackets).
    pub const MAX: usize = 254;

    const EXPECTED: Rejection = Rejection::Malformed { expected: "an email address" };

    /// Reads an address. White space around it is dropped.
    pub fn parse(raw: &str) -> Result<Self, Rejection> {
        let typed = raw.trim();
        if typed.is_empty() {
            return Err(Rejection::Required);
        }
        if typed.chars().count() > Self::MAX {
            return Err(Rejection::TooLong { max: Self::MAX });
        }
        if !typed.validate_email() {
            return Err(Self::EXPECTED);
        }
        let (local, domain) = typed.rsplit_once('@').ok_or(Self::EXPECTED)?;
        let domain = idna::domain_to_ascii(domain).map_err(|_| Self::EXPECTED)?;
        // Numbers in brackets or without them name a machine, not a domain that could be allowed or proven. What is a
        // number shows only in the ASCII form.
        let is_number = |label: &str| label.bytes().all(|b| b.is_ascii_digit());
        if domain.starts_with('[') || domain.rsplit('.').next().is_some_and(is_number) {
            return Err(Self::EXPECTED);
        }
        let canonical = format!("{}@{domain}", local.to_ascii_lowercase());
        if canonical.len() > Self::MAX {
            return Err(Rejection::TooLong { max: Self::MAX });
        }
        Ok(Self { typed: typed.to_owned(), canonical })
    }

    /// The address as the person wrote it.
    #[must_use]
    pub fn typed(&self) -> &str {
        &self.typed
    }

    /// The address as it is compared.
    #[must_use]
    pub fn canonical(&self) -> &str {
        &self.canonical
    }

    /// The part before the `@`, in canonical form.
    #[must_use]
    pub fn local_part(&self) -> &str {
        self.canonical.rsplit_once('@').map_or("", |(local, _)| local)
    }

    /// The domain, in canonical form.
    #[must_use]
    pub fn domain(&self) -> &str {
        self.canonical.rsplit_once('@').map_or("", |(_, domain)| domain)
    }
}

/// Hides the local part: what is printed for debugging ends in logs.
impl fmt::Debug for EmailAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EmailAddress(…@{})", self.domain())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::EmailAddress;
    use crate::Rejection;

    #[test]
    fn keeps_the_form_typed_beside_the_canonical_one() {
        let address = EmailAddress::parse(" Jane.Doe+x@BÜCHER.example ").unwrap();
        assert_eq!(address.typed(), "Jane.Doe+x@BÜCHER.example");
        assert_eq!(address.canonical(), "jane.doe+x@xn--bcher-kva.example");
        assert_eq!(address.domain(), "xn--bcher-kva.example");
        assert_eq!(address.local_part(), "jane.doe+x");
    }

    #[test]
    fn refuses_what_is_not_one_address() {
        for raw in [
            "jane",
            "jane@",
            "@example.com",
            "a@b@c.example",
            "a@x.example,b@x.example",
            "a b@x.example",
            "\"a b\"@x.example",
            "a@x.example\nBcc: b@x.example",
            "jane@[127.0.0.1]",
            "jane@127.0.0.1",
            "jane@127.0.0.\u{ff11}",
            "jané@x.example",
            "a@x..example",
            "a@-x.example",
            "a\0@x.example",
        ] {
            assert!(EmailAddress::parse(raw).is_err(), "{raw:?}");
        }
        assert_eq!(EmailAddress::parse("  "), Err(Rejection::Required));
        let long = format!("{}@{}.example", "a".repeat(64), "b".repeat(200));
        assert!(EmailAddress::parse(&long).is_err());
    }

    #[test]
    fn debug_output_does_not_tell_who() {
        let address = EmailAddress::parse("jane@example.com").unwrap();
        assert!(!format!("{address:?}").contains("jane"));
    }

    proptest! {
        #[test]
        fn never_panics(raw in any::<String>()) {
            let _ = EmailAddress::parse(&raw);
        }

        #[test]
        fn the_canonical_form_is_its_own_canonical_form(raw in "[A-Za-z0-9.+_-]{1,20}@[A-Za-zäöü0-9]{1,10}\\.(com|EXAMPLE|de)") {
            if let Ok(address) = EmailAddress::parse(&raw) {
                let again = EmailAddress::parse(address.canonical()).unwrap();
                prop_assert_eq!(again.canonical(), address.canonical());
            }
        }
    }
}
