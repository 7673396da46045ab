//! How many clients are connected.

use std::sync::Arc;

use tokio::sync::watch;

/// Counts the connections that are open.
#[derive(Clone, Default)]
pub(crate) struct Connections(Arc<watch::Sender<usize>>);

impl Connections {
    /// Counts one until what is returned is dropped.
    pub(super) fn enter(&self) -> Entry {
        self.0.send_modify(|open| *open += 1);
        Entry(Arc::clone(&self.0))
    }

    /// Returns when nobody is connected.
    pub(crate) async fn none_left(&self) {
        // It fails only when the sender is gone, which is held here.
        let _ = self.0.subscribe().wait_for(|open| *open == 0).await;
    }
}

/// One connection.
pub(super) struct Entry(Arc<watch::Sender<usize>>);

impl Drop for Entry {
    fn drop(&mut self) {
        self.0.send_modify(|open| *open -= 1);
    }
}
