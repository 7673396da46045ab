//! What administrators and operators do.

mod create_admin;

pub use create_admin::{CreateAdmin, CreateAdminCommand, CreateAdminError};

use crate::{Ports, Settings};

/// The use cases of administration.
pub struct Admin {
    /// Makes an administrator, from the command line.
    pub create_admin: CreateAdmin,
}

impl Admin {
    pub(crate) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { create_admin: CreateAdmin::new(ports, settings) }
    }
}
