//! The queue before the hashing threads.

use std::{
    collections::VecDeque,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// What a thread does with what it keeps.
pub(super) type Job<M> = Box<dyn FnOnce(&mut M) + Send>;

/// The jobs that no thread has taken yet, in their order.
///
/// A channel would not do: its receiver is one thread's at a time, so the others could not tell how long they have
/// been waiting.
pub(super) struct Queue<M> {
    waiting: Mutex<Waiting<M>>,
    changed: Condvar,
}

struct Waiting<M> {
    jobs: VecDeque<Job<M>>,
    is_closed: bool,
}

/// What a thread is to do next.
pub(super) enum Next<M> {
    /// This.
    Job(Job<M>),
    /// There was no job for as long as it would wait.
    Nothing,
    /// There will be no more.
    Closed,
}

impl<M> Queue<M> {
    /// An open queue without jobs.
    pub(super) fn new() -> Self {
        Self { waiting: Mutex::new(Waiting { jobs: VecDeque::new(), is_closed: false }), changed: Condvar::new() }
    }

    /// Adds a job, and wakes a thread for it.
    pub(super) fn push(&self, job: Job<M>) {
        self.lock().jobs.push_back(job);
        self.changed.notify_one();
    }

    /// Ends the threads when the jobs that wait are done.
    pub(super) fn close(&self) {
        self.lock().is_closed = true;
        self.changed.notify_all();
    }

    /// Waits for a job, for so long at the most.
    pub(super) fn next(&self, at_most: Option<Duration>) -> Next<M> {
        let began = Instant::now();
        let mut waiting = self.lock();
        loop {
            if let Some(job) = waiting.jobs.pop_front() {
                return Next::Job(job);
            }
            if waiting.is_closed {
                return Next::Closed;
            }
            // Whoever is woken may find that another thread was faster, and waits for what is left.
            waiting = match at_most.map(|at_most| at_most.saturating_sub(began.elapsed())) {
                None => self.changed.wait(waiting).unwrap_or_else(PoisonError::into_inner),
                Some(Duration::ZERO) => return Next::Nothing,
                Some(left) => self.changed.wait_timeout(waiting, left).unwrap_or_else(PoisonError::into_inner).0,
            };
        }
    }

    /// No job runs under the lock, so no panic leaves anything half done.
    fn lock(&self) -> MutexGuard<'_, Waiting<M>> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
