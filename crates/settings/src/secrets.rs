//! `[secrets]`: what everything stored is sealed under.

use doorward_domain::Secret;

use crate::section::Section;

/// What everything stored is sealed under.
pub struct Secrets {
    /// The master secret, which seals. Absent in development only, where the server makes one.
    pub master: Option<Secret<String>>,
    /// Other master secrets, under which something may still be sealed.
    pub previous: Vec<Secret<String>>,
}

impl Secrets {
    /// The fewest bytes of a master secret.
    pub const MIN_MASTER_LEN: usize = 32;

    pub(crate) fn read(from: &mut Section<'_>) -> Self {
        let secrets = Self { master: from.get("master"), previous: from.get("previous") };
        let is_short = |secret: &Secret<String>| secret.expose().len() < Self::MIN_MASTER_LEN;
        match &secrets.master {
            None if !from.development => from.refuse(
                "master",
                "is missing; make one with `openssl rand -hex 32` and give it as DOORWARD__SECRETS__MASTER, or in a \
                 file named by DOORWARD__SECRETS__MASTER_FILE",
            ),
            Some(master) if is_short(master) => {
                from.refuse("master", format!("must have at least {} bytes", Self::MIN_MASTER_LEN));
            }
            _ => {}
        }
        if secrets.previous.iter().any(is_short) {
            from.refuse("previous", format!("each must have at least {} bytes", Self::MIN_MASTER_LEN));
        }
        secrets
    }
}
