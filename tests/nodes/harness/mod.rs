//! Nodes, services, and what stands between them.

mod fleet;
mod load;
mod node;
mod person;
mod ports;
mod relay;
mod resource_server;
mod until;
mod wire;

use std::time::Duration;

pub(crate) use fleet::{Fleet, number};
pub(crate) use load::steadily;
pub(crate) use node::{Node, PUBLIC_URL, pid};
pub(crate) use person::{PASSWORD, Person, Reply};
pub(crate) use ports::free_addr;
pub(crate) use relay::{Flow, Relay};
pub(crate) use resource_server::Service;
pub(crate) use until::{patience, until};
pub(crate) use wire::{Wire, get};

/// `gate.max_staleness`, unless a test sets another.
pub(crate) const MAX_STALENESS: Duration = Duration::from_secs(5);
