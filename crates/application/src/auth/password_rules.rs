//! Which passwords may be chosen here.

use std::sync::Arc;

use doorward_domain::{
    Rejection, Secret,
    user::{Password, PasswordPolicy, password_policy::PasswordContext},
};

use crate::{Ports, Settings, ports::PasswordBlocklist};

/// The policy, and the lists of passwords that attackers try first.
#[derive(Clone)]
pub(crate) struct PasswordRules {
    policy: PasswordPolicy,
    blocklists: Vec<Arc<dyn PasswordBlocklist>>,
}

impl PasswordRules {
    pub(crate) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { policy: settings.passwords, blocklists: ports.blocklists.clone() }
    }

    /// Reads a password that is to be chosen by this person.
    pub(crate) fn read(&self, raw: &Secret<String>, context: PasswordContext<'_>) -> Result<Password, Rejection> {
        let password = Password::parse(raw.expose())?;
        self.policy.check(&password, context)?;
        self.blocklists.iter().find_map(|list| list.refuses(&password)).map_or(Ok(password), Err)
    }
}
