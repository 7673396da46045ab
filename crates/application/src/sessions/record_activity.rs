//! When sessions were last used.

use std::{
    collections::HashMap,
    mem,
    sync::{Mutex, PoisonError},
    time::Duration,
};

use doorward_domain::{SessionId, Timestamp, session::Session};

use crate::{Fault, Ports, ports::Access};

/// Notes which sessions are being used and writes it down in batches: a write for each request would cost more than
/// the request. What is shown is true to five minutes if [`execute`](Self::execute) runs every
/// [`RecordActivity::INTERVAL`]; a process that is killed loses at most the notes of one interval.
pub struct RecordActivity {
    ports: Ports,
    notes: Mutex<HashMap<SessionId, Timestamp>>,
}

impl RecordActivity {
    /// How old what is stored about a session must be for its use to be noted.
    const NOTED_AFTER: Duration = Duration::from_mins(3);
    /// How often the notes are to be written.
    pub const INTERVAL: Duration = Duration::from_mins(1);
    /// The most notes that are kept; beyond it a session's use goes unnoticed until the next interval.
    const CAPACITY: usize = 100_000;
    /// How many notes one unit writes, so that it never holds up the other writers.
    const BATCH: usize = 200;

    pub(super) fn new(ports: &Ports) -> Self {
        Self { ports: ports.clone(), notes: Mutex::default() }
    }

    /// Notes that the session is used now, if what is stored about it has become old enough to matter.
    pub(crate) fn note(&self, session: &Session, now: Timestamp) {
        let age = (now - session.last_seen_at).to_std().unwrap_or(Duration::ZERO);
        if age < Self::NOTED_AFTER {
            return;
        }
        let mut notes = self.notes.lock().unwrap_or_else(PoisonError::into_inner);
        if notes.len() < Self::CAPACITY || notes.contains_key(&session.id) {
            notes.insert(session.id, now);
        }
    }

    /// Writes the notes down. What cannot be written now is lost: the session's next use is noted again.
    pub async fn execute(&self) -> Result<(), Fault> {
        let notes = mem::take(&mut *self.notes.lock().unwrap_or_else(PoisonError::into_inner));
        let notes: Vec<_> = notes.into_iter().collect();
        for batch in notes.chunks(Self::BATCH) {
            let mut unit = self.ports.store.begin(Access::Write).await?;
            unit.sessions().touch(batch).await?;
            unit.commit().await?;
        }
        Ok(())
    }
}
