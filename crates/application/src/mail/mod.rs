//! Messages: written with what they tell of, sent by a worker.

mod deliver;
mod inspect;
mod post;

pub use deliver::{DeliverMail, Delivered};
pub use inspect::InspectOutbox;
pub(crate) use post::Post;

use crate::{Ports, Settings};

/// The use cases of the mail worker and its operator.
pub struct Mail {
    /// Sends what is due.
    pub deliver: DeliverMail,
    /// Shows what waits, and decides about what is put off.
    pub outbox: InspectOutbox,
}

impl Mail {
    pub(crate) fn new(ports: &Ports, settings: &Settings) -> Self {
        Self { deliver: DeliverMail::new(ports, settings), outbox: InspectOutbox::new(ports) }
    }
}
