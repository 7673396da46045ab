//! A meter that remembers.

use std::sync::{Arc, Mutex, PoisonError};

use doorward_application::ports::{Event, Meter};

/// Remembers what was counted. A clone shares the memory.
#[derive(Clone, Default)]
pub struct RecordingMeter {
    counted: Arc<Mutex<Vec<Event>>>,
}

impl RecordingMeter {
    /// What was counted since it was last asked, in order.
    #[must_use]
    pub fn take(&self) -> Vec<Event> {
        std::mem::take(&mut self.counted.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Meter for RecordingMeter {
    fn count(&self, event: Event) {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).push(event);
    }
}
