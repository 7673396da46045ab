//! Readings of the database that are under way.

use std::{collections::HashMap, sync::Arc};

use doorward_domain::{SessionId, Timestamp, UserId};

use super::{Seen, SessionGate, Standing};

/// All that are under way, and what their outcome depends on.
#[derive(Default)]
pub(super) struct Fills {
    last: u64,
    under_way: HashMap<u64, UnderWay>,
    /// How many times the keys have changed.
    pub(super) keys_seen: u64,
}

pub(super) struct UnderWay {
    pub(super) session: SessionId,
    pub(super) user: UserId,
    spoilt: bool,
}

impl Fills {
    /// Keeps what these are reading out of the gate.
    pub(super) fn spoil(&mut self, are_meant: impl Fn(&UnderWay) -> bool) {
        for fill in self.under_way.values_mut().filter(|fill| are_meant(fill)) {
            fill.spoilt = true;
        }
    }
}

/// A reading of a session and its user that began before the database was asked. What is forgotten while it lasts is
/// not put into the gate by it.
pub struct Fill {
    gate: Arc<SessionGate>,
    number: u64,
}

impl Fill {
    pub(super) fn begin(gate: &Arc<SessionGate>, session: SessionId, user: UserId) -> Self {
        let mut fills = gate.fills();
        fills.last += 1;
        let number = fills.last;
        fills.under_way.insert(number, UnderWay { session, user, spoilt: false });
        drop(fills);
        Self { gate: Arc::clone(gate), number }
    }

    /// Puts what was read into the gate, if it still holds.
    pub(crate) fn keep(self, standing: &Standing, now: Timestamp) {
        let fills = self.gate.fills();
        let Some(fill) = fills.under_way.get(&self.number).filter(|fill| !fill.spoilt) else { return };
        // While the lock is held nothing is forgotten, so what is put in now is forgotten afterwards.
        if standing.session.id == fill.session && standing.user.id == fill.user {
            let Standing { session, user, profile } = standing.clone();
            self.gate.sessions.insert(session.id, Seen { what: session, at: now });
            self.gate.users.insert(user.id, Seen { what: (user, profile), at: now });
        }
    }
}

impl Drop for Fill {
    fn drop(&mut self) {
        self.gate.fills().under_way.remove(&self.number);
    }
}
