//! What anyone may ask: published keys, health, documentation.

pub(crate) mod docs;
pub(crate) mod health;
pub(crate) mod jwks;
pub(crate) mod openapi;
