//! Roles: what a user is to the platform.
//!
//! To add one: a variant here, its profile in [`crate::profile`], one migration, its row mapping and its wire type.
//! docs/development/add-a-role.md is the checklist.

use std::fmt;

use crate::Rejection;

macro_rules! roles {
    ($($(#[$doc:meta])* $role:ident $name:literal)*) => {
        /// What a user is to the platform. Each role has a profile of its own.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum Role {
            $($(#[$doc])* $role,)*
        }

        impl Role {
            /// Every role.
            pub const ALL: [Self; [$($name),*].len()] = [$(Self::$role),*];

            const EXPECTED: Rejection = Rejection::Malformed { expected: concat!("one of these:" $(, " ", $name)*) };

            /// The role's name in tokens, in the database and on the wire.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$role => $name,)*
                }
            }
        }
    };
}

roles! {
    /// Takes assessments. The default at sign-up.
    Candidate "CANDIDATE"
    /// Sets assessments for a company.
    Employer "EMPLOYER"
    /// Runs the platform. Never self-service.
    Admin "ADMIN"
}

impl Role {
    /// The role of this name, in whatever case it is written: `admin` means `ADMIN`, so a rule about `ADMIN` holds
    /// for every spelling of it.
    pub fn parse(name: &str) -> Result<Self, Rejection> {
        let name = name.trim();
        Self::ALL.into_iter().find(|role| role.as_str().eq_ignore_ascii_case(name)).ok_or(Self::EXPECTED)
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn a_role_is_found_in_every_spelling_of_its_name() {
        for role in Role::ALL {
            assert_eq!(Role::parse(role.as_str()), Ok(role));
            assert_eq!(Role::parse(&role.as_str().to_lowercase()), Ok(role));
            assert_eq!(Role::parse(&format!(" {role} ")), Ok(role));
        }
    }

    #[test]
    fn a_name_that_only_looks_like_a_role_is_none() {
        for name in ["", "ADMINISTRATOR", "\u{ff21}\u{ff24}\u{ff2d}\u{ff29}\u{ff2e}", "ADM\u{0406}N", "ADMIN\0"] {
            assert!(Role::parse(name).is_err(), "{name:?}");
        }
    }
}
