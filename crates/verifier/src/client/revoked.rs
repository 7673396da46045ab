//! What the feed has said of sessions and subjects, for as long as tokens could go against it.

use std::{
    collections::{HashMap, hash_map::Entry},
    sync::{PoisonError, RwLock},
    time::Duration,
};

use crate::RevocationEntry;

/// By what the feed names a session or a subject.
pub(super) type Digest = [u8; 32];

/// Why a token is dead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dead {
    Session,
    Epoch,
}

/// There is no room for an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Full;

pub(super) struct Revoked {
    held: RwLock<Held>,
    limit: usize,
}

#[derive(Default)]
struct Held {
    /// Until when the session is to be remembered.
    sessions: HashMap<Digest, Duration>,
    /// The first epoch that holds, and until when that is to be remembered.
    subjects: HashMap<Digest, (u32, Duration)>,
    pruned_at: Duration,
}

impl Revoked {
    /// How often what is over is forgotten.
    const PRUNE_INTERVAL: Duration = Duration::from_secs(10);

    pub(super) fn new(limit: usize) -> Self {
        Self { held: RwLock::default(), limit }
    }

    /// Takes in what a page says of sessions and subjects, to be remembered until the moment `until`, and forgets what
    /// is over `now`. What there is no room for is left out, and that is said.
    pub(super) fn enter(&self, entries: &[RevocationEntry], until: Duration, now: Duration) -> Result<(), Full> {
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        if now.saturating_sub(held.pruned_at) >= Self::PRUNE_INTERVAL || held.len() + entries.len() > self.limit {
            held.prune(now);
        }
        let mut outcome = Ok(());
        for entry in entries {
            if !held.enter(entry, until, self.limit) {
                outcome = Err(Full);
            }
        }
        outcome
    }

    /// Whether a token of this session, subject and epoch is dead.
    pub(super) fn find(&self, session: &Digest, subject: &Digest, epoch: u32) -> Option<Dead> {
        let held = self.held.read().unwrap_or_else(PoisonError::into_inner);
        if held.sessions.contains_key(session) {
            return Some(Dead::Session);
        }
        held.subjects.get(subject).is_some_and(|(below, _)| epoch < *below).then_some(Dead::Epoch)
    }
}

impl Held {
    fn len(&self) -> usize {
        self.sessions.len() + self.subjects.len()
    }

    fn prune(&mut self, now: Duration) {
        self.sessions.retain(|_, until| *until > now);
        self.subjects.retain(|_, (_, until)| *until > now);
        self.pruned_at = now;
    }

    /// Says whether there was room.
    fn enter(&mut self, entry: &RevocationEntry, until: Duration, limit: usize) -> bool {
        let has_room = self.len() < limit;
        match entry {
            RevocationEntry::Session(digest) => match self.sessions.entry(*digest) {
                Entry::Occupied(mut known) => *known.get_mut() = until.max(*known.get()),
                Entry::Vacant(place) if has_room => {
                    place.insert(until);
                }
                Entry::Vacant(_) => return false,
            },
            RevocationEntry::Subject { digest, epoch } => match self.subjects.entry(*digest) {
                Entry::Occupied(mut known) => {
                    let (below, last) = known.get_mut();
                    (*below, *last) = ((*epoch).max(*below), until.max(*last));
                }
                Entry::Vacant(place) if has_room => {
                    place.insert((*epoch, until));
                }
                Entry::Vacant(_) => return false,
            },
            RevocationEntry::Key(_) => {}
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Dead, Full, Revoked};
    use crate::RevocationEntry::{Session, Subject};

    const fn at(second: u64) -> Duration {
        Duration::from_secs(second)
    }

    #[test]
    fn an_entry_is_forgotten_when_its_time_is_over_and_not_before() {
        let revoked = Revoked::new(10);
        let subject = Subject { digest: [2; 32], epoch: 3 };
        revoked.enter(&[Session([1; 32]), subject], at(632), at(0)).expect("room");
        revoked.enter(&[], at(0), at(631)).expect("room");
        assert_eq!(revoked.find(&[1; 32], &[9; 32], 0), Some(Dead::Session));
        assert_eq!(revoked.find(&[9; 32], &[2; 32], 2), Some(Dead::Epoch));
        revoked.enter(&[], at(0), at(641)).expect("room");
        assert_eq!(revoked.find(&[1; 32], &[2; 32], 2), None);
        assert_eq!(revoked.held.read().unwrap().len(), 0);
    }

    #[test]
    fn of_two_entries_about_one_subject_the_stricter_and_the_longer_hold() {
        let revoked = Revoked::new(10);
        for (epoch, until) in [(3, 20), (2, 30)] {
            revoked.enter(&[Subject { digest: [1; 32], epoch }], at(until), at(0)).expect("room");
        }
        revoked.enter(&[], at(0), at(25)).expect("room");
        assert_eq!(revoked.find(&[0; 32], &[1; 32], 2), Some(Dead::Epoch));
        assert_eq!(revoked.find(&[0; 32], &[1; 32], 3), None);
    }

    #[test]
    fn what_there_is_no_room_for_is_said_and_what_is_over_makes_room() {
        let revoked = Revoked::new(2);
        let all = [Session([1; 32]), Session([2; 32]), Session([3; 32])];
        assert_eq!(revoked.enter(&all, at(20), at(0)), Err(Full));
        assert_eq!(revoked.find(&[2; 32], &[0; 32], 0), Some(Dead::Session));
        assert_eq!(revoked.enter(&all[..2], at(20), at(1)), Ok(()), "they are known");
        assert_eq!(revoked.enter(&all[2..], at(20), at(5)), Err(Full));
        assert_eq!(revoked.enter(&all[2..], at(40), at(20)), Ok(()));
        assert_eq!(revoked.held.read().unwrap().len(), 1);
    }
}
